import { type Sample, spread } from "../../../core/datasets/sample.ts";
import { UsageError } from "../../cli/errors.ts";
import { openNamedDataset } from "../../data/named_dataset.ts";
import { labelRow } from "../measure/label_rows.ts";
import { measureSegmenters } from "../measure/segmenter_comparison.ts";
import type { Outcome } from "../outcome.ts";
import { dataOf, type PaperSet } from "../paper_set.ts";
import { SET_TITLES, type SetName, TABLE_9 } from "../published.ts";
import type { Run } from "../run.ts";
import { trainWithEachTruth } from "../training/trained_networks.ts";

/** How many photos of each set are trained on: of DCD all but the test part. */
const TRAINED_ON: Readonly<Partial<Record<SetName, number>>> = { dcd: Infinity, cfd: 71, ael: 38 };

const NAMES = ["dcd", "cfd", "ael"] as const;

/** A photo and the set it is of. */
interface Member {
  readonly set: PaperSet;
  readonly sample: Sample;
}

/** Table IX: one training on photos of DCD, CFD and AEL (those of them that were given), tested on their other photos. */
export async function table9(run: Run): Promise<Outcome> {
  const sets = combinedSets(run);
  const { segmentation } = run.scale;
  const trainable: Member[] = [], others: Member[] = [];
  for (const set of sets) {
    const { samples } = await openNamedDataset(set.path, { splits: "paper", followLinks: true });
    const chosen = new Set(trainedOn(samples, TRAINED_ON[set.name]!));
    for (const sample of samples) (chosen.has(sample) ? trainable : others).push({ set, sample });
  }
  const training = spread(trainable, segmentation.trainingPhotos);
  const tested = spread(others, run.photos ?? segmentation.testPhotos);
  const ofSet = (members: readonly Member[], { name }: PaperSet): Sample[] =>
    members.filter(({ set }) => set.name === name).map(({ sample }) => sample);
  const parts = sets.map((set) => ({ set, samples: ofSet(training, set) }))
    .filter(({ samples }) => samples.length > 0);
  const name = ["mix", ...sets.map(({ name }) => name)].join("-");
  const { trained, notes, classifiers } = await trainWithEachTruth(name, parts, {
    run,
    unlessNamed: segmentation.defaultsForTable9,
  });
  const { results, segmenters, skipped } = await measureSegmenters(trained, tested.map(nameWithSet), {
    prefix: "others",
    run,
  });
  const complete = sets.length === NAMES.length;
  const missing = NAMES.filter((name) => !sets.some((set) => set.name === name)).map((name) =>
    SET_TITLES[name]
  );
  const titles = sets.map(({ title }) => title).join(", ");
  return {
    tables: [{
      title: `Segmentation of ${titles} together, ${tested.length} of ${others.length} photos`,
      rows: results.map((result) => {
        const { plan, truth } = result.trained;
        return labelRow(`${plan.title}, ${truth.title}`, result, {
          published: complete ? TABLE_9[truth.name][plan.id] : undefined,
        });
      }),
      notes: [
        `Trained on ${training.length} of the ${trainable.length} photos that the paper's division leaves for it.`,
        ...notes,
        ...(sets.some(({ name }) => name === "ael")
          ? [
            "Which 38 photos of AEL the paper trained on is not known: here those outside of the test part, and the rest from it.",
          ]
          : []),
        ...(complete ? [] : [`Without ${missing.join(" and ")}, the published figures are not comparable.`]),
      ],
    }],
    pictures: [],
    data: sets.flatMap((set) =>
      [["trained on", training, trainable], ["tested on", tested, others]].map(([split, used, all]) =>
        dataOf(set, split as string, {
          samples: ofSet(used as Member[], set),
          all: ofSet(all as Member[], set).length,
        })
      )
    ),
    classifiers,
    segmenters,
    skipped,
  };
}

/**
 * The sets that are combined.
 *
 * @throws {UsageError} where none of them was given, or a part to measure was.
 */
export function combinedSets({ sets, split }: Pick<Run, "sets" | "split">): PaperSet[] {
  const combined = NAMES.flatMap((name) => sets.find((set) => set.name === name) ?? []);
  if (combined.length === 0) {
    throw new UsageError("Cannot run table-9 without photos of DCD, CFD or AEL: give --dcd, --cfd, --ael.");
  }
  if (split !== undefined) {
    throw new UsageError(
      `Cannot run table-9 on the split ${split}: it is tested on what it is not trained on; leave out --split.`,
    );
  }
  return combined;
}

/** So many photos: those outside of the test part; where they are too few, and others remain, the rest spread uniformly over the test part. */
export function trainedOn<T extends Pick<Sample, "split">>(samples: readonly T[], count: number): T[] {
  const own = spread(samples.filter(({ split }) => split !== "test"), Math.min(count, samples.length));
  if (count >= samples.length) return own;
  return [...own, ...spread(samples.filter(({ split }) => split === "test"), count - own.length)];
}

/** Photos of several sets may share a name. */
function nameWithSet({ set, sample }: Member): Sample {
  const { name, split, imagePath, truthPath } = sample;
  return {
    name: `${set.name}/${name}`,
    split,
    imagePath,
    truthPath,
    image: () => sample.image(),
    truth: () => sample.truth(),
    read: () => sample.read(),
  };
}
