/**
 * Filtering on the permutohedral lattice by its definition (Adams, Baek and Davis 2010, doi:10.1111/j.1467-8659.2009.01645.x), in float64:
 * points by name, the nearest corner by trying all, the blur one direction after the other.
 *
 * @param points coordinates of each point, in standard deviations.
 * @param values one a point.
 */
export function permutohedralOracle(
  points: readonly (readonly number[])[],
  values: readonly number[],
): number[] {
  const d = points[0].length;
  const simplices = points.map((point) => simplexOf(lift(point)));
  let lattice = new Map<string, number>();
  for (const [i, simplex] of simplices.entries()) {
    for (const { corner, share } of simplex) {
      lattice.set(`${corner}`, (lattice.get(`${corner}`) ?? 0) + share * values[i]);
    }
  }
  for (let direction = 0; direction <= d; direction++) {
    const blurred = new Map<string, number>();
    for (const [name, value] of lattice) {
      const at = (sign: number): number =>
        lattice.get(`${name.split(",").map((c, i) => Number(c) + sign * (i === direction ? d : -1))}`) ?? 0;
      blurred.set(name, value + (at(1) + at(-1)) / 2);
    }
    lattice = blurred;
  }
  return simplices.map((simplex) =>
    simplex.reduce((sum, { corner, share }) => sum + share * lattice.get(`${corner}`)!, 0)
  );
}

/** Into the plane whose coordinates add up to 0, by orthonormal vectors (1, …, 1, −k, 0, …) / √(k (k + 1)). */
function lift(point: readonly number[]): number[] {
  const d = point.length;
  const lifted = new Array<number>(d + 1).fill(0);
  for (let k = 1; k <= d; k++) {
    const length = (d + 1) * Math.sqrt(2 / 3) * point[k - 1] / Math.sqrt(k * (k + 1));
    for (let i = 0; i < k; i++) lifted[i] += length;
    lifted[k] -= k * length;
  }
  return lifted;
}

function simplexOf(lifted: readonly number[]): { corner: number[]; share: number }[] {
  const n = lifted.length;
  // The nearest of the points whose coordinates are multiples of n and add up to 0.
  let origin: number[] = [], least = Infinity;
  for (let up = 0; up < 2 ** n; up++) {
    const candidate = lifted.map((value, i) => n * (Math.floor(value / n) + (up >> i & 1)));
    const distance = candidate.reduce((sum, value, i) => sum + (value - lifted[i]) ** 2, 0);
    if (candidate.reduce((sum, value) => sum + value, 0) !== 0 || distance >= least) continue;
    [origin, least] = [candidate, distance];
  }
  const rest = lifted.map((value, i) => value - origin[i]);
  const falling = rest.map((_, i) => i).sort((a, b) => rest[b] - rest[a]);
  return Array.from({ length: n }, (_, colour) => {
    const corner = origin.slice();
    for (const [rank, i] of falling.entries()) corner[i] += rank < n - colour ? colour : colour - n;
    const above = rest[falling[n - 1 - colour]];
    // Coming full circle, the greatest follows the least, one period on.
    const below = colour === 0 ? rest[falling[0]] - n : rest[falling[n - colour]];
    return { corner, share: (above - below) / n };
  });
}
