import { distinct, type OutcomeClassifier, type OutcomeData } from "../outcome.ts";
import { dataOf, type PaperSet, type Photos, photosOf } from "../paper_set.ts";
import { type PublishedSegmenter, SUPERVISION, type TruthName, TRUTHS } from "../published.ts";
import { type Run, trainingSet } from "../run.ts";
import { crfTruth, labelTruth } from "./label_truths.ts";
import { chosenSegmenters, type TrainedSegmenter, trainedSegmenter } from "./segmenters.ts";
import { maskTruth, type TrainingPart, type TrainingTruth } from "./training_truth.ts";

/** Networks that were trained on the same photos with different truths. */
export interface TrainedNetworks {
  /** Each network with each truth, in the order of {@linkcode TRUTHS}. */
  readonly trained: readonly TrainedSegmenter[];
  readonly classifiers: readonly OutcomeClassifier[];
  /** What each truth is, and how much of it was of use: sentences. */
  readonly notes: readonly string[];
}

const KINDS: Readonly<
  Record<TruthName, (parts: readonly TrainingPart[], run: Run) => TrainingTruth | Promise<TrainingTruth>>
> = { masks: maskTruth, crf: crfTruth, labels: labelTruth };

/** Photos of a set's training part that networks of a run are trained on. */
export async function trainingPhotos(set: PaperSet, { scale: { segmentation } }: Run): Promise<Photos> {
  return await photosOf(set, { split: "train", limit: segmentation.trainingPhotos });
}

/** The networks of Tables III to VI and Figures 6 and 7: trained on the training part of the run's training set. */
export async function networksOfRun(run: Run): Promise<TrainedNetworks & { readonly data: OutcomeData }> {
  const set = trainingSet(run);
  const photos = await trainingPhotos(set, run);
  const networks = await trainWithEachTruth(set.name, [{ set, samples: photos.samples }], { run });
  return { ...networks, data: dataOf(set, "train", photos) };
}

/**
 * Trains each network of a run on photos with each truth of the run.
 *
 * @param name what they are trained on, for the names of files.
 */
export async function trainWithEachTruth(
  name: string,
  parts: readonly TrainingPart[],
  { run, unlessNamed }: {
    readonly run: Run;
    /** The networks, unless the run names others. */
    readonly unlessNamed?: readonly PublishedSegmenter[];
  },
): Promise<TrainedNetworks> {
  const plans = chosenSegmenters(run, { unlessNamed });
  const { truths: named = [] } = run;
  const truths: TrainingTruth[] = [];
  for (const truth of TRUTHS) {
    if (named.length === 0 || named.includes(truth)) truths.push(await KINDS[truth](parts, run));
  }
  const trained: TrainedSegmenter[] = [];
  for (const plan of plans) {
    for (const truth of truths) trained.push(await trainedSegmenter(plan, truth, { name, run }));
  }
  return {
    trained,
    classifiers: distinct(truths.flatMap(({ classifiers }) => classifiers)),
    notes: truths.flatMap((truth) => [describeTruth(truth, { trained, parts }), ...truth.notes]),
  };
}

function describeTruth(
  truth: TrainingTruth,
  { trained, parts }: Pick<TrainedNetworks, "trained"> & { readonly parts: readonly TrainingPart[] },
): string {
  const photos = parts.map(({ set, samples }, i) =>
    `${samples.length} ${i === 0 ? "photos " : ""}of ${set.title}`
  ).join(", ");
  const on = `${SUPERVISION[truth.name]}: trained on`;
  if (truth.name === "masks") return `${on} the masks of ${photos}.`;
  const used = trained.find((one) => one.truth === truth)?.card.data.photos.length ?? 0;
  const labels = truth.name === "crf" ? "CRF labels" : "our labels";
  return `${on} ${labels} of ${photos}; ${used} have crack pixels enough to be used.`;
}
