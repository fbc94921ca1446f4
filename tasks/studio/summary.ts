import { type Decision, DECISIONS } from "./review.ts";
import type { StudioRun } from "./studio_run.ts";

/** What was decided about the photos of a run: how many, a line for each decision, and how long a photo took. */
export function summarise({ photos, review }: StudioRun): string {
  // Of photos that the run no longer has, a review may tell still.
  const reviewed = review.photos.filter(({ name }) => photos.has(name));
  const decidedAs = (decision: Decision) => reviewed.filter((photo) => photo.decision === decision);
  const [accepted, corrected, rejected] = DECISIONS.map(decidedAs);
  const decided = accepted.length + corrected.length + rejected.length;
  const pixels = corrected.reduce((sum, { changedPixels = 0 }) => sum + changedPixels, 0);
  const seconds = reviewed.reduce((sum, photo) => sum + photo.seconds, 0);
  const pace = seconds === 0 || decided === 0 ? "" : `, ${(seconds / decided).toFixed(1)} s each`;
  return [
    `${decided} of ${photos.size} photos decided${pace}`,
    `${accepted.length} accepted`,
    `${corrected.length} corrected in ${pixels} pixels`,
    `${rejected.length} rejected`,
  ].join("\n");
}
