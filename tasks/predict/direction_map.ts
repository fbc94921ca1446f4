import { encodePng } from "../../core/images/encode_png.ts";
import { directionColour, oklabToSrgb } from "../report/direction_colour.ts";

/** Whole degrees of the half circle. */
const DEGREES = 180;

/** The value of a pixel that is no crack. */
const NO_CRACK = DEGREES;

/** The colour of each degree, then black. */
const PALETTE = Uint8Array.from([
  ...Array.from({ length: DEGREES }, (_, degrees) => oklabToSrgb(directionColour(degrees))).flat(),
  ...[0, 0, 0],
]);

/** Parts of the half circle that a photo's cracks are counted by. */
const PARTS = 18;

/** Which way the crack pixels of a photo go. */
export interface DirectionMap {
  readonly width: number;
  readonly height: number;
  /** Degrees, rounded, 0..179 from the right counter-clockwise; 180 where there is no crack. Row-major. */
  readonly degrees: Uint8Array;
}

/**
 * @param directions degrees, 0 to below 180, row-major.
 * @param mask 1 where there is crack, else 0.
 */
export function directionMap(
  directions: Float32Array,
  { width, height, mask }: {
    readonly width: number;
    readonly height: number;
    readonly mask: Uint8Array;
  },
): DirectionMap {
  const degrees = Uint8Array.from(mask, (crack, i) => crack ? Math.round(directions[i]) % DEGREES : NO_CRACK);
  return { width, height, degrees };
}

/** A PNG whose values are the degrees and whose palette is their colours: numbers to programs that read values, a picture to all others. */
export function encodeDirections({ width, height, degrees }: DirectionMap): Promise<Uint8Array<ArrayBuffer>> {
  return encodePng({ width, height, channels: 1, data: degrees, palette: PALETTE });
}

/** Crack pixels by direction: 18 parts of 10°, the first from 0° on. */
export function directionCounts({ degrees }: DirectionMap): number[] {
  const counts = new Array<number>(PARTS).fill(0);
  for (const degree of degrees) if (degree !== NO_CRACK) counts[Math.floor(degree * PARTS / DEGREES)]++;
  return counts;
}
