import { POSSIBLE } from "../../datasets/patch_labels.ts";
import { luma } from "../../images/luma.ts";
import { defaultFit, partlyFitted } from "../local_fit.ts";

/** What is less sure of crack than that is ground. */
const LEAST = 0.02;

/**
 * Where crack ends, stage 6: (1 − s) p + s w with p how sure networks are of it and w how surely a pixel is crack by its grey value, crack and
 * ground around it being what p says: {@linkcode localFit}. A network's edges are as soft as what it learnt from; those of the photo are where its grey values change.
 *
 * @param sure p, 0..1, row-major.
 * @param options `share`: s, 0..1; `scale`: the first at which the photo was looked at: there a window is as wide in all photos.
 * @returns 0..1, row-major.
 */
export function fitToPhoto(
  { width, height, data }: ImageData,
  sure: Float32Array<ArrayBuffer>,
  { share, scale }: { readonly share: number; readonly scale: number },
): Float32Array<ArrayBuffer> {
  const grey = new Float32Array(sure.length), possible = new Uint8Array(sure.length);
  for (let i = 0; i < sure.length; i++) {
    grey[i] = luma(data, 4 * i);
    possible[i] = sure[i] > LEAST ? POSSIBLE.crack : POSSIBLE.never;
  }
  const settings = { ...defaultFit, sigma: defaultFit.sigma / scale };
  return partlyFitted(grey, { width, height, confidence: sure, possible, settings, share });
}
