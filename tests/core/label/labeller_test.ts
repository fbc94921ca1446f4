import assert from "node:assert/strict";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { camCrfLabel, camCrfLabeller } from "../../../core/label/cam_crf/cam_crf_label.ts";
import { gradCam } from "../../../core/label/class_activation.ts";
import { labelImage, paperLabeller } from "../../../core/label/label_image.ts";
import { type LabellerId, labellers } from "../../../core/label/labellers.ts";
import { recipes } from "../../../core/label/recipe.ts";
import type { StageRows } from "../../../core/label/stages.ts";
import { FakeSegmenter } from "../predict/fake_segmenter.ts";
import { FakeClassifier } from "./fake_classifier.ts";
import { assertClose, opaque } from "../testing.ts";

/** Large enough for all levels of a method that looks at several scales. */
const WIDTH = 150, HEIGHT = 130;

/** A dark line on a bright ground, redder than it at every scale: what {@linkcode FakeSegmenter} is sure of. It winds, unlike a joint. */
function linePhoto(): ImageData {
  const image = new ImageData(WIDTH, HEIGHT);
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const middle = WIDTH / 2 + 10 * Math.sin(Math.floor(i / WIDTH) / 14);
    image.data.set(Math.abs(i % WIDTH - middle) < 4 ? [250, 0, 0] : [100, 200, 200], 4 * i);
  }
  return opaque(image);
}

for (const id of Object.keys(labellers) as LabellerId[]) {
  Deno.test(`labellers["${id}"] labels any photo, names its settings, and hands on the stages that it says it has`, async () => {
    using compute = await openCompute();
    const labeller = labellers[id](compute, {
      classifier: new FakeClassifier(),
      segmenter: new FakeSegmenter(),
    });
    assert.equal(labeller.id, id);
    assert.deepEqual(JSON.parse(JSON.stringify(labeller.settings)), labeller.settings);
    const image = linePhoto();
    const plain = await labeller.label(image);
    assert.deepEqual([plain.width, plain.height, plain.stages], [WIDTH, HEIGHT, []]);
    assert.equal(plain.crackPixels, plain.mask.filter((value) => value === 1).length);
    assert.ok(plain.crackPixels > 0);
    assert.equal(plain.usableForTraining, plain.crackPixels >= labeller.minCrackPixels);

    const { stages, ...label } = await labeller.label(image, { stages: true });
    assert.deepEqual({ ...label, stages: [] }, plain);
    const kinds = stages.map(({ width: _, height: __, channels: ___, data: ____, ...kind }) => kind);
    // Of a small photo there are fewer scales than of others.
    const keys = new Set(kinds.map(({ key }) => key));
    assert.deepEqual(kinds, labeller.stages.filter(({ key }) => keys.has(key)));
    assert.deepEqual(stages.at(-1)!.data, plain.confidence);
    const rows: StageRows[] = [];
    assert.deepEqual((await labeller.label(image, { stages: (some) => rows.push(some) })).stages, []);
    assert.deepEqual(new Set(rows.map(({ key }) => key)), new Set(stages.map(({ key }) => key)));
  });
}

Deno.test("paperLabeller() labels as labelImage() does by its recipe, whose name is its title", async () => {
  using compute = await openCompute();
  const classifier = new FakeClassifier();
  const recipe = { ...recipes.reference, name: "mine", erosionIterations: 0, minCrackPixels: 1e6 };
  const labeller = paperLabeller(compute, { classifier, recipe });
  const { name, ...settings } = recipe;
  assert.deepEqual([labeller.title, labeller.settings, labeller.minCrackPixels], [name, settings, 1e6]);
  const image = linePhoto();
  assert.deepEqual(await labeller.label(image), await labelImage(compute, image, { classifier, recipe }));
});

Deno.test("camCrfLabeller() labels as camCrfLabel() does by its parameters, from Grad-CAM", async () => {
  using compute = await openCompute();
  const classifier = new FakeClassifier();
  const parameters = {
    iterations: 3,
    appearance: { weight: 4, sigmaSpace: 20, sigmaColour: 13 },
    smoothness: { weight: 1, sigmaSpace: 1 },
  };
  const image = linePhoto();
  const labeller = camCrfLabeller(compute, { classifier, parameters, solver: "processor" });
  assert.deepEqual(labeller.settings, parameters);
  const { confidence, mask, crackPixels, stages } = await labeller.label(image, { stages: true });
  const expected = await camCrfLabel(compute, image, { classifier, parameters });
  assert.deepEqual(
    { width: WIDTH, height: HEIGHT, probability: confidence, mask, crackPixels },
    expected,
  );
  assert.deepEqual(stages[0].data, await gradCam(compute, image, { classifier }));
  // On the device, as a labeller does by default.
  const usual = await camCrfLabeller(compute, { classifier, parameters }).label(image);
  assert.deepEqual(usual.mask, mask);
  assertClose(usual.confidence, confidence, 1e-4, "on the device");
});
