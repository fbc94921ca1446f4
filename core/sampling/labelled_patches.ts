import { isLabelledAsWhole, type PatchLabels } from "../datasets/patch_labels.ts";
import type { PhotoSource } from "./decoded_photo.ts";
import type { ChosenPatch } from "./patches.ts";
import { type GridOptions, gridStarts } from "./training_grid.ts";

/**
 * The patches of all photos that were labelled, upright, as {@linkcode gridSampler} takes them. Of a photo that is labelled as a whole they
 * are the patches of a grid, each with the photo's label. Each photo is looked at once.
 *
 * @param grid of photos that are labelled as a whole.
 */
export async function labelledPatches(
  source: PhotoSource<PatchLabels>,
  grid: GridOptions,
): Promise<ChosenPatch[]> {
  const chosen: ChosenPatch[] = [];
  for (let photo = 0; photo < source.count; photo++) {
    const { truth } = await source.photo(photo);
    const { width, height, patches } = truth;
    const [{ crack = false } = {}] = patches;
    const squares = isLabelledAsWhole(truth)
      ? gridStarts(height, grid).flatMap((y) =>
        gridStarts(width, grid).map((x) => ({ x, y, size: grid.size, crack }))
      )
      : patches.map(({ x, y, width: size, crack }) => ({ x, y, size, crack }));
    chosen.push(...squares.map((square) => ({ ...square, photo, orientation: 0 as const })));
  }
  return chosen;
}
