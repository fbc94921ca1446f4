import type { RowRange } from "../gpu/bands.ts";
import type { Plane } from "../gpu/plane.ts";

/** A map of a photo, kept at the resolution at which it was found and brought to the photo's size where it is wanted. */
export interface PhotoMap extends Disposable {
  /** The rows `[first, end)` of the map at the photo's size, (end − first) × W × 1, for the caller to dispose of. */
  rows(range: RowRange): Plane;
}
