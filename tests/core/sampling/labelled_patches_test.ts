import assert from "node:assert/strict";
import { patchLabelsOfMask, wholePhotoLabels } from "../../../core/datasets/patch_labels.ts";
import { crackPixels } from "../../../core/sampling/decoded_photo.ts";
import { labelledPatches } from "../../../core/sampling/labelled_patches.ts";
import { gridPatches } from "../../../core/sampling/training_grid.ts";

Deno.test("labelledPatches() of a mask's grid are the patches that a training on the mask would see", async () => {
  const grid = { size: 8, stride: 4 };
  // The second is smaller than a patch.
  const masks = [[21, 13], [5, 6]].map(([width, height]) => {
    const data = new Uint8Array(width * height);
    data[17] = 1;
    return { width, height, data };
  });
  const pixelsOf = ({ width, height }: { width: number; height: number }) =>
    new Uint8Array(3 * width * height);
  const labelled = masks.map((mask) => ({
    ...{ width: mask.width, height: mask.height, pixels: pixelsOf(mask) },
    truth: patchLabelsOfMask(mask, grid),
  }));
  const masked = labelled.map((photo, i) => ({ ...photo, truth: crackPixels(masks[i].data) }));
  const found = await labelledPatches({ count: 2, photo: (i) => labelled[i] }, grid);
  assert.deepEqual(found, await gridPatches({ count: 2, photo: (i) => masked[i] }, grid));
  assert.equal(new Set(found.map(({ crack }) => crack)).size, 2);
});

Deno.test("labelledPatches() gives each patch of a photo that is labelled as a whole its label", async () => {
  const [width, height] = [20, 8];
  const pixels = new Uint8Array(3 * width * height);
  for (const crack of [true, false]) {
    const truth = wholePhotoLabels({ width, height }, crack);
    const source = { count: 1, photo: () => ({ width, height, pixels, truth }) };
    const found = await labelledPatches(source, { size: 8, stride: 8 });
    const patch = { y: 0, size: 8, crack, photo: 0, orientation: 0 };
    assert.deepEqual(found, [0, 8, 12].map((x) => ({ x, ...patch })));
  }
});
