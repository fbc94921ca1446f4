import type { RowRange } from "./bands.ts";

/**
 * The rows of an image of `height` rows that the rows `[first, end)` of its mirrored continuation show, as one range. The edge
 * row is not repeated: … 2 1 | 0 1 2 … n−1 | n−2 …
 */
export function mirroredRows([first, end]: RowRange, height: number): RowRange {
  if (first >= 0 && end <= height) return [first, end];
  const period = Math.max(2 * (height - 1), 1);
  if (height === 1 || end - first >= period) return [0, height];
  let low = height, high = 0;
  for (let y = first; y < end; y++) {
    const m = Math.abs(y) % period;
    const row = Math.min(m, period - m);
    low = Math.min(low, row);
    high = Math.max(high, row + 1);
  }
  return [low, high];
}
