import { POSSIBLE } from "../datasets/patch_labels.ts";

/** Parameters of {@linkcode localFit}. */
export interface LocalFitSettings {
  /** σ of the Gaussian windows that grey values are averaged over, in pixels. */
  readonly sigma: number;
  /** How often grey values and shares are found from each other. */
  readonly iterations: number;
  /** What the logit of the network's confidence counts. */
  readonly prior: number;
  /** What the difference of grey values counts: neighbours are alike, so that each says less than it would alone. */
  readonly evidence: number;
  /** Variance of grey values that no ground falls below. */
  readonly leastVariance: number;
  /** Grey levels that crack must be darker by than the ground around it to be told from it. */
  readonly leastContrast: number;
}

/** The parameters by which pseudo labels and masks are fitted. */
export const defaultFit: LocalFitSettings = {
  sigma: 16,
  iterations: 1,
  prior: 0.5,
  evidence: 0.25,
  leastVariance: 4,
  leastContrast: 1,
};

/** What is fitted to. */
export interface LocalFitOptions {
  readonly width: number;
  readonly height: number;
  /** How sure networks are of crack, 0..1, row-major. */
  readonly confidence: Float32Array;
  /** Where crack is possible: {@linkcode POSSIBLE}, row-major. */
  readonly possible: Uint8Array;
  readonly settings: LocalFitSettings;
}

/** Cells a σ: means over a Gaussian window hardly change within one. */
const CELLS_A_SIGMA = 4;

/** Confidences are kept this far from 0 and 1, whose logits are infinite. */
const LEAST = 0.01;

/** A window with less crack than this share of a pixel has no grey value of crack. */
const LEAST_CRACK = 1e-6;

/**
 * How surely each pixel is crack by its grey value g, if there are two kinds around it, crack and a brighter ground, and the network says
 * beforehand how likely which is:
 *
 *     μ_c = G(w g) / G(w),   μ_g = G((1 − w) g) / G(1 − w),   v = G((1 − w) g²) / G(1 − w) − μ_g² + v₀
 *     w = 1 / (1 + exp(−λ logit(p) − β ((g − μ_g)² − (g − μ_c)²) / 2 v))      where μ_g − μ_c > c₀, else 0
 *
 * with p the network's confidence, w = p at first, and G a Gaussian window; λ, β, v₀ and c₀ are `prior`, `evidence`, `leastVariance` and
 * `leastContrast`. So the edges
 * of a crack are where the photo has them, and a ground that varies slowly is followed. Windows are summed over cells of a fraction of σ and
 * read off between these linearly; the image is mirrored by cells outside.
 *
 * @param grey 0..255, row-major.
 * @returns 0..1, row-major, 0 where crack is not possible.
 */
export function localFit(grey: Float32Array, options: LocalFitOptions): Float32Array<ArrayBuffer> {
  const { width, height, confidence, possible, settings } = options;
  const { sigma, iterations, prior, evidence, leastVariance, leastContrast } = settings;
  const windows = new GaussianWindows({ width, height, sigma });
  const sums = new Float64Array(SUMS);
  const crack = confidence.map((p, i) => possible[i] === POSSIBLE.crack ? p : 0);
  for (let iteration = 0; iteration < iterations; iteration++) {
    windows.gather(grey, crack, possible);
    for (let y = 0, i = 0; y < height; y++) {
      windows.enterRow(y);
      for (let x = 0; x < width; x++, i++) {
        if (possible[i] !== POSSIBLE.crack) continue;
        windows.read(x, sums);
        const dark = sums[DARK], bright = sums[BRIGHT];
        const crackMean = sums[DARK_SUM] / dark, groundMean = sums[BRIGHT_SUM] / bright;
        if (!(dark > LEAST_CRACK && bright > 0 && groundMean - crackMean > leastContrast)) {
          crack[i] = 0;
          continue;
        }
        const spread = Math.max(0, sums[BRIGHT_SQUARES] / bright - groundMean ** 2);
        const gain = (grey[i] - groundMean) ** 2 - (grey[i] - crackMean) ** 2;
        const p = Math.min(1 - LEAST, Math.max(LEAST, confidence[i]));
        const logit = prior * Math.log(p / (1 - p)) + evidence * gain / (2 * (spread + leastVariance));
        crack[i] = 1 / (1 + Math.exp(-logit));
      }
    }
  }
  return crack;
}

/** (1 − s) p + s w: p is the confidence, w what {@linkcode localFit} makes of it, s its share of 0..1. */
export function partlyFitted(
  grey: Float32Array,
  { share, ...options }: LocalFitOptions & { readonly share: number },
): Float32Array<ArrayBuffer> {
  const { confidence } = options;
  return localFit(grey, options).map((w, i) => (1 - share) * confidence[i] + share * w);
}

/** What is summed over a window: of crack its weight and grey values, of ground its weight, grey values and their squares. */
const [DARK, DARK_SUM, BRIGHT, BRIGHT_SUM, BRIGHT_SQUARES, SUMS] = [0, 1, 2, 3, 4, 5];

/** Between which cells' middles each pixel of an axis lies, and how far it is towards the second. */
interface Places {
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  readonly share: Float64Array;
}

/** Sums over the Gaussian windows around all pixels, by cells. */
class GaussianWindows {
  /** In cells. */
  readonly #columns: number;
  readonly #rows: number;
  readonly #across: Places;
  readonly #down: Places;
  readonly #kernel: Float64Array;
  readonly #side: number;
  /** Rows × columns × SUMS. */
  #sums: Float64Array<ArrayBuffer>;
  /** A row of sums between two rows of cells. */
  readonly #between: Float64Array;

  constructor({ width, height, sigma }: { width: number; height: number; sigma: number }) {
    this.#side = Math.max(1, Math.round(sigma / CELLS_A_SIGMA));
    this.#columns = Math.ceil(width / this.#side);
    this.#rows = Math.ceil(height / this.#side);
    this.#across = placesOf(width, { side: this.#side, count: this.#columns });
    this.#down = placesOf(height, { side: this.#side, count: this.#rows });
    this.#kernel = gaussian(sigma / this.#side);
    this.#sums = new Float64Array(this.#rows * this.#columns * SUMS);
    this.#between = new Float64Array(this.#columns * SUMS);
  }

  /** Sums up what is known of an image. */
  gather(grey: Float32Array, crack: Float32Array, possible: Uint8Array): void {
    const side = this.#side, columns = this.#columns, pitch = columns * SUMS;
    const width = this.#across.first.length, height = this.#down.first.length;
    const sums = new Float64Array(this.#sums.length);
    for (let y = 0, i = 0; y < height; y++) {
      const row = Math.floor(y / side) * pitch;
      for (let x = 0; x < width; x++, i++) {
        if (possible[i] === POSSIBLE.unknown) continue;
        const at = row + Math.floor(x / side) * SUMS, g = grey[i], w = crack[i];
        sums[at + DARK] += w;
        sums[at + DARK_SUM] += w * g;
        sums[at + BRIGHT] += 1 - w;
        sums[at + BRIGHT_SUM] += (1 - w) * g;
        sums[at + BRIGHT_SQUARES] += (1 - w) * g * g;
      }
    }
    const kernel = this.#kernel;
    this.#sums = blurAxis(blurAxis(sums, { kernel, count: columns, step: SUMS }), {
      ...{ kernel, count: this.#rows, step: pitch },
    });
  }

  /** Goes to a row of pixels. */
  enterRow(y: number): void {
    const row = this.#between, pitch = row.length, sums = this.#sums;
    const above = this.#down.first[y] * pitch,
      below = this.#down.second[y] * pitch,
      share = this.#down.share[y];
    for (let i = 0; i < pitch; i++) row[i] = (1 - share) * sums[above + i] + share * sums[below + i];
  }

  /** The sums around a pixel of that row. */
  read(x: number, target: Float64Array): void {
    const row = this.#between;
    const left = this.#across.first[x] * SUMS, right = this.#across.second[x] * SUMS;
    const share = this.#across.share[x];
    for (let k = 0; k < SUMS; k++) target[k] = (1 - share) * row[left + k] + share * row[right + k];
  }
}

function placesOf(length: number, { side, count }: { side: number; count: number }): Places {
  const places = {
    first: new Uint32Array(length),
    second: new Uint32Array(length),
    share: new Float64Array(length),
  };
  for (let pixel = 0; pixel < length; pixel++) {
    const place = Math.min(count - 1, Math.max(0, (pixel + 0.5) / side - 0.5));
    const first = Math.floor(place);
    places.first[pixel] = first;
    places.second[pixel] = Math.min(count - 1, first + 1);
    places.share[pixel] = place - first;
  }
  return places;
}

/** A pass of a filter along one axis, whose `count` cells are `step` values apart. */
function blurAxis(
  values: Float64Array,
  { kernel, count, step }: { readonly kernel: Float64Array; readonly count: number; readonly step: number },
): Float64Array<ArrayBuffer> {
  const reach = (kernel.length - 1) / 2;
  const blurred = new Float64Array(values.length);
  for (let place = 0; place < count; place++) {
    for (let k = -reach; k <= reach; k++) {
      const weight = kernel[k + reach], from = (mirrored(place + k, count) - place) * step;
      for (let line = place * step; line < values.length; line += count * step) {
        for (let i = line; i < line + step; i++) blurred[i] += weight * values[i + from];
      }
    }
  }
  return blurred;
}

/** Mirror padding of an index into 0 … n − 1, the edge repeated, since a cell outside stands for as many pixels. */
function mirrored(i: number, n: number): number {
  const m = ((i % (2 * n)) + 2 * n) % (2 * n);
  return Math.min(m, 2 * n - 1 - m);
}

/** Weights of a Gaussian window out to 3 σ, their sum 1. */
function gaussian(sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma);
  const weights = Float64Array.from(
    { length: 2 * reach + 1 },
    (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
