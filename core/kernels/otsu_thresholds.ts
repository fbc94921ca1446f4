import source from "../../shaders/otsu_thresholds.wgsl" with { type: "text" };
import {
  argumentsSchema,
  checkArguments,
  NUMBER,
  optional,
  optionsSchema,
  type Schema,
} from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";

/** Options of {@linkcode otsuThresholds}. */
export interface OtsuOptions {
  /** Classes that the grey values are divided into. Defaults to 2. */
  classes?: 2 | 3;
}

const ARGUMENTS = argumentsSchema({
  plane: PLANE,
  options: optionsSchema<OtsuOptions>({ classes: optional(NUMBER as Schema<2 | 3>) }),
});

/** Strips of rows counted in parallel. */
const STRIPS = 64;

const kernel = defineKernel("otsu_thresholds", source);

/**
 * Otsu's thresholds of a whole image: those that maximise the variance between the classes (the paper's eq. 5).
 *
 * Grey values are rounded to integers, halves up, and cut to 0..255. Class i holds the values above threshold i − 1 and up to
 * threshold i, so the darkest class of an integer-valued plane is `applyThreshold(plane, thresholds[0])`. Decided in exact arithmetic; of
 * equal maxima the lexicographically smallest counts. An image with fewer grey values than classes cannot be divided: all its
 * thresholds are −1, below every value, so that no pixel is called crack.
 *
 * @example
 * ```ts
 * import { openCompute, otsuThresholds } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using grey = compute.upload({ width: 6, height: 1, channels: 1, data: new Uint8Array([9, 10, 90, 91, 200, 201]) });
 * console.log(await otsuThresholds(grey, { classes: 3 })); // [10, 91]
 * ```
 *
 * @param plane H × W × 1, grey values 0..255.
 * @returns `classes` − 1 integers, ascending.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the plane has more than one channel or the classes are neither 2 nor 3.
 * @see Otsu (1979), doi:10.1109/TSMC.1979.4310076
 */
export async function otsuThresholds(plane: Plane, options: OtsuOptions = {}): Promise<number[]> {
  checkArguments("take Otsu's thresholds", ARGUMENTS, { plane, options });
  const { classes = 2 } = options;
  const { compute, width, height, channels } = plane;
  if (channels !== 1) {
    throw new RangeError(`Cannot take thresholds of a plane of ${channels} channels: one of 1 is wanted.`);
  }
  if (classes !== 2 && classes !== 3) {
    throw new RangeError(`Cannot take Otsu's thresholds: the classes are ${classes}, 2 or 3 are wanted.`);
  }
  const strip = Math.ceil(height / STRIPS);
  using strips = compute.create({ width: 256, height: Math.ceil(height / strip), channels: 1 });
  compute.run({
    kernel,
    inputs: [{ plane, rows: (first, end) => [first * strip, end * strip] }],
    output: strips,
    params: { strip, width, height },
    invocations: (first, end) => [kernel.workgroup[0], end - first, 1],
  });
  const values = await strips.read();
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const counts = new Array<number>(256).fill(0);
  bits.forEach((count, i) => counts[i % 256] += count);
  return divide(counts, classes);
}

/** Pixels and sum of grey values of a class. */
interface ClassSums {
  pixels: number;
  sum: number;
}

/**
 * The thresholds that maximise Σ Sᵢ² / Nᵢ, N pixels and S the sum of the grey values of a class, which is eq. 5 less a constant.
 * Float64 decides all but near ties, and whole numbers those.
 */
function divide(counts: readonly number[], classes: 2 | 3): number[] {
  const levels = [...counts.keys()].filter((level) => counts[level] > 0);
  if (levels.length < classes) return new Array<number>(classes - 1).fill(-1);
  const below: ClassSums[] = [{ pixels: 0, sum: 0 }];
  for (const level of levels) {
    const { pixels, sum } = below[below.length - 1];
    below.push({ pixels: pixels + counts[level], sum: sum + counts[level] * level });
  }
  const all = levels.length;
  const between = (from: number, to: number): ClassSums => ({
    pixels: below[to].pixels - below[from].pixels,
    sum: below[to].sum - below[from].sum,
  });
  const share = ({ pixels, sum }: ClassSums): number => sum * sum / pixels;

  let best: number[] = [], bestValue = 0;
  const consider = (cuts: number[], value: number): void => {
    // Each share is off by 3 roundings at most, their sum by 5.
    if (value < bestValue * (1 - 2 ** -48)) return;
    const classesOf = (inner: number[]): ClassSums[] =>
      [...inner, all].map((to, i) => between(i === 0 ? 0 : inner[i - 1], to));
    if (value > bestValue * (1 + 2 ** -48) || isGreater(classesOf(cuts), classesOf(best))) {
      [best, bestValue] = [cuts, value];
    }
  };
  for (let k1 = 1; k1 <= all - (classes - 1); k1++) {
    const first = share(between(0, k1));
    if (classes === 2) {
      consider([k1], first + share(between(k1, all)));
      continue;
    }
    for (let k2 = k1 + 1; k2 < all; k2++) {
      consider([k1, k2], first + share(between(k1, k2)) + share(between(k2, all)));
    }
  }
  return best.map((cut) => levels[cut - 1]);
}

/** Whether Σ Sᵢ² / Nᵢ of one division is greater than of the other, in whole numbers. */
function isGreater(one: readonly ClassSums[], other: readonly ClassSums[]): boolean {
  const fraction = (parts: readonly ClassSums[]): [numerator: bigint, denominator: bigint] =>
    parts.reduce<[bigint, bigint]>(([a, b], { pixels, sum }) => {
      const n = BigInt(pixels), s = BigInt(sum);
      return [a * n + s * s * b, b * n];
    }, [0n, 1n]);
  const [a, b] = fraction(one), [c, d] = fraction(other);
  return a * d > c * b;
}
