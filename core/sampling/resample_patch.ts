import { resamplingTable } from "../kernels/resize.ts";

/**
 * Brings a square patch to another side by linear interpolation, as {@linkcode resize} does, on the host, where the patches of a
 * training are cut. A smaller one averages what falls together.
 *
 * @param patch `from · from · channels` bytes.
 * @param target `to · to · channels` bytes.
 */
export function resamplePatch(
  patch: Uint8Array,
  { from, to, channels, target }: {
    readonly from: number;
    readonly to: number;
    readonly channels: number;
    readonly target: Uint8Array;
  },
): void {
  const { taps, rows } = resamplingTable("bilinear", { length: from, from: 0, to: from, size: to });
  // Columns first: whole rows are added up, and a smaller patch has fewer of them left for the second pass.
  const stride = from * channels;
  const tall = new Float32Array(to * stride);
  for (let y = 0; y < to; y++) {
    const entry = y * (1 + taps), sums = tall.subarray(y * stride, (y + 1) * stride);
    for (let t = 0; t < taps; t++) {
      const weight = rows[entry + 1 + t], start = (rows[entry] + t) * stride;
      for (let i = 0; i < stride; i++) sums[i] += weight * patch[start + i];
    }
  }
  for (let x = 0; x < to; x++) {
    const entry = x * (1 + taps), first = rows[entry] * channels;
    for (let y = 0; y < to; y++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let t = 0, at = y * stride + first + c; t < taps; t++, at += channels) {
          sum += rows[entry + 1 + t] * tall[at];
        }
        target[(y * to + x) * channels + c] = Math.round(sum);
      }
    }
  }
}
