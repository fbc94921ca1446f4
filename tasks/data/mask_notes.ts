import type { Sample, Truth } from "../../core/datasets/sample.ts";
import { swapsSides } from "./mask_fit.ts";
import { exifOrientation } from "./misfits.ts";

/** What was decided about a mask and no other of its set, with its path; nothing for most. */
export function maskNote({ truthPath }: Pick<Sample, "truthPath">, truth: Truth): string | undefined {
  if (typeof truth === "boolean" || truth.note === undefined) return undefined;
  return `${truthPath}: ${truth.note}`;
}

/**
 * What to look at where a photo has one size as it is stored and as it is shown, but is turned by its EXIF orientation: a mask that was drawn on the stored one
 * has the right size, too. Square photos are such, and those turned by 180°.
 */
function turnNote({ width, height }: ImageData, file: Uint8Array): string | undefined {
  const orientation = exifOrientation(file);
  if (orientation === 1 || swapsSides(orientation) && width !== height) return undefined;
  return `Its EXIF orientation, ${orientation}, turns it, and by its size its mask may be of either: data:doctor tells whether it fits.`;
}

/**
 * A sample that tells, the first time that it is read, what was decided about its mask and no other of its set; and whoever asks for notes on the photo, that its mask
 * may have been drawn before the photo was turned.
 */
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
      if (options?.onNote !== undefined && typeof truth !== "boolean") {
        const note = turnNote(image, await Deno.readFile(imagePath));
        if (note !== undefined) options.onNote(note);
      }
      return { image, truth: telling(truth) };
    },
  };
}
