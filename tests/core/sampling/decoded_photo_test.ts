import assert from "node:assert/strict";
import type { Sample, Truth } from "../../../core/datasets/sample.ts";
import { decodeSample, patchTruth, pixelTruth } from "../../../core/sampling/decoded_photo.ts";

function sampleOf(truth: Truth): Sample {
  const image = new ImageData(Uint8ClampedArray.of(1, 2, 3, 255, 4, 5, 6, 0), 2, 1);
  return {
    ...{ name: "a", split: "all", imagePath: "a.png" },
    image: () => Promise.resolve(image),
    truth: () => Promise.resolve(truth),
    read: () => Promise.resolve({ image, truth }),
  };
}

const FORM = { file: "8-bit PNG", values: "soft", crack: "≥ 128" };
const MASK = { width: 2, height: 1, data: Uint8Array.of(0, 1), form: FORM };

Deno.test("decodeSample() drops alpha and takes of a truth what patches or pixels want", async () => {
  const { width, height, pixels, truth } = await decodeSample(sampleOf(MASK), patchTruth);
  assert.deepEqual([width, height, [...pixels]], [2, 1, [1, 2, 3, 4, 5, 6]]);
  assert.deepEqual(truth, Uint32Array.of(1));
  assert.equal((await decodeSample(sampleOf(true), patchTruth)).truth, true);
  assert.deepEqual((await decodeSample(sampleOf(MASK), pixelTruth)).truth, Uint8Array.of(0, 255));
});

Deno.test("pixelTruth() takes a confidence map as it is, and refuses a photo that is labelled as a whole", () => {
  assert.deepEqual(pixelTruth({ ...MASK, confidence: Uint8Array.of(51, 200) }), Uint8Array.of(51, 200));
  assert.throws(() => pixelTruth(false), /labelled as a whole, and a mask is wanted\.$/);
});
