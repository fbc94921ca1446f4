/** Where the patches of one axis lie, from {@linkcode patchGrid}. */
export interface PatchGrid {
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
 * @throws {RangeError} if one of them is not a positive integer or `size` is not a multiple of `stride`.
 */
export function patchGrid(length: number, { size, stride }: { size: number; stride: number }): PatchGrid {
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
