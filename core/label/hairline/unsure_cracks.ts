import { keepPiecesOf } from "../../predict/connected_pixels.ts";
import type { Marked } from "./plausible_pieces.ts";

/** The mean confidence of a photo's cracks from which on a network is sure of them, and that at which it is as unsure as it gets. */
const SURE = 0.85, UNSURE = 0.7;

/** What {@linkcode unsureThreshold} is told of a photo. */
export interface Sureness extends Pick<Marked, "mask" | "confidence"> {
  /** The confidence above which a pixel is marked, … */
  readonly threshold: number;
  /** … and what it falls to where a network is as unsure as it gets, as a share of it, 0..1. */
  readonly share: number;
}

/** What {@linkcode widenUnsureCracks} is told of a photo. */
export interface Unsure extends Omit<Marked, "scale" | "photo"> {
  /** The confidence above which cracks are as wide as they are: {@linkcode unsureThreshold}. */
  readonly lower: number;
  /** The pixels of pieces that must not come back. */
  readonly never?: readonly Uint32Array[];
}

/**
 * The confidence above which a pixel of the cracks of a photo is crack. Where a network has seen few like them, it hesitates all over, at the edges most: they lie
 * within what exceeds a threshold that was chosen for cracks that it knows. How sure it is shows in what it did mark.
 *
 *     m = mean of c over M and c > threshold
 *     lower = threshold · (share + (1 − share) (m − UNSURE) / (SURE − UNSURE)), within share · threshold and the threshold
 *
 * @returns the threshold itself where the network is sure, or marked nothing.
 */
export function unsureThreshold({ mask, confidence, threshold, share }: Sureness): number {
  let sum = 0, count = 0;
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0 || confidence[i] <= threshold) continue;
    sum += confidence[i];
    count++;
  }
  if (count === 0) return threshold;
  const sureness = (sum / count - UNSURE) / (SURE - UNSURE);
  return threshold * (share + (1 - share) * Math.min(1, Math.max(0, sureness)));
}

/**
 * Widens cracks to what exceeds a lower threshold and hangs together with them (hysteresis; Canny 1986, doi:10.1109/TPAMI.1986.4767851).
 *
 *     result = (M ∪ {c > lower} \ never)|M,   S|M = those pieces of S that have a pixel of M
 *
 * A piece that was left out because it is small and round comes back where it hangs together with one that stayed.
 *
 * @returns 1 for crack, else 0, row-major.
 */
export function widenUnsureCracks(
  { width, height, mask, confidence, lower, never = [] }: Unsure,
): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(mask);
  if (!mask.includes(1)) return result;
  for (let i = 0; i < result.length; i++) result[i] |= Number(confidence[i] > lower);
  for (const pixels of never) {
    for (const pixel of pixels) result[pixel] = 0;
  }
  keepPiecesOf(mask, result, { width, height });
  return result;
}
