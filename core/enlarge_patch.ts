import { resamplingTable } from "./resampling_table.ts";

/**
 * Enlarges a square patch by linear interpolation, as {@linkcode resize} does, on the host, where the patches of a training are cut.
 *
 * @param patch `from · from · 3` bytes.
 * @param target `to · to · 3` bytes.
 */
export function enlargePatch(
  patch: Uint8Array,
  { from, to, target }: { readonly from: number; readonly to: number; readonly target: Uint8Array },
): void {
  const { taps, rows } = resamplingTable("bilinear", { length: from, from: 0, to: from, size: to });
  const wide = new Float32Array(from * to * 3);
  for (let y = 0; y < from; y++) {
    for (let x = 0; x < to; x++) {
      const entry = x * (1 + taps);
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let t = 0; t < taps; t++) {
          sum += rows[entry + 1 + t] * patch[(y * from + rows[entry] + t) * 3 + c];
        }
        wide[(y * to + x) * 3 + c] = sum;
      }
    }
  }
  for (let y = 0; y < to; y++) {
    const entry = y * (1 + taps);
    for (let i = 0; i < to * 3; i++) {
      let sum = 0;
      for (let t = 0; t < taps; t++) sum += rows[entry + 1 + t] * wide[(rows[entry] + t) * to * 3 + i];
      target[y * to * 3 + i] = Math.round(sum);
    }
  }
}
