/** Two classes of pairs of values, and how near each pair is to them. */
export interface TwoMeans {
  /** The means of the two classes: the first began at the least values, the second at the greatest. */
  readonly means: readonly [first: readonly [number, number], second: readonly [number, number]];
  /** Of each pair: d₂² / (d₁² + d₂²) with its distances from the means, above 0.5 where it belongs to the first. */
  readonly nearness: Float64Array;
}

/**
 * Divides pairs of values into two classes by k-means: Lloyd's algorithm (1982, doi:10.1109/TIT.1982.1056489) from the pair of the least values
 * and that of the greatest, until no pair changes its class. A pair halfway belongs to the second.
 *
 * @param rounds the most that are made.
 * @returns undefined where all pairs are alike, which are not two classes.
 */
export function twoMeans(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { rounds }: { readonly rounds: number },
): TwoMeans | undefined {
  const [x0, x1] = extremes(x), [y0, y1] = extremes(y);
  if (!(x1 > x0 || y1 > y0)) return undefined;
  let first: readonly [number, number] = [x0, y0], second: readonly [number, number] = [x1, y1];
  const isFirst = new Uint8Array(x.length).fill(2);
  for (let round = 0; round < rounds; round++) {
    const sums = [[0, 0, 0], [0, 0, 0]];
    let changed = 0;
    for (let i = 0; i < x.length; i++) {
      const nearer = Number(squareTo(first, x[i], y[i]) < squareTo(second, x[i], y[i]));
      changed += Number(nearer !== isFirst[i]);
      isFirst[i] = nearer;
      const sum = sums[1 - nearer];
      sum[0] += x[i];
      sum[1] += y[i];
      sum[2]++;
    }
    if (changed === 0) break;
    // A class that lost all its pairs stays where it was.
    const meanOf = ([a, b, count]: readonly number[], before: readonly [number, number]) =>
      count === 0 ? before : [a / count, b / count] as const;
    first = meanOf(sums[0], first);
    second = meanOf(sums[1], second);
  }
  const nearness = Float64Array.from({ length: x.length }, (_, i) => {
    const near = squareTo(first, x[i], y[i]), far = squareTo(second, x[i], y[i]);
    return far / (near + far);
  });
  return { means: [first, second], nearness };
}

function squareTo([a, b]: readonly [number, number], x: number, y: number): number {
  return (x - a) ** 2 + (y - b) ** 2;
}

function extremes(values: ArrayLike<number>): [least: number, greatest: number] {
  let least = Infinity, greatest = -Infinity;
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]);
    greatest = Math.max(greatest, values[i]);
  }
  return [least, greatest];
}
