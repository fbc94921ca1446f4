/** The index that a mirror at both ends of 0 .. n − 1 shows at `i`, the ends not repeated; step by step. */
export function mirrorIndex(i: number, n: number): number {
  if (n === 1) return 0;
  while (i < 0 || i >= n) i = i < 0 ? -i : 2 * (n - 1) - i;
  return i;
}
