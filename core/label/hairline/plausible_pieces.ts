import { boundsOf, connectedPixels } from "../../predict/connected_pixels.ts";
import { isShade } from "./shade.ts";
import { isStraightBand } from "./straight_bands.ts";

/** How full a piece may be: its pixels over the square of the diagonal of its bounding box. A disc has 0.39, a straight line of five times its width 0.19. */
const MOST_FULL = 0.25;

/** The same where the network is sure all over: wide cracks of which a photo shows a short part. An ellipse twice as long as wide has 0.31. */
const MOST_FULL_SURE = 0.3;

/** The same of a large piece of which the network is not sure all over: shade, dark ground beside a bright marking, foliage. */
const MOST_FULL_LARGE = 0.15;

/** From this share of the photo on a piece is large. */
const LARGE = 0.03;

/** The mean confidence from which on a large piece may be as full as a small one. In wide cracks it is 0.87 and more, in shade mostly below 0.8. */
const SURE_ALL_OVER = 0.85;

/** Unless it fills more of the photo than this: then it is shade, or dark ground. The widest cracks of close-ups fill a quarter. */
const LARGEST = 0.3;

/** From this share of the photo on, what is too full to be a crack says that the photo was looked at from too far away. */
const BROAD = 0.008;

/** From this share of the photo on a piece may be shade, … */
const SHADE = 0.002;

/** … unless it is as long as a crack: less full than this. Of a photo that is out of focus the borders of cracks are soft, too. */
const LEAST_FULL_SHADE = 0.06;

/** A photo shows a crack if one piece is surer than this somewhere … */
const SURE = 0.85;

/** … and has a longer diagonal than this, in pixels at the first scale that was looked at. */
const LEAST_LENGTH = 32;

/** It does, too, if pieces of which the network is quite sure … */
const QUITE_SURE = 0.9;

/** … longer than a speck … */
const LONGER_THAN_SPECK = 8;

/** … have this length together: a thin crack is seen in dashes. */
const LEAST_LENGTH_OF_DASHES = 64;

/** What a network marks of a photo, to be judged by its shape. */
export interface Marked {
  readonly width: number;
  readonly height: number;
  /** 1 for crack, else 0, row-major. */
  readonly mask: Uint8Array;
  /** 0..1, row-major. */
  readonly confidence: Float32Array;
  /** The first scale at which the photo was looked at. */
  readonly scale: number;
  /** The photo, where shade is to be left out: {@linkcode isShade} looks at its grey values. */
  readonly photo?: ImageData;
}

/** What is to be thought of what is marked. */
export interface JudgedPieces {
  /** 1 for crack, else 0, row-major: what can be one. */
  readonly plausible: Uint8Array<ArrayBuffer>;
  /** Something broad is marked that cannot be a crack. */
  readonly broad: boolean;
  /** The pixels of each piece that is as straight as along a ruler, and thus no crack. */
  readonly bands: readonly Uint32Array[];
}

/** What decides whether connected pixels can be a crack. */
interface Piece {
  readonly pixels: number;
  /** Diagonal of the bounding box, pixels. */
  readonly diagonal: number;
  /** Confidences. */
  readonly surest: number;
  readonly mean: number;
}

/**
 * Tells which pieces of a mask can be cracks: a crack is long for its area, not straight as along a ruler and, by the photo, no shade, and a photo with a crack shows a piece of some length of which
 * the network is sure, or several short ones. Small and doubtful pieces stay where there is such a one, since cracks are seen in parts; where there is none,
 * nothing does.
 *
 * The limits were set on training photos (DCD, CRACK500, CrackSC), and on such that are labelled as a whole.
 */
export function judgePieces({ width, height, mask, confidence, scale, photo }: Marked): JudgedPieces {
  const plausible = new Uint8Array(mask.length);
  const bands: Uint32Array[] = [];
  let [evident, broad, dashes] = [false, false, 0];
  for (const pixels of connectedPixels(mask, { width, height })) {
    const piece = pieceOf(pixels, { width, confidence });
    if (isTooFull(piece, mask.length)) {
      broad ||= piece.pixels > BROAD * mask.length;
      continue;
    }
    if (isStraightBand(pixels, { width, scale })) {
      bands.push(pixels.slice());
      continue;
    }
    if (photo !== undefined && mayBeShade(piece, mask.length)) {
      if (isShade(pixels, { photo, mask, scale, confidence: piece.mean })) continue;
    }
    const length = piece.diagonal * scale;
    evident ||= piece.surest > SURE && length > LEAST_LENGTH;
    if (piece.surest > QUITE_SURE && length > LONGER_THAN_SPECK) dashes += length;
    for (const pixel of pixels) plausible[pixel] = 1;
  }
  if (!evident && dashes <= LEAST_LENGTH_OF_DASHES) plausible.fill(0);
  return { plausible, broad, bands };
}

function isTooFull({ pixels, diagonal, mean }: Piece, area: number): boolean {
  const sure = mean > SURE_ALL_OVER;
  const doubtful = pixels > LARGE * area && (!sure || pixels > LARGEST * area);
  const most = doubtful ? MOST_FULL_LARGE : sure ? MOST_FULL_SURE : MOST_FULL;
  return pixels > most * diagonal ** 2;
}

function mayBeShade({ pixels, diagonal }: Piece, area: number): boolean {
  return pixels > SHADE * area && pixels > LEAST_FULL_SHADE * diagonal ** 2;
}

function pieceOf(
  pixels: Uint32Array,
  { width, confidence }: Pick<Marked, "width" | "confidence">,
): Piece {
  const bounds = boundsOf(pixels, width);
  let [surest, sum] = [0, 0];
  for (const pixel of pixels) {
    surest = Math.max(surest, confidence[pixel]);
    sum += confidence[pixel];
  }
  return {
    pixels: pixels.length,
    diagonal: Math.hypot(bounds.width, bounds.height),
    surest,
    mean: sum / pixels.length,
  };
}
