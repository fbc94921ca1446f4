import assert from "node:assert/strict";
import type { Classifier } from "../../../core/label/classifier.ts";
import { crackPixels, type DecodedPhoto, type PatchTruth } from "../../../core/sampling/decoded_photo.ts";
import { evaluateClassifier } from "../../../models/classifier/evaluate_classifier.ts";
import { sharedCompute } from "../../core/testing.ts";

const opened = sharedCompute();

/** A photo that is dark where there is crack; `lies` pixels are dark without being crack. */
function photo(
  width: number,
  height: number,
  crack: number[],
  lies: number[] = [],
): DecodedPhoto<PatchTruth> {
  const mask = new Uint8Array(width * height), pixels = new Uint8Array(width * height * 3).fill(200);
  for (const i of crack) mask[i] = 1;
  for (const i of [...crack, ...lies]) pixels.fill(10, i * 3, i * 3 + 3);
  return { width, height, pixels, truth: crackPixels(mask) };
}

/** Calls crack what has a dark pixel. */
const darkPixel: Classifier = {
  name: "dark pixel",
  trainingSize: 8,
  async scorePatches(patches, size) {
    const values = await patches.read();
    const length = size * size * 3;
    const data = Float32Array.from(
      { length: values.length / length },
      (_, i) => values.subarray(i * length, (i + 1) * length).some((value) => value < 100) ? 0.8 : 0.1,
    );
    return patches.compute.upload({ width: 1, height: data.length, channels: 1, data });
  },
  activations: () => Promise.reject(new Error("Not asked for.")),
  [Symbol.dispose]() {},
};

Deno.test("evaluateClassifier() counts the patches of the grids of all photos", async () => {
  const compute = await opened();
  // 12 × 8 with patches of 8 every 4: places 0 and 4. The crack pixel at (10, 3) is in the second only.
  const photos = [photo(12, 8, [3 * 12 + 10]), photo(12, 8, [], [0]), photo(5, 3, [])];
  let seen = 0;
  const options = { compute, size: 8, stride: 4, onPhoto: () => void seen++ };
  const source = { count: photos.length, photo: (index: number) => photos[index] };
  assert.deepEqual(await evaluateClassifier(darkPixel, source, options), {
    truePositives: 1,
    falsePositives: 1,
    falseNegatives: 0,
    trueNegatives: 3,
  });
  assert.equal(seen, 3);
  const strict = await evaluateClassifier(darkPixel, source, { ...options, threshold: 0.9 });
  assert.equal(strict.truePositives + strict.falsePositives, 0);
});
