import type { PlaneSource } from "../../core/gpu/compute.ts";

/** The guided filter of two planes of one channel, in float64: every window summed on its own. */
export function guidedFilterOracle(
  guide: PlaneSource,
  input: PlaneSource,
  { radius, epsilon }: { radius: number; epsilon: number },
): Float64Array {
  const { width, height } = guide;
  const windowOf = (i: number): number[] => {
    const x = i % width, y = Math.floor(i / width);
    const pixels: number[] = [];
    for (let v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++) {
      for (let u = Math.max(0, x - radius); u <= Math.min(width - 1, x + radius); u++) {
        pixels.push(v * width + u);
      }
    }
    return pixels;
  };
  const mean = (pixels: number[], of: (i: number) => number): number => {
    let sum = 0;
    for (const i of pixels) sum += of(i);
    return sum / pixels.length;
  };
  const a = new Float64Array(width * height), b = new Float64Array(width * height);
  for (let i = 0; i < a.length; i++) {
    const pixels = windowOf(i);
    const meanI = mean(pixels, (k) => guide.data[k]), meanP = mean(pixels, (k) => input.data[k]);
    const variance = mean(pixels, (k) => (guide.data[k] - meanI) ** 2);
    const covariance = mean(pixels, (k) => (guide.data[k] - meanI) * (input.data[k] - meanP));
    a[i] = covariance / (variance + epsilon);
    b[i] = meanP - a[i] * meanI;
  }
  return a.map((_, i) => {
    const pixels = windowOf(i);
    return mean(pixels, (k) => a[k]) * guide.data[i] + mean(pixels, (k) => b[k]);
  });
}
