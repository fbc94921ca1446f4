import source from "../../shaders/extract_patches_at.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments, instanceOf, NUMBER, optionsSchema } from "../arguments.ts";
import { mirroredRows } from "../gpu/bands.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";

/** Options of {@linkcode extractPatchesAt}. */
export interface ExtractPatchesAtOptions {
  /** Side of a patch, pixels. */
  size: number;
  /**
   * Four integers a patch: x and y of the window's upper left pixel (anywhere, also outside the image), counterclockwise quarter
   * turns, and 1 to exchange left and right after turning (0 not to).
   */
  at: Float32Array | Int32Array;
}

const ARGUMENTS = argumentsSchema({
  plane: PLANE,
  options: optionsSchema<ExtractPatchesAtOptions>({ size: NUMBER, at: instanceOf(Float32Array, Int32Array) }),
});

const kernel = defineKernel("extract_patches_at", source);

/**
 * Cuts patches at given places, each turned and flipped in one of the eight ways that a square can be laid, the image being
 * mirrored outside without repeating its edge pixel. The same table cuts an image and its mask alike.
 *
 * @example
 * ```ts
 * import { extractPatchesAt, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using photo = compute.upload({ width: 2, height: 2, channels: 1, data: new Uint8Array([1, 2, 3, 4]) });
 * using patches = extractPatchesAt(photo, { size: 2, at: new Int32Array([0, 0, 1, 0]) });
 * console.log(await patches.read()); // [2, 4, 1, 3]: a quarter turn counterclockwise
 * ```
 *
 * @param plane H × W × C, any unit.
 * @returns N·S × S × C: the patches one below the other, the memory of an N × S × S × C tensor.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if `size` is not a positive integer or `at` does not hold four integers a patch.
 */
export function extractPatchesAt(plane: Plane, options: ExtractPatchesAtOptions): Plane {
  checkArguments("cut patches", ARGUMENTS, { plane, options });
  const { size, at } = options;
  const { compute, width, height, channels } = plane;
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`Cannot cut patches: size is ${size}, a positive integer is wanted.`);
  }
  if (at.length === 0 || at.length % 4 !== 0) {
    throw new RangeError(`Cannot cut patches: the table holds ${at.length} values, four a patch are wanted.`);
  }
  // Beyond 2²⁴ float32 would skip whole pixels.
  const unusable = at.find((value) => !Number.isInteger(value) || Math.abs(value) >= 2 ** 24);
  if (unusable !== undefined) {
    throw new RangeError(
      `Cannot cut patches: the table holds ${unusable}, integers between −2²⁴ and 2²⁴ are wanted.`,
    );
  }

  const count = at.length / 4;
  using table = compute.upload({ width: 4, height: count, channels: 1, data: Float32Array.from(at) });
  const output = compute.create({ width: size, height: count * size, channels });
  const rowsNeeded = (from: number, to: number): [number, number] => {
    let low = height, high = 0;
    for (let patch = Math.floor(from / size); patch * size < to; patch++) {
      const [first, end] = mirroredRows([at[patch * 4 + 1], at[patch * 4 + 1] + size], height);
      low = Math.min(low, first);
      high = Math.max(high, end);
    }
    return [low, high];
  };
  compute.run({
    kernel,
    inputs: [
      { plane, rows: rowsNeeded },
      { plane: table, rows: (from, to) => [Math.floor(from / size), Math.ceil(to / size)] },
    ],
    output,
    params: { size: [width, height], side: size },
    invocations: (from, to) => [size * channels, Math.ceil(to / size) - Math.floor(from / size), 1],
  });
  return output;
}
