/** A fraction of integers, the denominator positive. */
type Fraction = readonly [numerator: bigint, denominator: bigint];

/** S² / N of the levels `[from, to]`, exactly; an empty class adds nothing. */
function share(counts: readonly number[], from: number, to: number): Fraction {
  let pixels = 0, sum = 0;
  for (let level = from; level <= to; level++) {
    pixels += counts[level];
    sum += counts[level] * level;
  }
  return pixels === 0 ? [0n, 1n] : [BigInt(sum) ** 2n, BigInt(pixels)];
}

function add([a, b]: Fraction, [c, d]: Fraction): Fraction {
  return [a * d + c * b, b * d];
}

/** Divides with 40 binary digits, enough to separate candidates from the rest. */
function approximate([a, b]: Fraction): number {
  return Number((a << 40n) / b);
}

/**
 * Thresholds that maximise Σ Sᵢ² / Nᵢ over all pairs of levels in rational arithmetic, of equal maxima the lexicographically
 * smallest; nothing where fewer levels are occupied than classes are wanted.
 */
export function otsuOracle(counts: readonly number[], classes: 2 | 3): number[] | undefined {
  if (counts.filter((count) => count > 0).length < classes) return undefined;
  const last = counts.length - 1;
  const memo = new Map<number, readonly [exact: Fraction, near: number]>();
  const part = (from: number, to: number): readonly [Fraction, number] => {
    let found = memo.get(from * 1000 + to);
    if (!found) {
      const exact = share(counts, from, to);
      found = [exact, approximate(exact)];
      memo.set(from * 1000 + to, found);
    }
    return found;
  };

  // A threshold on an unoccupied level separates as the occupied one below it does, and never comes first.
  const candidates = counts.flatMap((count, level) => count > 0 && level < last ? [level] : []);
  const pairs = classes === 2
    ? candidates.map((k1) => [k1])
    : candidates.flatMap((k1) => candidates.filter((k2) => k2 > k1).map((k2) => [k1, k2]));
  let best: number[] = [], bestNear = -1, bestExact: Fraction = [-1n, 1n];
  for (const thresholds of pairs) {
    const parts = [...thresholds, last].map((to, i) => part(i === 0 ? 0 : thresholds[i - 1] + 1, to));
    const near = parts.reduce((sum, [, value]) => sum + value, 0);
    if (near < bestNear * (1 - 1e-9)) continue;
    const exact = parts.map(([value]) => value).reduce(add);
    if (exact[0] * bestExact[1] > bestExact[0] * exact[1]) {
      [best, bestNear, bestExact] = [thresholds, near, exact];
    }
  }
  return best;
}
