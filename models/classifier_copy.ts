import type { Head } from "./head.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import { countParameters, type ParameterSpecs } from "./parameters.ts";
import type { NetworkOptions } from "./architectures.ts";
import { sharedFloats, writeShared } from "./shared_tensors.ts";

/** A classifier as another thread is told of it. */
export interface ClassifierCopy {
  readonly network: NetworkOptions;
  readonly head: Head;
  readonly trainingSize: number;
  readonly seed: number;
  /** The values of all parameters, in the order of its specs. */
  readonly weights: Float32Array<SharedArrayBuffer>;
}

/** Describes a classifier, its values included, for another thread. */
export function copyClassifier(classifier: NetworkClassifier): ClassifierCopy {
  const { network: { arch, width, strideAt, input }, head, trainingSize, seed, specs } = classifier;
  const weights = sharedFloats(countParameters(specs));
  updateCopy(weights, classifier);
  return { network: { arch, width, strideAt, scaling: input }, head, trainingSize, seed, weights };
}

/** Writes the values that a classifier has now. */
export function updateCopy(
  weights: Float32Array<SharedArrayBuffer>,
  { parameters, specs }: NetworkClassifier,
): void {
  writeShared(weights, [...specs.keys()].map((name) => parameters.get(name)!));
}

/** The values of each parameter: copies, since nothing may change under a tensor. */
export function splitWeights(
  weights: Float32Array<SharedArrayBuffer>,
  specs: ParameterSpecs,
): Float32Array<ArrayBuffer>[] {
  let offset = 0;
  return [...specs.values()].map(({ shape }) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return new Float32Array(weights.subarray(offset, offset += length));
  });
}
