import source from "../../shaders/extract_patches.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments, NUMBER, numbers, optional, optionsSchema } from "../arguments.ts";
import { mirroredRows } from "../gpu/bands.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";

/** Options of {@linkcode extractPatches}. */
export interface ExtractPatchesOptions {
  /** Side of a patch, pixels. */
  size: number;
  /** Pixels from one patch to the next, across and down. */
  stride: number;
  /** Upper left pixel of the grid's first patch. Defaults to the grid of {@linkcode coveringGrid}. */
  first?: readonly [x: number, y: number];
  /** Patches across and down. Defaults to the grid of {@linkcode coveringGrid}. */
  count?: readonly [columns: number, rows: number];
  /** Index in the grid, row by row, of the first patch to cut. Defaults to 0. */
  start?: number;
  /** The most patches to cut. Defaults to all from `start` on. */
  limit?: number;
}

const ARGUMENTS = argumentsSchema({
  plane: PLANE,
  options: optionsSchema<ExtractPatchesOptions>({
    size: NUMBER,
    stride: NUMBER,
    first: optional(numbers("x", "y")),
    count: optional(numbers("columns", "rows")),
    start: optional(NUMBER),
    limit: optional(NUMBER),
  }),
});

const kernel = defineKernel("extract_patches", source);

/**
 * Cuts the patches of a regular grid, the image being mirrored outside without repeating its edge pixel, at any distance.
 *
 * @example
 * ```ts
 * import { extractPatches, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using photo = compute.upload({ width: 640, height: 360, channels: 3, data: new Uint8Array(640 * 360 * 3) });
 * using patches = extractPatches(photo, { size: 32, stride: 16 });
 * console.log(patches.height / 32); // 984
 * ```
 *
 * @param plane H × W × C, any unit.
 * @returns N·S × S × C: the patches one below the other in row-major order of the grid, the memory of an N × S × S × C tensor.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if an option is not an integer of its range, or no patch is left to cut.
 */
export function extractPatches(plane: Plane, options: ExtractPatchesOptions): Plane {
  checkArguments("cut patches", ARGUMENTS, { plane, options });
  const { compute, width, height, channels } = plane;
  const { size, stride } = options;
  const grid = (length: number) => coveringGrid(length, { size, stride });
  const [x0, y0] = options.first ?? [grid(width).first, grid(height).first];
  const [columns, rows] = options.count ?? [grid(width).count, grid(height).count];
  const { start = 0, limit = Infinity } = options;

  if (!Number.isInteger(x0) || !Number.isInteger(y0)) {
    throw new RangeError(`Cannot cut patches: the first is at (${x0}, ${y0}), whole pixels are wanted.`);
  }
  for (const [name, value] of Object.entries({ size, stride, columns, rows })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`Cannot cut patches: ${name} is ${value}, a positive integer is wanted.`);
    }
  }
  if (!Number.isInteger(start) || start < 0 || start >= columns * rows) {
    throw new RangeError(
      `Cannot cut patches: start is ${start}, a patch of the grid (0 to ${columns * rows - 1}) is wanted.`,
    );
  }
  const count = Math.min(limit, columns * rows - start);
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`Cannot cut patches: limit is ${limit}, a positive integer is wanted.`);
  }

  const output = compute.create({ width: size, height: count * size, channels });
  // A band inside one patch needs few rows of the source; a band over several patches all rows of theirs.
  const rowsNeeded = (from: number, to: number) => {
    const [patch, lastPatch] = [Math.floor(from / size), Math.floor((to - 1) / size)];
    const top = y0 + Math.floor((start + patch) / columns) * stride;
    const bottom = y0 + Math.floor((start + lastPatch) / columns) * stride;
    return patch === lastPatch
      ? mirroredRows([top + from % size, top + (to - 1) % size + 1], height)
      : mirroredRows([top, bottom + size], height);
  };
  compute.run({
    kernel,
    inputs: [{ plane, rows: rowsNeeded }],
    output,
    params: { width, height, size, columns, start, stride, x0, y0 },
    invocations: (from, to) => [size * channels, Math.ceil(to / size) - Math.floor(from / size), 1],
  });
  return output;
}

/** Where the patches of one axis lie, from {@linkcode coveringGrid}. */
export interface CoveringGrid {
  /** First pixel of the first patch; zero or negative. */
  first: number;
  /** Patches along the axis. */
  count: number;
}

/**
 * The grid of overlapping patches over one axis of an image: patch k covers the pixels [first + k · stride, first + k · stride + size).
 *
 * It starts at −(size − stride) and follows every stride up to the last pixel, so that each pixel lies under exactly size / stride
 * patches an axis. Patches reach past the image on both sides, where it is mirrored.
 *
 * @param length pixels of the axis.
 * @param options.size side of a patch, pixels, a multiple of `stride`.
 * @param options.stride pixels from one patch to the next.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if one of them is not a positive integer or `size` is not a multiple of `stride`.
 */
export function coveringGrid(
  length: number,
  { size, stride }: { size: number; stride: number },
): CoveringGrid {
  for (const [name, value] of Object.entries({ length, size, stride })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `Cannot lay a grid of patches: ${name} is ${value}, a positive integer is wanted.`,
      );
    }
  }
  if (size % stride !== 0) {
    throw new RangeError(
      `Cannot lay a grid of patches that cover each pixel equally: the size ${size} is not a multiple of the stride ${stride}.`,
    );
  }
  return { first: stride - size, count: Math.ceil(length / stride) + size / stride - 1 };
}
