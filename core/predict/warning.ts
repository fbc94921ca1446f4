import { connectedPixels } from "./connected_pixels.ts";
import type { Prediction } from "./predict_image.ts";

/** What else is known of how a photo was looked at. */
interface Looked {
  /** The scales, and what each counted. */
  readonly scales: readonly { readonly scale: number; readonly weight: number }[];
  /** The detail of the photo at each octave, where it was measured: grey levels. */
  readonly spectrum?: readonly number[];
}

/** The shorter side from which on a photo shows a network something. */
const LEAST_SIDE = 32;

/** Grey levels: on photos of walls and roads the largest figure of the spectrum is 6 to 70. */
const LEAST_DETAIL = 3;

/** Connected pixels, counted at the scale that counted most, that are a line if they are so many. */
const LINE_PIXELS = 64;

/**
 * The share of marked pixels that may lie in specks. On photos of cracked ground it is 0.1 in the mean and seldom 0.6, with dots of shade all over
 * the pavement.
 */
const MOST_SPECKS = 0.75;

/** Why a photo seems out of what a network knows, in a sentence; undefined where it does not. */
export function warningOf(
  { width, height, mask, crackPixels }: Omit<Prediction, "confidence">,
  { scales, spectrum }: Looked,
): string | undefined {
  if (Math.min(width, height) < LEAST_SIDE) {
    return `The photo is ${width} × ${height}: of less than ${LEAST_SIDE} pixels a side a network sees too little.`;
  }
  if (spectrum !== undefined && spectrum.length > 0 && Math.max(...spectrum) < LEAST_DETAIL) {
    return `The photo has no detail at any scale looked at: pixels differ by less than ${LEAST_DETAIL} grey levels from their surroundings.`;
  }
  if (crackPixels === 0) return undefined;
  const { scale } = scales.reduce((most, level) => level.weight > most.weight ? level : most);
  const least = Math.ceil(LINE_PIXELS / scale ** 2);
  let inSpecks = 0;
  for (const { length } of connectedPixels(mask, { width, height })) if (length < least) inSpecks += length;
  const share = inSpecks / crackPixels;
  if (share <= MOST_SPECKS) return undefined;
  return `Of what is marked ${
    Math.floor(100 * share)
  } % lies in specks of fewer than ${least} pixels, not in lines: ` +
    "there may be no crack, or none that the network knows.";
}
