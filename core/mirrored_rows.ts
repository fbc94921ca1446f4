/** The rows of an image of `height` rows that the rows `[first, end)` show, those outside mirroring it without the edge repeated. */
export function mirroredRows(
  [first, end]: readonly [first: number, end: number],
  height: number,
): [first: number, end: number] {
  let from = first, to = end;
  if (first < 0) [from, to] = [0, Math.max(to, 1 - first)];
  if (end > height) [from, to] = [Math.min(from, 2 * height - 1 - end), Math.max(to, height)];
  // What reaches beyond the opposite border is mirrored there again.
  return from < 0 || 1 - first > height ? [0, height] : [from, Math.min(to, height)];
}
