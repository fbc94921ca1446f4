import assert from "node:assert/strict";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { camCrfLabel, camUnary } from "../../../core/label/cam_crf/cam_crf_label.ts";
import { gradCam } from "../../../core/label/class_activation.ts";
import { labelImage } from "../../../core/label/label_image.ts";
import { recipes } from "../../../core/label/recipe.ts";
import { opaque, testImage } from "../testing.ts";
import { FakeClassifier } from "./fake_classifier.ts";

const WIDTH = 70, HEIGHT = 50;

const PARAMETERS = {
  iterations: 5,
  appearance: { weight: 10, sigmaSpace: 20, sigmaColour: 13 },
  smoothness: { weight: 1, sigmaSpace: 1 },
};

function linePhoto(width: number, height: number): ImageData {
  const image = new ImageData(width, height);
  const { data } = testImage(width, height, 3, "crack");
  for (let i = 0; i < width * height; i++) {
    image.data.set([data[3 * i], data[3 * i + 1], data[3 * i + 2], 255], 4 * i);
  }
  return image;
}

Deno.test("gradCam() is the activation map of a label with Grad-CAM, at once and in tiles", async () => {
  using compute = await openCompute();
  const classifier = new FakeClassifier();
  const recipe = { ...recipes.paper, cam: "grad-cam" as const };
  for (const [width, height] of [[WIDTH, HEIGHT], [1, 7], [1100, 20]]) {
    const image = linePhoto(width, height);
    const { stages } = await labelImage(compute, image, { classifier, recipe, stages: true });
    const { data } = stages.find(({ key }) => key === "activation-map")!;
    const map = await gradCam(compute, image, { classifier });
    assert.deepEqual(map, data, `${width} × ${height}`);
    assert.equal(Math.max(...map), 1);
  }
});

Deno.test("camUnary() keeps probabilities within 0.01..0.99", () => {
  const unary = camUnary(Float32Array.of(0, 0.3, 1));
  const expected = [0.01, 0.3, 0.99].flatMap((p) => [-Math.log(p), -Math.log(1 - p)]);
  for (const [i, value] of expected.entries()) assert.ok(Math.abs(unary[i] - value) < 1e-5, `value ${i}`);
});

Deno.test("camCrfLabel() narrows what Grad-CAM shows to the dark line, and finds nothing on a bright photo", async () => {
  using compute = await openCompute();
  const classifier = new FakeClassifier();
  const image = opaque(new ImageData(WIDTH, HEIGHT));
  const onLine = (i: number): boolean => Math.abs(i % WIDTH - WIDTH / 2) < 2;
  for (let i = 0; i < WIDTH * HEIGHT; i++) image.data.fill(onLine(i) ? 30 : 170, 4 * i, 4 * i + 3);
  const shown = (await gradCam(compute, image, { classifier })).filter((value) => value > 0.5).length;
  const { width, height, mask, crackPixels, probability } = await camCrfLabel(compute, image, {
    classifier,
    parameters: PARAMETERS,
  });
  assert.deepEqual([width, height], [WIDTH, HEIGHT]);
  assert.deepEqual(mask, Uint8Array.from(probability, (p) => p > 0.5 ? 1 : 0));
  assert.equal(crackPixels, mask.filter((value) => value === 1).length);
  const right = mask.filter((value, i) => value === 1 && onLine(i)).length;
  assert.ok(shown > 3 * crackPixels, `${shown} pixels shown, ${crackPixels} labelled`);
  assert.ok(right === crackPixels && right > HEIGHT, `${right} of ${crackPixels} right`);

  const bright = new ImageData(new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(200), WIDTH, HEIGHT);
  const none = await camCrfLabel(compute, bright, { classifier, parameters: PARAMETERS });
  assert.equal(none.crackPixels, 0);
});
