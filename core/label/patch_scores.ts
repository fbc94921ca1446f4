import { requireFiniteOutput } from "../finite.ts";
import { mirroredRows } from "../gpu/bands.ts";
import type { Plane } from "../gpu/compute.ts";
import { averagePatchScores } from "../kernels/average_patch_scores.ts";
import { coveringGrid, extractPatches } from "../kernels/extract_patches.ts";
import { scale } from "../kernels/pointwise.ts";
import { resize } from "../kernels/resize.ts";
import type { OnProgress } from "../photo_progress.ts";
import type { Classifier } from "./classifier.ts";
import type { PhotoMap, PhotoWindow } from "./photo_window.ts";
import type { Recipe } from "./recipe.ts";

/** Bytes of patches shown to the classifier at a time; bounds the memory that a large photo takes. */
const BATCH_BYTES = 32 * 2 ** 20;

/** The grid that patches are cut on. */
interface Grid {
  first: readonly [x: number, y: number];
  count: readonly [columns: number, rows: number];
}

/**
 * Stages 2 and 3: where the classifier finds crack in small patches.
 *
 * @returns the patch map, 0..1.
 */
export async function patchScoreMap(
  photo: PhotoWindow,
  classifier: Classifier,
  recipe: Recipe,
  onProgress?: OnProgress,
): Promise<PhotoMap> {
  const { width, height } = photo;
  const { patchSize: size, patchStride: stride, patchFilter: filter } = recipe;
  const cells = recipe.patchGrid === "cells";
  const grid = cells ? coverPhoto(width, height, size, stride) : paddedGrid(width, height, size, stride);

  let scores = await scorePatches(photo, classifier, grid, { size, stride, onProgress });
  if (recipe.patchRound) scores = replace(scores, eightBits(scores));
  // The mean over each cell of the stride grid.
  if (cells) scores = replace(scores, averagePatchScores(scores, { overlap: size / stride }));
  // Cell i covers the pixels i · stride … (i + 1) · stride; the last one may stick out of the photo.
  const box = cells ? [0, 0, width / stride, height / stride] as const : undefined;
  return {
    rows: (rows) => {
      using map = resize(scores, { width, height, filter, box, rows });
      // Lanczos overshoots at steps; a probability does not.
      return scale(map, 1, { clamp: [0, 1] });
    },
    [Symbol.dispose]: () => scores.dispose(),
  };
}

/** Probabilities as they are after a visit to an 8-bit image. */
function eightBits(scores: Plane): Plane {
  using bytes = scale(scores, 255, { round: true });
  return scale(bytes, 1 / 255);
}

/** Recipe `paper`: all borders padded, every pixel under (size / stride)² patches. */
function coverPhoto(width: number, height: number, size: number, stride: number): Grid {
  const across = coveringGrid(width, { size, stride });
  const down = coveringGrid(height, { size, stride });
  return { first: [across.first, down.first], count: [across.count, down.count] };
}

/** Recipe `reference`: padded on the right and at the bottom to a multiple of the patch size. */
function paddedGrid(width: number, height: number, size: number, stride: number): Grid {
  const count = (length: number): number => (Math.ceil(length / size) * size - size) / stride + 1;
  return { first: [0, 0], count: [count(width), count(height)] };
}

/** P(crack) of every patch of the grid, as a plane of columns × rows. */
async function scorePatches(
  photo: PhotoWindow,
  classifier: Classifier,
  { first: [x0, y0], count: [columns, rows] }: Grid,
  { size, stride, onProgress }: { size: number; stride: number; onProgress?: OnProgress },
): Promise<Plane> {
  const { compute } = photo;
  const scores = compute.create({ width: columns, height: rows, channels: 1 });
  const limit = Math.max(1, Math.floor(BATCH_BYTES / (size * size * 3 * 4)));
  for (let start = 0; start < columns * rows; start += limit) {
    const last = Math.min(start + limit, columns * rows) - 1;
    const top = y0 + Math.floor(start / columns) * stride;
    const bottom = y0 + Math.floor(last / columns) * stride + size;
    const shown = photo.show(mirroredRows([top, bottom], photo.height));
    using patches = extractPatches(shown, {
      size,
      stride,
      first: [x0, y0 - photo.top],
      count: [columns, rows],
      start,
      limit,
    });
    using batch = await classifier.scorePatches(patches, size);
    compute.copy(batch, scores, { to: start });
    onProgress?.({ unit: "patch", done: last + 1, total: columns * rows });
  }
  requireFiniteOutput(await scores.read(), classifier.name);
  return scores;
}

/** Disposes of a plane that a later one takes the place of. */
export function replace(old: Plane, next: Plane): Plane {
  old.dispose();
  return next;
}
