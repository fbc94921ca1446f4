import type { Sample, Truth } from "../../core/datasets/sample.ts";

/** What was decided about a mask and no other of its set, with its path; nothing for most. */
export function maskNote({ truthPath }: Pick<Sample, "truthPath">, truth: Truth): string | undefined {
  if (typeof truth === "boolean" || truth.note === undefined) return undefined;
  return `${truthPath}: ${truth.note}`;
}

/** A sample that tells, the first time that it is read, what was decided about its mask and no other of its set. */
export function tellingNotes(sample: Sample, tell: (sentence: string) => void): Sample {
  let told = false;
  const telling = (truth: Truth) => {
    const note = maskNote(sample, truth);
    if (note !== undefined && !told) tell(note);
    told = true;
    return truth;
  };
  const { name, split, imagePath, truthPath } = sample;
  return {
    ...{ name, split, imagePath, truthPath },
    image: (options) => sample.image(options),
    truth: async () => telling(await sample.truth()),
    async read(options) {
      const { image, truth } = await sample.read(options);
      return { image, truth: telling(truth) };
    },
  };
}
