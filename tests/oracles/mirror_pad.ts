import type { PlaneSource } from "../../core/gpu/compute.ts";
import { mirrorIndex } from "./mirror_index.ts";

/** An image continued at its right and bottom by a mirror at each end, in float64. */
export function mirrorPadOracle(
  { width, height, channels, data }: PlaneSource,
  size: { readonly width: number; readonly height: number },
): Float64Array {
  const padded = new Float64Array(size.width * size.height * channels);
  let at = 0;
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const from = (mirrorIndex(y, height) * width + mirrorIndex(x, width)) * channels;
      for (let c = 0; c < channels; c++) padded[at++] = data[from + c];
    }
  }
  return padded;
}
