import source from "../../shaders/morphology.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments, NUMBER, optional, optionsSchema } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel, type Kernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";

/** Options of {@linkcode erode}, {@linkcode dilate}, {@linkcode open} and {@linkcode close}. */
export interface MorphologyOptions {
  /** Side of the square window in pixels, odd. */
  size?: number;
  /** How often the operation is done, an integer from 0 (a copy) on; opening and closing do each of their two halves as often. */
  iterations?: number;
}

const ARGUMENTS = argumentsSchema({
  plane: PLANE,
  options: optionsSchema<MorphologyOptions>({ size: optional(NUMBER), iterations: optional(NUMBER) }),
});

type Operation = "erode" | "dilate";
type Axis = "x" | "y";

/** Farthest tap of the largest contiguous window; larger windows are built up from it. */
const LARGEST_CONTIGUOUS = 16;

/** Pixels of one invocation of a contiguous window. */
const BLOCK = 8;

/** Taps of a spaced window, at most; an odd number, so that windows stay centred. */
const SPACED_TAPS = 5;

const kernels = new Map<string, Kernel>();

/**
 * Grey-level erosion: each value becomes the least of the square window around it, in each channel. What is outside the image is
 * ignored.
 *
 * The window is separable, and repeated erosions by a window of s are one by a window of (s − 1) · iterations + 1: four of 3 × 3 cost
 * a pass of 9 along the rows and one along the columns. The cost grows with the logarithm of the window.
 *
 * @example
 * ```ts
 * import { erode, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using row = compute.upload({ width: 5, height: 1, channels: 1, data: new Uint8Array([9, 9, 3, 9, 9]) });
 * using eroded = erode(row);
 * console.log(await eroded.read()); // [9, 3, 3, 3, 9]
 * ```
 *
 * @param plane H × W × C, any values.
 * @returns a plane of the same shape.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if `size` is not odd and positive or `iterations` not an integer from 0 on.
 */
export function erode(plane: Plane, options: MorphologyOptions = {}): Plane {
  return square("erode", plane, options);
}

/**
 * Grey-level dilation: each value becomes the greatest of the square window around it, in each channel. What is outside the image is
 * ignored. Repeated dilations are one by a larger window, as for {@linkcode erode}.
 *
 * @example
 * ```ts
 * import { dilate, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using row = compute.upload({ width: 5, height: 1, channels: 1, data: new Uint8Array([0, 0, 7, 0, 0]) });
 * using dilated = dilate(row);
 * console.log(await dilated.read()); // [0, 7, 7, 7, 0]
 * ```
 *
 * @param plane H × W × C, any values.
 * @returns a plane of the same shape.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if `size` is not odd and positive or `iterations` not an integer from 0 on.
 */
export function dilate(plane: Plane, options: MorphologyOptions = {}): Plane {
  return square("dilate", plane, options);
}

/**
 * Grey-level opening: erosions, then as many dilations. It takes away what is bright and smaller than the window.
 *
 * @example
 * ```ts
 * import { open, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using row = compute.upload({ width: 5, height: 1, channels: 1, data: new Uint8Array([0, 0, 7, 0, 0]) });
 * using opened = open(row);
 * console.log(await opened.read()); // [0, 0, 0, 0, 0]
 * ```
 *
 * @param plane H × W × C, any values.
 * @returns a plane of the same shape.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if `size` is not odd and positive or `iterations` not an integer from 0 on.
 */
export function open(plane: Plane, options: MorphologyOptions = {}): Plane {
  using eroded = erode(plane, options);
  return dilate(eroded, options);
}

/**
 * Grey-level closing: dilations, then as many erosions. It fills what is dark and smaller than the window, such as holes in a crack of
 * a label.
 *
 * @example
 * ```ts
 * import { close, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using row = compute.upload({ width: 5, height: 1, channels: 1, data: new Uint8Array([9, 9, 3, 9, 9]) });
 * using closed = close(row);
 * console.log(await closed.read()); // [9, 9, 9, 9, 9]
 * ```
 *
 * @param plane H × W × C, any values.
 * @returns a plane of the same shape.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if `size` is not odd and positive or `iterations` not an integer from 0 on.
 */
export function close(plane: Plane, options: MorphologyOptions = {}): Plane {
  using dilated = dilate(plane, options);
  return erode(dilated, options);
}

function square(operation: Operation, plane: Plane, options: MorphologyOptions): Plane {
  checkArguments(operation, ARGUMENTS, { plane, options });
  const { size = 3, iterations = 1 } = options;
  if (!Number.isInteger(size) || size < 1 || size % 2 === 0) {
    throw new RangeError(`Cannot ${operation} with a window of ${size}: an odd number of pixels is wanted.`);
  }
  if (!Number.isInteger(iterations) || iterations < 0) {
    throw new RangeError(`Cannot ${operation} ${iterations} times: an integer from 0 on is wanted.`);
  }
  const half = ((size - 1) / 2) * iterations;
  using rows = line(operation, plane, { axis: "x", half });
  return line(operation, rows, { axis: "y", half });
}

/** The window from −half to half along one axis. */
function line(operation: Operation, plane: Plane, { axis, half }: { axis: Axis; half: number }): Plane {
  // A window that reaches over the whole image from everywhere grows no further.
  const wanted = Math.min(half, (axis === "x" ? plane.width : plane.height) - 1);
  let reached = Math.min(wanted, LARGEST_CONTIGUOUS);
  let result = pass(plane, {
    kernel: kernelOf(operation, axis, 2 * reached + 1),
    axis,
    block: BLOCK,
    reach: reached,
    step: 1,
  });
  while (reached < wanted) {
    // Taps a window's length apart lay window beside window.
    const step = 2 * reached + 1;
    const next = Math.min(wanted, reached + step * (SPACED_TAPS - 1) / 2);
    using smaller = result;
    result = pass(smaller, {
      kernel: kernelOf(operation, axis, undefined),
      axis,
      block: 1,
      reach: next - reached,
      step,
    });
    reached = next;
  }
  return result;
}

function pass(
  plane: Plane,
  { kernel, axis, block, reach, step }: {
    kernel: Kernel;
    axis: Axis;
    block: number;
    reach: number;
    step: number;
  },
): Plane {
  const { compute, width, height, channels } = plane;
  const output = compute.create({ width, height, channels });
  const [across, down] = axis === "x" ? [block, 1] : [1, block];
  compute.run({
    kernel,
    inputs: [{ plane, rows: axis === "x" ? 0 : reach }],
    output,
    params: { reach, step },
    invocations: (first, end) => [Math.ceil(width / across), Math.ceil((end - first) / down), channels],
  });
  return output;
}

/** The kernel of a contiguous window of `size` pixels, or of a spaced one where it is undefined. */
function kernelOf(operation: Operation, axis: Axis, size: number | undefined): Kernel {
  const key = `${operation} ${axis} ${size}`;
  let kernel = kernels.get(key);
  if (!kernel) {
    kernel = defineKernel(operation, source, {
      AXIS: axis === "x" ? "vec2i(1, 0)" : "vec2i(0, 1)",
      BLOCK: `${size === undefined ? 1 : BLOCK}`,
      PICK: operation === "erode" ? "min" : "max",
      TAPS: size === undefined ? spacedTaps() : contiguousTaps(size),
    });
    kernels.set(key, kernel);
  }
  return kernel;
}

/**
 * WGSL for a contiguous window of `size` pixels (odd), {@linkcode BLOCK} outputs at a time.
 *
 * All windows of the block share the taps from BLOCK − 1 to size − 1, their core. Window b adds the taps b … BLOCK − 2 before it
 * and size … size − 1 + b behind it, which are a running minimum to the left and one to the right (the idea of van Herk 1992,
 * doi:10.1016/0167-8655(92)90069-C): size + BLOCK − 1 loads and as many comparisons a block, not size · BLOCK.
 */
function contiguousTaps(size: number): string {
  const half = (size - 1) / 2;
  const lines = range(0, size + BLOCK - 1).map((k) => `let v${k} = load(first, ${k - half});`);
  if (size < BLOCK) {
    for (const b of range(0, BLOCK)) {
      lines.push(`store(first, ${b}u, ${nested(range(b, b + size).map((k) => `v${k}`))});`);
    }
    return lines.join("\n  ");
  }
  lines.push(`let before${BLOCK - 1} = ${nested(range(BLOCK - 1, size).map((k) => `v${k}`))};`);
  for (const b of range(0, BLOCK - 1).reverse()) lines.push(`let before${b} = pick(v${b}, before${b + 1});`);
  lines.push("store(first, 0u, before0);");
  for (const b of range(1, BLOCK)) {
    lines.push(`let behind${b} = ${b === 1 ? `v${size}` : `pick(behind${b - 1}, v${size - 1 + b})`};`);
    lines.push(`store(first, ${b}u, pick(before${b}, behind${b}));`);
  }
  return lines.join("\n  ");
}

/** WGSL for taps that lie `params.step` apart from −`params.reach` on, the last at `params.reach`; one output an invocation. */
function spacedTaps(): string {
  const taps = range(0, SPACED_TAPS).map((k) =>
    `load(first, min(params.step * ${k} - params.reach, params.reach))`
  );
  return `store(first, 0u, ${nested(taps)});`;
}

/** pick(pick(a, b), c) … of the expressions. */
function nested(values: readonly string[]): string {
  return values.reduce((found, value) => `pick(${found}, ${value})`);
}

function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}
