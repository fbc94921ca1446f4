import type { PlaneSource } from "../../core/gpu/compute.ts";

/** Options of the oracles. */
interface RidgeOracleOptions {
  readonly sigmas: readonly number[];
  /** Of Frangi's. */
  readonly beta?: number;
}

/** Sato's filter in float64, as scikit-image 0.26 defines it. */
export function satoOracle(image: PlaneSource, { sigmas }: RidgeOracleOptions): Float64Array {
  return greatest(
    sigmas.map((sigma) =>
      eigenvalues(image, sigma).map(([smaller, greater]) => sigma ** 2 * Math.max(smaller, greater, 0))
    ),
  );
}

/** Frangi's filter in float64, as scikit-image 0.26 defines it but for λ2 ≤ 0, where it is 0. */
export function frangiOracle(image: PlaneSource, { sigmas, beta = 0.5 }: RidgeOracleOptions): Float64Array {
  let gamma = 0;
  return greatest(sigmas.map((sigma) => {
    const values = eigenvalues(image, sigma);
    const structure = values.map(([a, b]) => Math.hypot(a, b));
    gamma ||= structure.reduce((most, value) => Math.max(most, value), 0) / 2 || 1;
    return values.map(([smaller, greater], i) =>
      greater <= 1e-10 ? 0 : Math.exp(-((smaller / greater) ** 2) / (2 * beta ** 2)) *
        (1 - Math.exp(-(structure[i] ** 2) / (2 * gamma ** 2)))
    );
  }));
}

/** The eigenvalues of the Hessian at each pixel, the one of greater magnitude last. */
function eigenvalues(image: PlaneSource, sigma: number): [number, number][] {
  const alongX = gaussian(image, sigma, { x: 1, y: 0 }), alongY = gaussian(image, sigma, { x: 0, y: 1 });
  const xx = gaussian(alongX, sigma, { x: 1, y: 0 }).data;
  const xy = gaussian(alongY, sigma, { x: 1, y: 0 }).data;
  const yy = gaussian(alongY, sigma, { x: 0, y: 1 }).data;
  return Array.from(xx, (a, i): [number, number] => {
    const spread = Math.sqrt(((a - yy[i]) / 2) ** 2 + xy[i] ** 2), middle = (a + yy[i]) / 2;
    const [one, other] = [middle - spread, middle + spread];
    return Math.abs(one) <= Math.abs(other) ? [one, other] : [other, one];
  });
}

/** SciPy's `gaussian_filter` of σ/√2, truncated after 8 deviations (after 100 for σ ≤ 1), mode "reflect". */
function gaussian(
  { width, height, data }: Pick<PlaneSource, "width" | "height"> & { readonly data: ArrayLike<number> },
  sigma: number,
  order: { readonly x: 0 | 1; readonly y: 0 | 1 },
): { width: number; height: number; data: Float64Array } {
  const s = sigma / Math.sqrt(2);
  const radius = Math.floor((sigma > 1 ? 8 : 100) * s + 0.5);
  const offsets = Array.from({ length: 2 * radius + 1 }, (_, i) => i - radius);
  const bell = offsets.map((k) => Math.exp(-(k ** 2) / (2 * s ** 2)));
  const sum = bell.reduce((total, value) => total + value, 0);
  const weights = (order: 0 | 1) =>
    bell.map((value, i) => (order === 0 ? 1 : offsets[i] / s ** 2) * value / sum);
  const reflect = (i: number, n: number): number => {
    while (i < 0 || i >= n) i = i < 0 ? -1 - i : 2 * n - 1 - i;
    return i;
  };
  const [across, down] = [weights(order.x), weights(order.y)];
  const rows = new Float64Array(width * height), result = new Float64Array(width * height);
  for (let i = 0; i < rows.length; i++) {
    const x = i % width, y = Math.floor(i / width);
    offsets.forEach((k, j) => rows[i] += across[j] * data[y * width + reflect(x + k, width)]);
  }
  for (let i = 0; i < rows.length; i++) {
    const x = i % width, y = Math.floor(i / width);
    offsets.forEach((k, j) => result[i] += down[j] * rows[reflect(y + k, height) * width + x]);
  }
  return { width, height, data: result };
}

function greatest(maps: readonly number[][]): Float64Array {
  return Float64Array.from(maps[0], (_, i) => Math.max(...maps.map((map) => map[i])));
}
