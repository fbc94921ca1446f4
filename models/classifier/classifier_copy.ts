import type { Head } from "./head.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import type { NetworkOptions } from "./architectures.ts";
import { shareValues } from "../threads/shared_values.ts";

/** A classifier as another thread is told of it, values aside. */
export interface ClassifierDescription {
  readonly network: NetworkOptions;
  readonly head: Head;
  readonly trainingSize: number;
  readonly seed: number;
}

/** A classifier as another thread is told of it. */
export interface ClassifierCopy extends ClassifierDescription {
  /** The values of all parameters, in the order of its specs. */
  readonly weights: Float32Array<SharedArrayBuffer>;
}

/** Describes a classifier for another thread. */
export function describeClassifier(classifier: NetworkClassifier): ClassifierDescription {
  const { network: { arch, width, strideAt, input }, head, trainingSize, seed } = classifier;
  return { network: { arch, width, strideAt, scaling: input }, head, trainingSize, seed };
}

/** Describes a classifier, its values included, for another thread. */
export function copyClassifier(classifier: NetworkClassifier): ClassifierCopy {
  return { ...describeClassifier(classifier), weights: shareValues(classifier) };
}
