import type { Compute } from "../../gpu/compute.ts";
import { discDilation } from "../../kernels/disc_dilation.ts";
import { connectedPixels } from "../../predict/connected_pixels.ts";
import type { Marked } from "./plausible_pieces.ts";

/** What a disc of this radius does not fit into is thin, pixels at the first scale: up to some six pixels wide. */
const THIN = 3;

/** What lies within this distance of what is marked already only makes it wider, pixels at the first scale. */
const BESIDE = 2;

/** What {@linkcode continueCracks} is told of a photo. */
export interface Continued extends Marked {
  /** The confidence above which a crack goes on, below that of the mask. */
  readonly lower: number;
}

/**
 * Lets marked cracks go on, and closes their gaps, where they are thin: there a network is less sure, since it sees few pixels across. It is the
 * hysteresis of Canny's edges (1986, doi:10.1109/TPAMI.1986.4767851), kept from making cracks wider.
 *
 *     M = the mask, B_r = a disc of radius r, ∘ opening, ⊕ dilation, S|M = those pieces of S that have a pixel of M
 *     L = {c > lower}|M
 *     T = L \ (L ∘ B_THIN)                  what is thin
 *     F = T \ (M ⊕ B_BESIDE)                of that, what goes on from M rather than lying beside it
 *     result = (M ∪ T ∩ (F ⊕ B_BESIDE))|M
 *
 * @returns 1 for crack, else 0, row-major: the mask where nothing goes on.
 */
export async function continueCracks(
  compute: Compute,
  { width, height, mask, confidence, scale, lower }: Continued,
): Promise<Uint8Array<ArrayBuffer>> {
  const result = new Uint8Array(mask);
  if (!mask.includes(1)) return result;
  const size = { width, height };
  const possible = new Uint8Array(mask.length);
  for (let i = 0; i < possible.length; i++) possible[i] = Number(mask[i] === 1 || confidence[i] > lower);
  keepPiecesOf(mask, possible, size);
  if (possible.every((value, i) => value === mask[i])) return result;
  const within = async (set: Uint8Array<ArrayBuffer>, radius: number): Promise<ArrayLike<number>> => {
    using plane = compute.upload({ ...size, channels: 1, data: set });
    using dilated = discDilation(plane, Math.max(1, Math.round(radius / scale)));
    return await dilated.read();
  };
  // The opening by what is outside: a pixel stays in the erosion where no pixel outside is within the radius.
  const nearOutside = await within(possible.map((value) => 1 - value), THIN);
  const wide = await within(possible.map((_, i) => Number(nearOutside[i] === 0)), THIN);
  const isThin = (i: number): boolean => possible[i] === 1 && wide[i] === 0;
  const nearMask = await within(result, BESIDE);
  const ahead = possible.map((_, i) => Number(isThin(i) && nearMask[i] === 0));
  const nearAhead = await within(ahead, BESIDE);
  for (let i = 0; i < result.length; i++) if (isThin(i) && nearAhead[i] !== 0) result[i] = 1;
  keepPiecesOf(mask, result, size);
  return result;
}

/** Takes out of a set the pieces that have no pixel of the mask. */
function keepPiecesOf(
  mask: Uint8Array,
  set: Uint8Array,
  size: { readonly width: number; readonly height: number },
): void {
  for (const pixels of connectedPixels(set, size)) {
    if (pixels.some((pixel) => mask[pixel] === 1)) continue;
    for (const pixel of pixels) set[pixel] = 0;
  }
}
