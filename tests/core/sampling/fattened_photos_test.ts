import assert from "node:assert/strict";
import type { DecodedPhoto, PixelTruth } from "../../../core/sampling/decoded_photo.ts";
import { fattenedPhotos } from "../../../core/sampling/fattened_photos.ts";
import { seeded, sharedCompute, SIZES } from "../testing.ts";

const shared = sharedCompute();

/** The greatest value at most so many pixels away, in rows and columns, within the mask. */
function thickened(mask: Uint8Array, { width, height }: { width: number; height: number }, reach: number) {
  return mask.map((_, i) => {
    let greatest = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const away = Math.max(Math.abs(x - i % width), Math.abs(y - Math.floor(i / width)));
        if (away <= reach) greatest = Math.max(greatest, mask[y * width + x]);
      }
    }
    return greatest;
  });
}

Deno.test("fattenedPhotos() thickens the crack of masks and leaves all else, once for each photo that is kept", async () => {
  const compute = await shared();
  const random = seeded(2);
  const photos = SIZES.slice(0, 5).map(([width, height], i): DecodedPhoto<PixelTruth> => {
    const mask = Uint8Array.from(
      { length: width * height },
      () => random() < 0.02 ? 255 : random() < 0.05 ? 90 : 0,
    );
    const weight = mask.map((_, j) => j % 3 === 0 ? 0 : 255);
    const pixels = new Uint8Array(3 * mask.length).fill(i);
    return { width, height, pixels, truth: i % 2 === 0 ? mask : { truth: mask, weight } };
  });
  let asked = 0;
  const source = { count: photos.length, photo: (index: number) => (asked++, photos[index]) };
  for (const times of [1, 3]) {
    const fat = fattenedPhotos(compute, source, times);
    assert.equal(fat.count, photos.length);
    for (const [i, photo] of photos.entries()) {
      const { truth, ...rest } = await fat.photo(i);
      const { truth: before, ...same } = photo;
      assert.deepEqual(rest, same);
      if (before instanceof Uint8Array) assert.deepEqual(truth, thickened(before, photo, times));
      else assert.deepEqual(truth, { ...before, truth: thickened(before.truth, photo, times) });
      assert.equal(await fat.photo(i), await fat.photo(i));
    }
  }
  assert.ok(asked > 0);
});
