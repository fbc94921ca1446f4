import type { Classifier } from "../../core/label/classifier.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import type { DatasetSample } from "../../core/datasets/types.ts";
import type { Progress } from "../cli/progress.ts";
import { fullName } from "../data/examine.ts";
import { CRF_GRID, type CrfSearch, searchCrf } from "./crf_search.ts";
import { keptResult } from "./cached_result.ts";
import type { PhotoSet } from "./photo_set.ts";

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
  readonly photos: readonly DatasetSample[];
  /** Is told of each photo. */
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
  const found = await keptResult(path, identity, () => searchCrf(photos, { compute, classifier, onPhoto }));
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
