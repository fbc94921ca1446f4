import {
  argumentsSchema,
  checkArguments,
  iterable,
  NUMBER,
  optional,
  optionsSchema,
  TEXT,
} from "../arguments.ts";
import type { Compute, Plane } from "../gpu/compute.ts";
import { PLANE } from "../gpu/schemas.ts";
import { discDilation } from "../kernels/disc_dilation.ts";
import { binarise, multiply, scale } from "../kernels/pointwise.ts";
import {
  readHistogram,
  type SweepHistogram,
  sweepHistogram,
  THRESHOLDS,
} from "../kernels/sweep_histogram.ts";
import { Sweep } from "./sweep_result.ts";
import type { SweptImage } from "./swept_image.ts";

/** Options of {@linkcode sweepAll}. */
export interface SweepAllOptions {
  /**
   * Distance in pixels, an integer from 0 to 32, up to which a predicted pixel counts as right and a crack pixel as found. Defaults
   * to 0; 2 and 5 are usual for thin cracks, whose outlines are not drawn to the pixel.
   */
  tolerance?: number;
}

/** Options of {@linkcode sweep}. */
export interface SweepOptions extends SweepAllOptions {
  /** What the image is called in tables. Defaults to nothing. */
  name?: string;
  /** H × W × 1, 1 where a pixel is left out of all counts, 0 elsewhere. Defaults to none. */
  ignored?: Plane;
}

/** A prediction and its truth, for {@linkcode sweepAll}. */
export interface SweepPair {
  /** What the image is called in tables. Defaults to nothing. */
  name?: string;
  /** H × W × 1, confidence of crack 0..1. */
  prediction: Plane;
  /** H × W × 1, 0 for background and positive for crack. */
  truth: Plane;
  /** H × W × 1, 1 where a pixel is left out of all counts, 0 elsewhere. Defaults to none. */
  ignored?: Plane;
}

const SWEEP = argumentsSchema({
  prediction: PLANE,
  truth: PLANE,
  options: optionsSchema<SweepOptions>({
    tolerance: optional(NUMBER),
    name: optional(TEXT),
    ignored: optional(PLANE),
  }),
});

const SWEEP_ALL = argumentsSchema({
  pairs: iterable<SweepPair>("pairs of a prediction and its truth in an array or a generator"),
  options: optionsSchema<SweepAllOptions>({ tolerance: optional(NUMBER) }),
});

/** Images whose counts are left on the device before they are read. */
const BATCH = 256;

/**
 * Compares a prediction with its truth at all thresholds at once; see {@linkcode Sweep} for the metrics. A pixel is called crack where its
 * value is at least the threshold, compared in float32.
 *
 * With a tolerance, a pixel that is called crack counts as right when a crack pixel of the truth lies at a Euclidean distance of at most
 * `tolerance` pixels (precision), and a crack pixel of the truth as found when one called crack lies so near (recall). This is the rule
 * of the Crack Forest Dataset, whose tolerance is 5 (Shi et al. 2016, doi:10.1109/TITS.2016.2552248). Pixels are not matched one to one, as
 * benchmarks of edge detectors do; and a square window of the same half side, which some programs use, counts a few more pixels as right.
 *
 * @example
 * ```ts
 * import { openCompute, sweep } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * const shape = { width: 4, height: 1, channels: 1 };
 * using prediction = compute.upload({ ...shape, data: new Float32Array([0, 0.6, 0.8, 0.2]) });
 * using truth = compute.upload({ ...shape, data: new Uint8Array([0, 1, 1, 1]) });
 * const { value, threshold } = (await sweep(prediction, truth)).ods();
 * console.log(value, threshold); // 1 0.01
 * ```
 *
 * @param prediction H × W × 1, confidence of crack 0..1; up to 0.001 beyond passes as rounding.
 * @param truth H × W × 1, 0 for background and positive for crack.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the shapes differ, a prediction is NaN or not within 0..1, a truth NaN or negative, or the tolerance
 * not an integer from 0 to 32.
 */
export async function sweep(
  prediction: Plane,
  truth: Plane,
  options: SweepOptions = {},
): Promise<Sweep> {
  checkArguments("sweep", SWEEP, { prediction, truth, options });
  const { tolerance, name, ignored } = options;
  return await sweepAll([{ name, prediction, truth, ignored }], { tolerance });
}

/**
 * Compares many predictions with their truths, as {@linkcode sweep} does, but reads the counts of hundreds of images together: waiting for
 * the device once an image would take longer than the counting.
 *
 * The planes of a pair may be disposed of as soon as the next pair is asked for, as a generator with `using` does.
 *
 * @example
 * ```ts
 * import { openCompute, sweepAll } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * function* pairs() {
 *   for (const name of ["left", "right"]) {
 *     const shape = { width: 2, height: 1, channels: 1 };
 *     using prediction = compute.upload({ ...shape, data: new Float32Array([0.9, 0.1]) });
 *     using truth = compute.upload({ ...shape, data: new Uint8Array(name === "left" ? [1, 0] : [0, 1]) });
 *     yield { name, prediction, truth };
 *   }
 * }
 * const all = await sweepAll(pairs());
 * console.log(all.ods().value, all.ois()); // 0.6666… 0.8333…
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} as {@linkcode sweep} does, with the name of the image.
 */
export async function sweepAll(
  pairs: Iterable<SweepPair> | AsyncIterable<SweepPair>,
  options: SweepAllOptions = {},
): Promise<Sweep> {
  checkArguments("sweep", SWEEP_ALL, { pairs, options });
  const { tolerance = 0 } = options;
  const all = new Sweep([], { tolerance });
  let pending: Counted[] = [];
  const flush = async (): Promise<void> => {
    if (pending.length === 0) return;
    const { compute } = pending[0];
    const values = await compute.read(pending.flatMap(({ planes }) => planes));
    const images = pending.map(({ name, pixels, ignores, planes }) => {
      const histograms = values.splice(0, planes.length).map(readHistogram);
      return sweptImage({ name, pixels, ignores, histograms });
    });
    dispose(pending);
    pending = [];
    all.add(new Sweep(images, { tolerance }));
  };
  try {
    for await (const pair of pairs) {
      pending.push(count(pair, tolerance));
      if (pending.length === BATCH) await flush();
    }
    await flush();
  } finally {
    dispose(pending);
  }
  return all;
}

/** An image whose counts are on the device. */
interface Counted {
  readonly name: string;
  readonly pixels: number;
  readonly compute: Compute;
  /** Whether pixels are left out. */
  readonly ignores: boolean;
  /**
   * Histograms of prediction by truth; with a tolerance also of prediction by widened truth, and of widened prediction by truth. Where pixels
   * are left out, before each but the last that of those pixels by the same truth.
   */
  readonly planes: Plane[];
}

function count({ name = "", prediction, truth, ignored }: SweepPair, tolerance: number): Counted {
  const shapes = [prediction, truth, ignored ?? truth].map(({ width, height, channels }) =>
    `${width} × ${height} × ${channels}`
  );
  if (shapes[0] !== shapes[1] || prediction.channels !== 1) {
    throw new RangeError(
      `Cannot sweep ${title(name)}: its prediction is ${shapes[0]} and its truth ${shapes[1]}; ` +
        `equal sizes and 1 channel are wanted.`,
    );
  }
  if (shapes[2] !== shapes[1]) {
    throw new RangeError(
      `Cannot sweep ${title(name)}: what is ignored is ${shapes[2]} and its truth ${
        shapes[1]
      }; equal sizes are wanted.`,
    );
  }
  const { compute, length: pixels } = prediction;
  // An ignored pixel is called nothing and is nothing: it reaches no other pixel, and stands in one bin, out of which it is taken.
  using known = ignored && binarise(scale(ignored, -1), { threshold: -0.5 });
  using called = known && multiply(prediction, known);
  using drawn = known && multiply(truth, known);
  const shown = called ?? prediction, real = drawn ?? truth;
  const planes: Plane[] = [];
  if (ignored !== undefined) planes.push(sweepHistogram(ignored, real));
  planes.push(sweepHistogram(shown, real));
  if (tolerance > 0) {
    using widenedTruth = discDilation(real, tolerance);
    if (ignored !== undefined) planes.push(sweepHistogram(ignored, widenedTruth));
    planes.push(sweepHistogram(shown, widenedTruth));
    using widenedPrediction = discDilation(shown, tolerance);
    planes.push(sweepHistogram(widenedPrediction, real));
  }
  return { name, pixels, compute, ignores: ignored !== undefined, planes };
}

function sweptImage(
  { name, pixels, ignores, histograms }: {
    name: string;
    pixels: number;
    ignores: boolean;
    histograms: SweepHistogram[];
  },
): SweptImage {
  const [{ background, crack, faults }, byWidenedTruth, ofWidened] = ignores
    ? knownOf(histograms)
    : histograms;
  const { notANumber, outside, wrongTruth } = faults;
  const fail = (wrong: number, what: string): never => {
    throw new RangeError(`Cannot sweep ${title(name)}: ${wrong} of its ${pixels} ${what} wanted.`);
  };
  if (notANumber > 0) fail(notANumber, "predicted values are NaN; confidences 0..1 are");
  if (outside > 0) fail(outside, "predicted values lie outside 0..1; confidences 0..1 are");
  if (wrongTruth > 0) {
    fail(wrongTruth, "true values are NaN or negative; 0 for background and more for crack is");
  }
  return {
    name,
    background,
    crack,
    correct: byWidenedTruth?.crack ?? crack,
    found: ofWidened?.crack ?? crack,
  };
}

/** Takes out of each histogram, where the prediction is 0, the pixels that are left out. */
function knownOf(histograms: readonly SweepHistogram[]): SweepHistogram[] {
  const [ignored, all, ignoredByWidened, byWidened, ofWidened] = histograms;
  const without = (bins: readonly number[], out: readonly number[]) =>
    bins.map((count, b) => b === 0 ? count - out[THRESHOLDS - 1] : count);
  const known = (of: SweepHistogram, out: SweepHistogram): SweepHistogram => ({
    background: without(of.background, out.background),
    crack: without(of.crack, out.crack),
    faults: of.faults,
  });
  const first = known(all, ignored);
  return byWidened === undefined ? [first] : [first, known(byWidened, ignoredByWidened), ofWidened];
}

function title(name: string): string {
  return name === "" ? "an image" : name;
}

function dispose(counted: readonly Counted[]): void {
  for (const { planes } of counted) for (const plane of planes) plane.dispose();
}
