import source from "../../shaders/detail_histogram.wgsl" with { type: "text" };
import type { RowRange } from "../gpu/bands.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

/** Bins of a histogram. */
const BINS = 1024;

/** Differences from b to b + 1 times this are in bin b. */
const BIN_WIDTH = 256 / BINS;

/** Strips of rows counted in parallel, at most. */
const STRIPS = 32;

const kernel = defineKernel("detail_histogram", source);

/**
 * Histograms of the absolute difference of two images, for {@linkcode detailQuantile}.
 *
 * @param fine H × W × 1, 0..255.
 * @param coarse the same shape, such as the image without its finest detail.
 * @returns bit patterns of counts, a row a strip of the image.
 */
export function detailHistogram(fine: Plane, coarse: Plane): Plane {
  const { compute, width, height } = fine;
  const strip = Math.ceil(height / STRIPS);
  const output = compute.create({ width: BINS, height: Math.ceil(height / strip), channels: 1 });
  const rows = (first: number, end: number): RowRange => [first * strip, end * strip];
  compute.run({
    kernel,
    inputs: [{ plane: fine, rows }, { plane: coarse, rows }],
    output,
    params: { values: strip * width, total: width * height },
    invocations: (first, end) => [kernel.workgroup[0], end - first, 1],
  });
  return output;
}

/**
 * The difference that a share of all pixels does not exceed, to a quarter of a grey level.
 *
 * @param histograms what was read of one plane of {@linkcode detailHistogram} or of several, which then count together.
 * @param share above 0 and at most 1.
 * @returns 0.25, 0.5 … 256: the upper edge of the bin in which the quantile lies; 0 where it lies in the lowest, which holds flat images.
 */
export function detailQuantile(histograms: readonly Float32Array<ArrayBuffer>[], share: number): number {
  const counts = new Array<number>(BINS).fill(0);
  for (const values of histograms) {
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    for (let i = 0; i < bits.length; i++) counts[i % BINS] += bits[i];
  }
  const wanted = share * counts.reduce((sum, count) => sum + count, 0);
  let sum = 0;
  const bin = counts.findIndex((count) => (sum += count) >= wanted);
  return bin <= 0 ? 0 : (bin + 1) * BIN_WIDTH;
}
