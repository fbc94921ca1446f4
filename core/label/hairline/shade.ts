import { luma } from "../../images/luma.ts";

/** Narrower pieces have no inside to speak of, in pixels at the first scale that was looked at. */
const LEAST_WIDTH = 12;

/** Grey levels a pixel by which a border rises at least that is no penumbra. Those of cracks rise by 15 and more, but for one in twenty. */
const SOFTEST = 10;

/** Grey levels by which values inside spread less where the ground is the same all over. Cracks are deep here and shallow there: 16 and more, but for one in four. */
const SMOOTHEST = 16;

/** The mean confidence below which a network is in doubt. */
const DOUBT = 0.75;

/** What {@linkcode isShade} is told of a piece. */
export interface ShadeOptions {
  /** The photo that it was found in. */
  readonly photo: ImageData;
  /** 1 for the pixels of this and all other pieces, else 0, row-major: a neighbour in another piece would have joined both. */
  readonly mask: Uint8Array;
  /** The first scale at which that was looked at. */
  readonly scale: number;
  /** The mean confidence of its pixels, 0..1. */
  readonly confidence: number;
}

/**
 * Whether a wide piece is shade: its border is soft, or ground without any detail lies in it and the network is in doubt. From far away, where only how dark it is
 * can be seen, shade looks like a crack; its border is as soft as the sun is wide, and a crack's is a break.
 *
 *     B = pixels of the piece P with a neighbour outside, of four; those at the border of the photo have none there
 *     w = 2 |P| / |B|                               about its width
 *     e = mean of |∇g| over B                       by central differences of the grey values g
 *     d = standard deviation of g over P \ B
 *     w s > 12  and  (e / min(1, s) < 10  or  d < 16 and confidence < 0.75),   s the scale
 *
 * A photo that lost no detail when it was made smaller is that much softer to the pixel, hence min(1, s). Limits are those that lowered no F1 on 424 training photos of DCD,
 * CRACK500 and CrackSC; of 642 large pieces that are crack they take one.
 *
 * @param pixels places in the photo, row-major.
 */
export function isShade(pixels: Uint32Array, { photo, mask, scale, confidence }: ShadeOptions): boolean {
  const { width, height, data } = photo;
  const grey = (pixel: number): number => luma(data, 4 * pixel);
  let [border, rise, inside, sum, squares] = [0, 0, 0, 0, 0];
  for (const pixel of pixels) {
    const x = pixel % width, y = Math.floor(pixel / width);
    const [left, right] = [x > 0 ? pixel - 1 : pixel, x < width - 1 ? pixel + 1 : pixel];
    const [above, below] = [y > 0 ? pixel - width : pixel, y < height - 1 ? pixel + width : pixel];
    if (mask[left] === 1 && mask[right] === 1 && mask[above] === 1 && mask[below] === 1) {
      const value = grey(pixel);
      inside++;
      sum += value;
      squares += value * value;
    } else {
      border++;
      rise += Math.hypot(grey(right) - grey(left), grey(below) - grey(above)) / 2;
    }
  }
  if (border === 0 || inside === 0 || 2 * pixels.length / border * scale <= LEAST_WIDTH) return false;
  if (rise / border < SOFTEST * Math.min(1, scale)) return true;
  const spread = Math.sqrt(Math.max(0, squares / inside - (sum / inside) ** 2));
  return confidence < DOUBT && spread < SMOOTHEST;
}
