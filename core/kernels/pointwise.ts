import source from "../../shaders/pointwise.wgsl" with { type: "text" };
import {
  argumentsSchema,
  BOOLEAN,
  checkArguments,
  NUMBER,
  numbers,
  optional,
  optionsSchema,
} from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel, type Kernel } from "../gpu/kernel.ts";
import type { UniformValues } from "../gpu/uniforms.ts";
import { PLANE } from "../gpu/schemas.ts";

const kernels = {
  localise: defineKernel("localise", source, {
    PARAMETERS: "threshold: f32",
    FORMULA: "select(0.0, 0.5 * (a + b), 0.5 * (a + b) > params.threshold)",
  }),
  multiply: defineKernel("multiply", source, { PARAMETERS: "", FORMULA: "a * b" }),
  subtract: defineKernel("subtract", source, { PARAMETERS: "", FORMULA: "a - b" }),
  lesser: defineKernel("lesser", source, { PARAMETERS: "", FORMULA: "min(a, b)" }),
  mean: defineKernel("average", source, { PARAMETERS: "", FORMULA: "0.5 * (a + b)" }),
  geometricMean: defineKernel("average_geometrically", source, { PARAMETERS: "", FORMULA: "sqrt(a * b)" }),
  scale: defineKernel("scale", source, {
    PARAMETERS: "factor: f32, low: f32, high: f32",
    FORMULA: "clamp(a * params.factor, params.low, params.high)",
  }),
  // An even neighbour is taken of two equally near integers.
  scaleAndRound: defineKernel("scale_and_round", source, {
    PARAMETERS: "factor: f32, low: f32, high: f32",
    FORMULA: "round(clamp(a * params.factor, params.low, params.high))",
  }),
  binarise: defineKernel("binarise", source, {
    PARAMETERS: "threshold: f32",
    FORMULA: "select(0.0, 1.0, a > params.threshold)",
  }),
  // The quotient of a maximum ≤ 0 is not taken, whatever it is.
  normalise: defineKernel("normalise", source, {
    PARAMETERS: "",
    FORMULA: "select(0.0, max(a, 0.0) / b, b > 0.0)",
  }),
};

/** The largest float32, in place of infinity, which WGSL does not promise to keep. */
const LARGEST = 3.4028234663852886e38;

/** Options of {@linkcode localise}. */
export interface LocaliseOptions {
  /** Means up to and including this become 0. Defaults to 0.5. */
  threshold?: number;
}

/** Options of {@linkcode scale}. */
export interface ScaleOptions {
  /** Range that the products are cut to. Defaults to none. */
  clamp?: readonly [low: number, high: number];
  /** Round to integers, halves to the even one. Defaults to false. */
  round?: boolean;
}

/** Options of {@linkcode binarise}. */
export interface BinariseOptions {
  /** Values above this become 1. Defaults to 0. */
  threshold?: number;
}

const ARGUMENTS = {
  two: argumentsSchema({ a: PLANE, b: PLANE }),
  localise: argumentsSchema({
    a: PLANE,
    b: PLANE,
    options: optionsSchema<LocaliseOptions>({ threshold: optional(NUMBER) }),
  }),
  scale: argumentsSchema({
    plane: PLANE,
    factor: NUMBER,
    options: optionsSchema<ScaleOptions>({
      clamp: optional(numbers("low", "high")),
      round: optional(BOOLEAN),
    }),
  }),
  binarise: argumentsSchema({
    plane: PLANE,
    options: optionsSchema<BinariseOptions>({ threshold: optional(NUMBER) }),
  }),
  normalise: argumentsSchema({ plane: PLANE, max: PLANE }),
};

/**
 * Where two confidence maps together place cracks: their mean, 0 where it does not exceed a threshold.
 *
 * @param a H × W × C, 0..1.
 * @param b the same shape.
 * @returns H × W × C: 0 or above the threshold.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the shapes differ.
 */
export function localise(a: Plane, b: Plane, options: LocaliseOptions = {}): Plane {
  checkArguments("localise", ARGUMENTS.localise, { a, b, options });
  const { threshold = 0.5 } = options;
  return combine(kernels.localise, { a, b, params: { threshold } });
}

/**
 * The product of two planes, value by value.
 *
 * @param a H × W × C, any unit.
 * @param b the same shape.
 * @returns H × W × C.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the shapes differ.
 */
export function multiply(a: Plane, b: Plane): Plane {
  checkArguments("multiply planes", ARGUMENTS.two, { a, b });
  return combine(kernels.multiply, { a, b });
}

/**
 * The difference of two planes, value by value: a − b.
 *
 * @param a H × W × C, any unit.
 * @param b the same shape.
 * @returns H × W × C.
 * @throws {RangeError} if the shapes differ.
 */
export function subtract(a: Plane, b: Plane): Plane {
  return combine(kernels.subtract, { a, b });
}

/**
 * The lesser of two planes, value by value.
 *
 * @param a H × W × C, any unit.
 * @param b the same shape.
 * @returns H × W × C.
 * @throws {RangeError} if the shapes differ.
 */
export function lesser(a: Plane, b: Plane): Plane {
  return combine(kernels.lesser, { a, b });
}

/**
 * The mean of two planes, value by value: (a + b) / 2.
 *
 * @param a H × W × C, any unit.
 * @param b the same shape.
 * @returns H × W × C.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the shapes differ.
 */
export function mean(a: Plane, b: Plane): Plane {
  return combine(kernels.mean, { a, b });
}

/**
 * The geometric mean of two planes, value by value: √(a · b). Of two confidences it is high where both are.
 *
 * @param a H × W × C, ≥ 0.
 * @param b the same shape.
 * @returns H × W × C.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the shapes differ.
 */
export function geometricMean(a: Plane, b: Plane): Plane {
  return combine(kernels.geometricMean, { a, b });
}

/**
 * A plane times a number, such as from 0..1 to 0..255 and back.
 *
 * `scale(map, 255, { clamp: [0, 255], round: true })` holds what 8 bits would.
 *
 * @param plane H × W × C, any unit.
 * @returns H × W × C.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 */
export function scale(plane: Plane, factor: number, options: ScaleOptions = {}): Plane {
  checkArguments("scale a plane", ARGUMENTS.scale, { plane, factor, options });
  const { clamp, round = false } = options;
  const [low, high] = clamp ?? [-LARGEST, LARGEST];
  const kernel = round ? kernels.scaleAndRound : kernels.scale;
  return combine(kernel, { a: plane, b: plane, params: { factor, low, high } });
}

/**
 * 1 where a plane exceeds a threshold, else 0.
 *
 * @param plane H × W × C, any unit.
 * @returns H × W × C, 0 or 1.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 */
export function binarise(plane: Plane, options: BinariseOptions = {}): Plane {
  checkArguments("binarise a plane", ARGUMENTS.binarise, { plane, options });
  const { threshold = 0 } = options;
  return combine(kernels.binarise, { a: plane, b: plane, params: { threshold } });
}

/**
 * A plane without its negative part, divided by its maximum: max(v, 0) / max; all 0 where the maximum is not positive.
 *
 * @param plane H × W × C, any unit.
 * @param max 1 × 1 × 1, from `maximum()`.
 * @returns H × W × C, 0..1.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if `max` has more than one value.
 */
export function normalise(plane: Plane, max: Plane): Plane {
  checkArguments("normalise a plane", ARGUMENTS.normalise, { plane, max });
  if (max.length !== 1) {
    throw new RangeError(`Cannot normalise a plane: its maximum has ${max.length} values, one is wanted.`);
  }
  return combine(kernels.normalise, { a: plane, b: max, all: true });
}

function combine(
  kernel: Kernel,
  { a, b, all = false, params = {} }: { a: Plane; b: Plane; all?: boolean; params?: UniformValues },
): Plane {
  const { compute, width, height, channels } = a;
  if (!all && (b.width !== width || b.height !== height || b.channels !== channels)) {
    throw new RangeError(
      `Cannot ${kernel.label} planes of ${width} × ${height} × ${channels} and ` +
        `${b.width} × ${b.height} × ${b.channels}: equal shapes are wanted.`,
    );
  }
  const output = compute.create({ width, height, channels });
  compute.run({
    kernel,
    inputs: [{ plane: a }, { plane: b, rows: all ? "all" : 0 }],
    output,
    params: { all: Number(all), ...params },
    invocations: (first, end) => [width * channels, end - first, 1],
  });
  return output;
}
