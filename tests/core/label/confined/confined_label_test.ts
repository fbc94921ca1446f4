import assert from "node:assert/strict";
import { POSSIBLE } from "../../../../core/datasets/patch_labels.ts";
import { confinedLabel, confinedSettings } from "../../../../core/label/confined/confined_label.ts";
import { localFit } from "../../../../core/label/local_fit.ts";
import { dropSpecks } from "../../../../core/label/confined/specks.ts";

const WIDTH = 20, HEIGHT = 10, AREA = WIDTH * HEIGHT;

/** A sure crack down column 5, an unsure one down column 15, next to nothing elsewhere. */
function confidences(): Float32Array {
  return Float32Array.from(
    { length: AREA },
    (_, i) => i % WIDTH === 5 ? 0.9 : i % WIDTH === 15 ? 0.48 : 0.02,
  );
}

Deno.test("confinedLabel() calls crack only what patches allow, and knows all that they forbid", () => {
  const possible = Uint8Array.from(
    { length: AREA },
    (_, i) => i < 3 * WIDTH ? POSSIBLE.never : i < 8 * WIDTH ? POSSIBLE.crack : POSSIBLE.unknown,
  );
  const { mask, weight, confidence, crackPixels, cut } = confinedLabel({
    width: WIDTH,
    height: HEIGHT,
    confidence: confidences(),
    possible,
    settings: { ...confinedSettings, cutRange: [0.3, 0.5] },
  });
  assert.ok(cut >= 0.3 && cut <= 0.5, `${cut}`);
  for (let i = 0; i < AREA; i++) {
    const x = i % WIDTH, row = Math.floor(i / WIDTH);
    if (row < 3) assert.deepEqual([mask[i], weight[i], confidence[i]], [0, 255, 0]);
    else if (row >= 8) assert.deepEqual([mask[i], weight[i]], [0, 0]);
    else if (x === 5) assert.deepEqual([mask[i], weight[i]], [1, 255]);
    else if (x !== 15) assert.deepEqual([mask[i], weight[i]], [0, 255]);
  }
  assert.equal(crackPixels, mask.reduce((sum, value) => sum + value, 0));
});

Deno.test("confinedLabel() counts pixels near the cut less", () => {
  const possible = new Uint8Array(AREA).fill(POSSIBLE.crack);
  const settings = { ...confinedSettings, cutRange: [0.5, 0.5], margin: 0.05, unsureWeight: 0.4 } as const;
  const { mask, weight, cut } = confinedLabel({
    ...{ width: WIDTH, height: HEIGHT, confidence: confidences(), possible, settings },
  });
  assert.equal(cut, 0.5);
  assert.deepEqual([mask[15], weight[15], mask[5], weight[5], mask[0], weight[0]], [0, 102, 1, 255, 0, 255]);
});

Deno.test("confinedLabel() of a photo that is labelled as a whole looks where a classifier does", () => {
  const possible = new Uint8Array(AREA).fill(POSSIBLE.crack);
  const localisation = Float32Array.from({ length: AREA }, (_, i) => i % WIDTH < 10 ? 0.9 : 0.01);
  const confidence = confidences().map((value, i) => i % WIDTH === 15 || i === 8 ? 0.95 : value);
  const { mask, weight, confidence: values } = confinedLabel({
    ...{ width: WIDTH, height: HEIGHT, confidence, possible, localisation },
    settings: { ...confinedSettings, speckPixels: 2, wholeCutRange: [0.4, 0.55] },
  });
  assert.ok(Math.abs(values[5] - 0.9) < 1e-6, `${values[5]}`);
  // Sure of it the network may be, the classifier is not.
  assert.equal(mask[15], 0);
  // A single pixel is a speck: no crack, but unsure.
  assert.deepEqual([mask[8], weight[8]], [0, 102]);
  assert.deepEqual([mask[5], weight[5], mask[1], weight[1]], [1, 255, 0, 255]);
});

Deno.test("confinedLabel() of photos without anything, or of one pixel, is empty or what it must be", () => {
  const one = (p: number, possible: number) =>
    confinedLabel({
      width: 1,
      height: 1,
      confidence: Float32Array.of(p),
      possible: Uint8Array.of(possible),
    });
  assert.deepEqual([...one(0, POSSIBLE.crack).mask], [0]);
  assert.deepEqual([...one(1, POSSIBLE.crack).mask], [1]);
  assert.deepEqual([...one(1, POSSIBLE.never).mask], [0]);
  assert.deepEqual([...one(1, POSSIBLE.unknown).weight], [0]);
});

Deno.test("dropSpecks() takes groups of eight neighbours that are too small", () => {
  const picture = [
    "#...#",
    ".#...",
    "...##",
    "#..##",
  ];
  const mask = Uint8Array.from(picture.join(""), (c) => Number(c === "#"));
  const dropped = dropSpecks(mask, { width: 5, height: 4, least: 3 });
  assert.equal([...mask].map((value) => ".#"[value]).join(""), "...." + "." + "....." + "...##" + "...##");
  assert.deepEqual([...dropped.entries()].filter(([, value]) => value).map(([i]) => i), [0, 4, 6, 15]);
});

Deno.test("confinedLabel() takes the mean of the networks and what fits the grey values, and where a classifier looks", () => {
  const possible = new Uint8Array(AREA).fill(POSSIBLE.crack);
  const grey = confidences().map((p) => p > 0.5 ? 40 : 150);
  const options = { width: WIDTH, height: HEIGHT, confidence: confidences(), possible };
  const fitted = localFit(grey, { ...options, settings: confinedSettings.fit });
  const { confidence } = confinedLabel({ ...options, grey });
  for (const i of [0, 5, 15, 199]) {
    assert.ok(
      Math.abs(confidence[i] - (options.confidence[i] + fitted[i]) / 2) < 1e-6,
      `${confidence[i]} at ${i}`,
    );
  }
  assert.ok(confidence[5] > 0.9 && confidence[15] < 0.4);
  const alone = confinedLabel(options).confidence;
  assert.deepEqual(alone, options.confidence);
  const settings = { ...confinedSettings, fitShare: 0 };
  assert.deepEqual(confinedLabel({ ...options, grey, settings }).confidence, alone);
  const localisation = new Float32Array(AREA).fill(0.25);
  const whole = confinedLabel({ ...options, grey, localisation }).confidence;
  for (const [i, value] of whole.entries()) {
    assert.ok(Math.abs(value - 0.5 * Math.sqrt(confidence[i])) < 1e-6, `${value} at ${i}`);
  }
});

Deno.test("confinedLabel() finds its cut among the pixels that can be crack, however many are unknown", () => {
  const possible = new Uint8Array(AREA).fill(POSSIBLE.crack);
  const { cut } = confinedLabel({ width: WIDTH, height: HEIGHT, confidence: confidences(), possible });
  const larger = new Float32Array(4 * AREA), partly = new Uint8Array(4 * AREA).fill(POSSIBLE.unknown);
  larger.set(confidences());
  partly.set(possible);
  const other = confinedLabel({ width: WIDTH, height: 4 * HEIGHT, confidence: larger, possible: partly });
  assert.equal(other.cut, cut);
});
