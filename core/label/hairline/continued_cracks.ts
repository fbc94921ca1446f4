import { keepPiecesOf } from "../../predict/connected_pixels.ts";
import type { Marked } from "./plausible_pieces.ts";

/** What a disc of this radius does not fit into is thin, pixels at the first scale: up to some six pixels wide. */
const THIN = 3;

/** What lies within this distance of what is marked already only makes it wider, pixels at the first scale. */
const BESIDE = 2;

/** What {@linkcode continueCracks} is told of a photo. */
export interface Continued extends Marked {
  /** The confidence above which a pixel is marked, … */
  readonly threshold: number;
  /** … and the lower one above which a crack goes on. */
  readonly lower: number;
}

/**
 * Lets marked cracks go on, and closes their gaps, where they are thin: there a network is less sure, since it sees few pixels across. It is the
 * hysteresis of Canny's edges (1986, doi:10.1109/TPAMI.1986.4767851), kept from making cracks wider.
 *
 *     M = the mask, B_r = a disc of radius r, ∘ opening, ⊕ dilation, S|M = those pieces of S that have a pixel of M
 *     L = {c > lower}|M
 *     T = L \ (L ∘ B_THIN) \ {c > threshold}  what is thin; what exceeds the threshold is in M, or was judged to be no crack
 *     F = T \ (M ⊕ B_BESIDE)                of that, what goes on from M rather than lying beside it
 *     result = (M ∪ T ∩ (F ⊕ B_BESIDE))|M
 *
 * @returns 1 for crack, else 0, row-major: the mask where nothing goes on.
 */
export function continueCracks(
  { width, height, mask, confidence, scale, threshold, lower }: Continued,
): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(mask);
  if (!mask.includes(1)) return result;
  const size = { width, height };
  const [thin, beside] = [THIN, BESIDE].map((radius) => Math.max(1, Math.round(radius / scale)));
  const possible = new Uint8Array(mask.length);
  for (let i = 0; i < possible.length; i++) possible[i] = Number(confidence[i] > lower);
  keepPiecesOf(mask, possible, size);
  // An erosion is what a dilation of the outside leaves.
  const outside = dilated(possible.map((value) => 1 - value), { ...size, radius: thin });
  const wide = dilated(outside.map((value) => 1 - value), { ...size, radius: thin });
  const nearMask = dilated(result, { ...size, radius: beside });
  const narrow = possible.map((value, i) => value & ~wide[i] & Number(confidence[i] <= threshold));
  const ahead = narrow.map((value, i) => value & ~nearMask[i]);
  const nearAhead = dilated(ahead, { ...size, radius: beside });
  for (let i = 0; i < result.length; i++) result[i] |= narrow[i] & nearAhead[i];
  keepPiecesOf(mask, result, size);
  return result;
}

/**
 * S ⊕ B_r. What lies beyond the rim of a set is nearest to a pixel of the rim, so that discs round those are enough: of cracks, which are all
 * rim, and of what is around them it costs next to nothing, where a kernel passes over all pixels.
 */
function dilated(
  set: Uint8Array,
  { width, height, radius }: { readonly width: number; readonly height: number; readonly radius: number },
): Uint8Array<ArrayBuffer> {
  const reach = Array.from(
    { length: 2 * radius + 1 },
    (_, row) => Math.floor(Math.sqrt(radius ** 2 - (row - radius) ** 2)),
  );
  const result = new Uint8Array(set);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (set[i] === 0) continue;
      const inner = (x === 0 || set[i - 1] === 1) && (x === width - 1 || set[i + 1] === 1) &&
        (y === 0 || set[i - width] === 1) && (y === height - 1 || set[i + width] === 1);
      if (inner) continue;
      for (let v = Math.max(0, y - radius); v <= Math.min(height - 1, y + radius); v++) {
        const across = reach[v - y + radius];
        result.fill(1, v * width + Math.max(0, x - across), v * width + Math.min(width, x + across + 1));
      }
    }
  }
  return result;
}
