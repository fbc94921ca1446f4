/** Names of the resampling filters of {@linkcode resize}. */
export type ResizeFilter = "lanczos3" | "hamming" | "bilinear" | "nearest";

/** The source positions and weights of every output position along one axis, from {@linkcode resamplingTable}. */
export interface ResamplingTable {
  /** Weights of each output position. */
  taps: number;
  /** One row an output position: the first source position, then its weights. A row has 1 + taps values. */
  rows: Float32Array;
}

/** A filter of the distance in source pixels (in output pixels when shrinking) and the distance where it ends. */
interface Filter {
  support: number;
  weight: (distance: number) => number;
}

const sinc = (x: number): number => x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);

const FILTERS: Record<Exclude<ResizeFilter, "nearest">, Filter> = {
  // The triangle of linear interpolation.
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  // A sinc inside the Hamming window 0.54 + 0.46 cos(π x).
  hamming: {
    support: 1,
    weight: (x) => Math.abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0,
  },
  // A sinc inside the central lobe of a three times wider one.
  lanczos3: { support: 3, weight: (x) => Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0 },
};

/** Weights below this are rounding noise at the zeros of a sinc. */
const NOISE = 1e-12;

/**
 * The weights that resample one axis as Pillow does. Output position i lies at from + (i + ½) (to − from) / size of the source, whose
 * pixel j lies at j + ½. When shrinking, the filter is widened by the factor of shrinking. Pixels outside the source do not
 * count, and the weights of those inside are divided by their sum.
 *
 * @param filter name of the filter.
 * @param axis.length pixels of the source.
 * @param axis.from start of the source interval, 0 ≤ from < to.
 * @param axis.to its end, at most `length`.
 * @param axis.size pixels of the output.
 */
export function resamplingTable(
  filter: ResizeFilter,
  { length, from, to, size }: { length: number; from: number; to: number; size: number },
): ResamplingTable {
  const scale = (to - from) / size;
  const positions = Array.from({ length: size }, (_, i) => {
    const centre = from + (i + 0.5) * (to - from) / size;
    if (filter === "nearest") {
      return { first: Math.min(Math.max(Math.floor(centre), 0), length - 1), weights: [1] };
    }
    const { support, weight } = FILTERS[filter];
    const widening = Math.max(scale, 1);
    let first = Math.max(Math.floor(centre - support * widening), 0);
    let end = Math.min(Math.ceil(centre + support * widening), length);
    const at = (j: number): number => weight((j + 0.5 - centre) / widening);
    while (end - first > 1 && Math.abs(at(first)) < NOISE) first++;
    while (end - first > 1 && Math.abs(at(end - 1)) < NOISE) end--;
    const weights = Array.from({ length: end - first }, (_, t) => at(first + t));
    const sum = weights.reduce((total, value) => total + value, 0);
    return { first, weights: weights.map((value) => value / sum) };
  });

  const taps = positions.reduce((most, { weights }) => Math.max(most, weights.length), 1);
  const rows = new Float32Array(size * (1 + taps));
  positions.forEach(({ first, weights }, i) => {
    // All positions have as many taps; those at the end are moved inwards so that none reads past the source.
    const start = Math.min(first, length - taps);
    rows[i * (1 + taps)] = start;
    rows.set(weights, i * (1 + taps) + 1 + first - start);
  });
  return { taps, rows };
}
