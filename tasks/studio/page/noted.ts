import type { Decision, Photo } from "./photo.ts";

/** What is noted of a photo that was looked at: `ReviewedPhoto` of the server's side, and so in `review.json`. */
export interface Noted {
  readonly decision?: Decision;
  /** When, ISO 8601. */
  readonly at: string;
  readonly seconds: number;
  readonly changedPixels?: number;
  readonly mmPerPixel?: number;
}

/** What is to be noted of a photo now. */
export function noted({ decision, seconds, changedPixels, mmPerPixel }: Photo): Omit<Noted, "at"> {
  return {
    ...(decision.value === undefined ? {} : { decision: decision.value }),
    seconds: Math.round(seconds),
    ...(changedPixels === 0 ? {} : { changedPixels }),
    ...(mmPerPixel.value === undefined ? {} : { mmPerPixel: mmPerPixel.value }),
  };
}

/** Takes up what was noted of a photo before. */
export function takeNoted(photo: Photo, { decision, seconds, changedPixels = 0, mmPerPixel }: Noted): void {
  photo.decision.value = decision;
  photo.mmPerPixel.value = mmPerPixel;
  photo.seconds = seconds;
  photo.changedPixels = changedPixels;
}
