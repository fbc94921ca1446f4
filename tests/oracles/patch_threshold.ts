import type { PlaneSource } from "../../core/gpu/compute.ts";
import { otsuOracle } from "./otsu_thresholds.ts";

/** Index into 0 … n − 1 of a mirrored axis, found by reflecting until it lies inside. */
function mirror(i: number, n: number): number {
  if (n === 1) return 0;
  while (i < 0 || i >= n) i = i < 0 ? -i : 2 * (n - 1) - i;
  return i;
}

/** Bins of a patch stretched to 0..255, in float32 steps: 255 d / r, halves rounded up. */
export function patchBins(patch: readonly number[]): number[] {
  const minimum = Math.min(...patch);
  const range = Math.fround(Math.max(...patch) - minimum);
  return patch.map((value) => {
    const scaled = Math.fround(510 * Math.fround(value - minimum));
    let bin = 0;
    while (bin < 255 && Math.fround((2 * bin + 1) * range) <= scaled) bin++;
    return bin;
  });
}

/** Stage 8 as the method page says it: a mask a patch, all masks over a pixel combined by AND. */
export function patchThresholdOracle(
  { width, height, data }: PlaneSource,
  { patchSize, stride, classes }: { patchSize: number; stride: number; classes: 2 | 3 },
): Float64Array {
  const crack = new Float64Array(width * height).fill(1);
  for (let top = -(patchSize - stride); top < height; top += stride) {
    for (let left = -(patchSize - stride); left < width; left += stride) {
      const patch: number[] = [];
      for (let y = 0; y < patchSize; y++) {
        for (let x = 0; x < patchSize; x++) {
          patch.push(data[mirror(top + y, height) * width + mirror(left + x, width)]);
        }
      }
      const bins = patchBins(patch);
      const counts = new Array<number>(256).fill(0);
      for (const bin of bins) counts[bin]++;
      const thresholds = otsuOracle(counts, classes);
      bins.forEach((bin, i) => {
        const x = left + i % patchSize, y = top + Math.floor(i / patchSize);
        if (x < 0 || y < 0 || x >= width || y >= height) return;
        if (!thresholds || bin > thresholds[0]) crack[y * width + x] = 0;
      });
    }
  }
  return crack;
}
