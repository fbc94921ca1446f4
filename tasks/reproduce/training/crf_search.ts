import { fullName, readMasked, type Sample, type TruthMask } from "../../../core/datasets/sample.ts";
import type { Compute } from "../../../core/gpu/compute.ts";
import { camUnary } from "../../../core/label/cam_crf/cam_crf_label.ts";
import type { DenseCrfOptions } from "../../../core/label/cam_crf/dense_crf.ts";
import { openField } from "../../../core/label/cam_crf/random_field.ts";
import { gradCam } from "../../../core/label/class_activation.ts";
import type { Classifier } from "../../../core/label/classifier.ts";
import { intersectionOverUnion } from "../../../core/metrics/swept_image.ts";
import { permutation, randomUnit, randomWords } from "../../../core/random.ts";
import { describeError } from "../../cli/errors.ts";
import type { Progress } from "../../cli/progress.ts";
import { cachedResult } from "../cached_result.ts";
import type { PhotoSet } from "../paper_set.ts";

/**
 * The parameters that are tried. The paper leaves them to Dong et al., whose grid it does not repeat; this one is a modest one of our own, down
 * from the values that Krähenbühl and Koltun's method (arXiv:1210.5644) is usually run with: weights of 10 and 3, σ of 80 pixels and
 * 13 levels, 3 pixels for smoothness, 5 iterations. Cracks are thinner than the objects which those suit.
 */
export const CRF_GRID = {
  iterations: 5,
  appearance: { weight: [1, 3, 10], sigmaSpace: [10, 30, 80], sigmaColour: [5, 13, 30] },
  smoothness: { weight: 3, sigmaSpace: 3 },
} as const;

/** Parameters and what they are worth. */
export interface CrfTrial {
  readonly parameters: DenseCrfOptions;
  /** Mean of the intersections over union of crack and background, of the pixels of all photos. */
  readonly meanIou: number;
}

/** What {@linkcode searchCrf} found. */
export interface CrfSearch {
  readonly best: CrfTrial;
  /** Photos that it rests on. */
  readonly photos: number;
  /** Photos that could not be used, each with the reason. */
  readonly skipped: readonly string[];
  /** All trials, in the order of the grid. */
  readonly trials: readonly CrfTrial[];
}

/** Options of {@linkcode searchCrf}. */
export interface CrfSearchOptions {
  readonly compute: Compute;
  readonly classifier: Classifier;
  /** Called after each photo, with a sentence where it could not be used. */
  readonly onPhoto?: (name: string, failure?: string) => void;
}

/** Photos at random for a search, the same ones for each classifier; all where there are fewer. */
export function searchPhotos(samples: readonly Sample[], count: number): Sample[] {
  let drawn = 0;
  const order = permutation(samples.length, () => randomUnit(randomWords([drawn++, 0, 0, 0])[0]));
  return Array.from(order.subarray(0, count), (i) => samples[i]);
}

/**
 * The parameters of {@linkcode CRF_GRID} with which labels of photos have the highest mean IoU; the first of equal ones.
 *
 * @throws {Error} if none of the photos can be used.
 */
export async function searchCrf(
  samples: readonly Sample[],
  { compute, classifier, onPhoto }: CrfSearchOptions,
): Promise<CrfSearch> {
  const counts = new Map<string, Counts>();
  const skipped: string[] = [];
  for (const sample of samples) {
    const name = fullName(sample);
    let failure: string | undefined;
    try {
      const { image, mask } = await readMasked(sample);
      const unary = camUnary(await gradCam(compute, image, { classifier }));
      for await (const { parameters, probability } of solutions(compute, image, unary)) {
        const key = JSON.stringify(parameters);
        counts.set(key, add(counts.get(key) ?? nothing(parameters), probability, mask));
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      skipped.push(failure = `${name}: ${describeError(error)}`);
    }
    onPhoto?.(name, failure);
  }
  if (counts.size === 0) {
    throw new Error(
      `Cannot search parameters of CRF labels: none of ${samples.length} photos can be used; at least one is wanted.`,
    );
  }
  const trials = Array.from(
    counts.values(),
    (sum) => ({ parameters: sum.parameters, meanIou: meanIouOf(sum) }),
  );
  const best = trials.reduce((one, other) => other.meanIou > one.meanIou ? other : one);
  return { best, photos: samples.length - skipped.length, skipped, trials };
}

/** Pixels of several photos. */
interface Counts {
  readonly parameters: DenseCrfOptions;
  readonly predicted: number;
  readonly overlap: number;
  readonly crack: number;
  readonly pixels: number;
}

function nothing(parameters: DenseCrfOptions): Counts {
  return { parameters, predicted: 0, overlap: 0, crack: 0, pixels: 0 };
}

/** The field of a photo solved with all parameters of the grid: building a kernel takes longer than solving with it. */
async function* solutions(
  compute: Compute,
  image: ImageData,
  unary: Float32Array,
): AsyncGenerator<{ parameters: DenseCrfOptions; probability: Float32Array }> {
  const { iterations, smoothness, appearance } = CRF_GRID;
  for (const sigmaSpace of appearance.sigmaSpace) {
    for (const sigmaColour of appearance.sigmaColour) {
      using field = await openField(compute, image, { appearance: { sigmaSpace, sigmaColour }, smoothness });
      for (const weight of appearance.weight) {
        yield {
          parameters: { iterations, appearance: { weight, sigmaSpace, sigmaColour }, smoothness },
          probability: await field.solve(unary, {
            iterations,
            appearance: weight,
            smoothness: smoothness.weight,
          }),
        };
      }
    }
  }
}

function add(sum: Counts, probability: Float32Array, { data: truth, weight }: TruthMask): Counts {
  let predicted = 0, overlap = 0, crack = 0, known = 0;
  for (let i = 0; i < probability.length; i++) {
    if (weight?.[i] === 0) continue;
    known++;
    const called = probability[i] > 0.5, isCrack = truth[i] > 0;
    if (called) predicted++;
    if (isCrack) crack++;
    if (called && isCrack) overlap++;
  }
  return {
    parameters: sum.parameters,
    predicted: sum.predicted + predicted,
    overlap: sum.overlap + overlap,
    crack: sum.crack + crack,
    pixels: sum.pixels + known,
  };
}

function meanIouOf({ predicted, overlap, crack, pixels }: Counts): number {
  const iou = intersectionOverUnion({
    predicted,
    overlap,
    correct: overlap,
    found: overlap,
    crack,
    background: pixels - crack,
  });
  return (iou.crack + iou.background) / 2;
}

/** A classifier, under the name of its plan. */
export interface SearchingClassifier {
  readonly plan: { readonly id: string };
  readonly classifier: Classifier;
  /** SHA-256 of its parameters. */
  readonly sha256: string;
}

/** Options of {@linkcode crfParameters}. */
export interface CrfParametersOptions {
  readonly set: PhotoSet;
  /** The run's. */
  readonly folder: string;
  readonly compute: Compute;
  /** Photos of the set's training part, from `searchPhotos()`. */
  readonly photos: readonly Sample[];
  /** What each photo is reported to. */
  readonly progress: Progress;
}

/** The parameters of the rival labels for a classifier: those that an earlier run found on these photos, or a new search. */
export async function crfParameters(
  { plan, classifier, sha256 }: SearchingClassifier,
  { set, folder, compute, photos, progress }: CrfParametersOptions,
): Promise<CrfSearch> {
  const path = `${folder}/counts/${set.name}-train-${plan.id}-crf-search.json`;
  const identity = { classifier: sha256, photos: photos.map(fullName), grid: CRF_GRID };
  let searched = 0;
  const onPhoto = (name: string, failure?: string): void => {
    searched++;
    if (failure !== undefined) progress.note(failure);
    progress.advance({ detail: `${name}, parameters of CRF labels` });
  };
  const found = await cachedResult(path, identity, () => searchCrf(photos, { compute, classifier, onPhoto }));
  for (; searched < photos.length; searched++) progress.advance({ skipped: true });
  return found;
}

/** What was found, as a sentence. */
export function describeSearch({ best, photos, trials }: CrfSearch): string {
  const { appearance, smoothness, iterations } = best.parameters;
  return `of ${trials.length} parameters on ${photos} training photos the best have a mean IoU of ${
    best.meanIou.toFixed(4)
  }: appearance ${appearance.weight} (${appearance.sigmaSpace} px, ${appearance.sigmaColour} levels), ` +
    `smoothness ${smoothness.weight} (${smoothness.sigmaSpace} px), ${iterations} iterations.`;
}
