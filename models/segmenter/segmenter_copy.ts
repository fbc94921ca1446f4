import { shareValues } from "../threads/shared_values.ts";
import type { Segmenter, SegmenterOptions } from "./segmenter.ts";

/** A segmenter as another thread is told of it. */
export interface SegmenterCopy {
  /** What it is, values aside. */
  readonly options: SegmenterOptions;
  /** The values of all parameters, in the order of its specs. */
  readonly weights: Float32Array<SharedArrayBuffer>;
}

/** Describes a segmenter, values aside. */
export function describeSegmenter(
  { network: { arch, width, input: { offset, divisor } }, seed, trainingSize }: Segmenter,
): SegmenterOptions {
  return { arch, width, scaling: { offset, divisor }, seed, trainingSize };
}

/** Describes a segmenter, its values included, for another thread. */
export function copySegmenter(segmenter: Segmenter): SegmenterCopy {
  return { options: describeSegmenter(segmenter), weights: shareValues(segmenter) };
}
