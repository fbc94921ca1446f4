import type { ReviewedPhoto } from "../review.ts";
import type { Photo } from "./photo.ts";

/** What is noted of a photo that was looked at. */
export type Noted = Omit<ReviewedPhoto, "name">;

/** What is to be noted of a photo now. */
export function noted({ decision, seconds, changedPixels, mmPerPixel }: Photo): Omit<Noted, "at"> {
  return {
    ...(decision.value === undefined ? {} : { decision: decision.value }),
    // Of many that were decided about together, each took little.
    seconds: Math.round(1000 * seconds) / 1000,
    ...(changedPixels === 0 ? {} : { changedPixels }),
    ...(mmPerPixel.value === undefined ? {} : { mmPerPixel: mmPerPixel.value }),
  };
}

/** Takes up what was noted of a photo before. */
export function takeNoted(
  photo: Photo,
  { decision, at, seconds, changedPixels = 0, mmPerPixel }: Noted,
): void {
  photo.at = at;
  photo.decision.value = decision;
  photo.mmPerPixel.value = mmPerPixel;
  photo.seconds = seconds;
  photo.changedPixels = changedPixels;
}
