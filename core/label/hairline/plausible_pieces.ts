import { boundsOf, connectedPixels } from "../../predict/connected_pixels.ts";

/** How full a piece may be: its pixels over the square of the diagonal of its bounding box. A disc has 0.39, a straight line of five times its width 0.19. */
const MOST_FULL = 0.25;

/** The same of a large piece: shade, dark ground beside a bright marking, foliage. */
const MOST_FULL_LARGE = 0.15;

/** From this share of the photo on a piece is large. */
const LARGE = 0.03;

/** A photo shows a crack if one piece is surer than this somewhere … */
const SURE = 0.9;

/** … and has a longer diagonal than this, in pixels at the first scale that was looked at. */
const LEAST_LENGTH = 32;

/** What {@linkcode plausiblePieces} judges. */
interface Marked {
  readonly width: number;
  readonly height: number;
  /** 1 for crack, else 0, row-major. */
  readonly mask: Uint8Array;
  /** 0..1, row-major. */
  readonly confidence: Float32Array;
  /** The first scale at which the photo was looked at. */
  readonly scale: number;
}

/** What decides whether connected pixels can be a crack. */
interface Piece {
  /** Diagonal of the bounding box, pixels. */
  readonly diagonal: number;
  readonly surest: number;
}

/**
 * Leaves of a mask the pieces that can be cracks: a crack is long for its area, and a photo with a crack shows a piece of some length of which
 * the network is sure. Small and doubtful pieces stay where there is such a one, since cracks are seen in parts; where there is none, nothing does.
 *
 * The limits lose no F1 on training photos (DCD, CRACK500, CrackSC) and were set on those.
 *
 * @returns a mask of the same size, 1 for crack.
 */
export function plausiblePieces({ width, height, mask, confidence, scale }: Marked): Uint8Array<ArrayBuffer> {
  const plausible = new Uint8Array(mask.length);
  let evident = false;
  for (const pixels of connectedPixels(mask, { width, height })) {
    const piece = pieceOf(pixels, { width, confidence });
    const large = pixels.length > LARGE * width * height;
    if (pixels.length > (large ? MOST_FULL_LARGE : MOST_FULL) * piece.diagonal ** 2) continue;
    evident ||= piece.surest > SURE && piece.diagonal * scale > LEAST_LENGTH;
    for (const pixel of pixels) plausible[pixel] = 1;
  }
  return evident ? plausible : new Uint8Array(mask.length);
}

function pieceOf(
  pixels: readonly number[],
  { width, confidence }: Pick<Marked, "width" | "confidence">,
): Piece {
  const bounds = boundsOf(pixels, width);
  const surest = pixels.reduce((most, pixel) => Math.max(most, confidence[pixel]), 0);
  return { diagonal: Math.hypot(bounds.width, bounds.height), surest };
}
