import type { RowRange } from "../gpu/bands.ts";
import type { Recipe } from "./recipe.ts";

/** A strip: rows of a photo that are labelled by themselves, so that a large photo needs no more memory than a small one. */
export interface Strip {
  /** The rows whose labels it gives. */
  inner: RowRange;
  /** The rows that these labels depend on. */
  outer: RowRange;
}

/** The strips of a photo, from {@linkcode layStrips}. */
export interface Strips {
  /** From top to bottom; their inner rows are those of the photo. */
  strips: readonly Strip[];
  /** The most outer rows of a strip. */
  rows: number;
  /** The first outer and inner rows of all strips are multiples of this. */
  alignment: number;
}

/** Rows that a kernel may compute together: the order of its sums, and so their last digit, depends on the place among them. */
const BLOCK_ROWS = 6;

/**
 * Cuts a photo into strips of about `pixels` pixels, such that the stages 6 to 11 of a recipe give each inner row the value that
 * they give it in the whole photo, to the last digit. A photo of at most so many pixels is one strip.
 */
export function layStrips(
  { width, height }: { width: number; height: number },
  { recipe, pixels }: { recipe: Recipe; pixels: number },
): Strips {
  if (width * height <= pixels) {
    return { strips: [{ inner: [0, height], outer: [0, height] }], rows: height, alignment: 1 };
  }
  const alignment = commonMultiple(recipe.thresholdStride, BLOCK_ROWS);
  const halo = Math.ceil(reach(recipe) / alignment) * alignment;
  const most = Math.max(1, Math.floor((pixels / width - 2 * halo) / alignment)) * alignment;
  // Strips of one height, so that they find each other's buffers in the pool.
  const count = Math.ceil(height / most);
  const step = Math.ceil(height / count / alignment) * alignment;
  const strips = Array.from({ length: Math.ceil(height / step) }, (_, i): Strip => {
    const first = i * step, end = Math.min(height, first + step);
    return { inner: [first, end], outer: [Math.max(0, first - halo), Math.min(height, end + halo)] };
  });
  return { strips, rows: Math.min(height, step + 2 * halo), alignment };
}

/** How many rows away a pixel may lie that a confidence depends on. */
function reach(recipe: Recipe): number {
  const threshold = recipe.thresholdPatchSize - 1 + recipe.bilateralRadius;
  const erosion = (recipe.erosionSize - 1) / 2 * recipe.erosionIterations;
  // A dilation, then an erosion.
  const closing = (recipe.closingSize - 1) * recipe.closingIterations;
  return Math.max(threshold, erosion) + recipe.bilateralRadius + closing;
}

function commonMultiple(a: number, b: number): number {
  let [greater, divisor] = [a, b];
  while (divisor > 0) [greater, divisor] = [divisor, greater % divisor];
  return a / greater * b;
}
