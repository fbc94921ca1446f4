import source from "../../shaders/sweep_histogram.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

/** Thresholds of a sweep, 0.00, 0.01 … 0.99, and so bins of a histogram: bin b holds the values from b / 100 up to (b + 1) / 100. */
export const THRESHOLDS = 100;

/** Strips of rows counted in parallel, at most. */
const STRIPS = 32;

/** Bins of both histograms and what could not be judged. */
const WIDTH = 2 * THRESHOLDS + 3;

const kernel = defineKernel("sweep_histogram", source);

/** Histograms of a prediction by truth. */
export interface SweepHistogram {
  /** Pixels a bin whose truth is background. */
  background: number[];
  /** Pixels a bin whose truth is crack. */
  crack: number[];
  /** Pixels counted in neither, because they cannot be judged. */
  faults: {
    /** Predictions beyond 0..1 by more than 0.001. */
    outside: number;
    /** Predictions that are NaN. */
    notANumber: number;
    /** Truths that are NaN or negative. */
    wrongTruth: number;
  };
}

/**
 * Histograms of a prediction's values where the truth is background and where it is crack, for {@linkcode readHistogram}.
 *
 * @param prediction H × W × 1, 0..1.
 * @param truth the same shape, 0 for background and positive for crack.
 * @returns bit patterns of counts, a row a strip of the image.
 */
export function sweepHistogram(prediction: Plane, truth: Plane): Plane {
  const { compute, width, height } = prediction;
  const strip = Math.ceil(height / STRIPS);
  const output = compute.create({ width: WIDTH, height: Math.ceil(height / strip), channels: 1 });
  const rows = (first: number, end: number): [number, number] => [first * strip, end * strip];
  compute.run({
    kernel,
    inputs: [{ plane: prediction, rows }, { plane: truth, rows }],
    output,
    params: { values: strip * width, total: width * height },
    invocations: (first, end) => [kernel.workgroup[0], end - first, 1],
  });
  return output;
}

/** The sum of the strips of {@linkcode sweepHistogram}, from what was read of its plane. */
export function readHistogram(values: Float32Array<ArrayBuffer>): SweepHistogram {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const sums = new Array<number>(WIDTH).fill(0);
  for (let i = 0; i < bits.length; i++) sums[i % WIDTH] += bits[i];
  const [outside, notANumber, wrongTruth] = sums.slice(2 * THRESHOLDS);
  return {
    background: sums.slice(0, THRESHOLDS),
    crack: sums.slice(THRESHOLDS, 2 * THRESHOLDS),
    faults: { outside, notANumber, wrongTruth },
  };
}
