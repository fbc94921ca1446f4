import assert from "node:assert/strict";
import { labelImage } from "../../../core/label/label_image.ts";
import type { Label } from "../../../core/label/labeller.ts";
import { type Recipe, recipes } from "../../../core/label/recipe.ts";
import { layStrips } from "../../../core/label/strips.ts";
import type { PhotoProgress } from "../../../core/photo_progress.ts";
import { activationMapOracle } from "../../oracles/activation_map.ts";
import { labelOracle } from "../../oracles/label_image.ts";
import { assertClose, sharedCompute, testImage } from "../testing.ts";
import { darkness, FakeClassifier, featureMap } from "./fake_classifier.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 128 * 1024 });
const classifier = new FakeClassifier();

/** An opaque photo of grey values. */
function photo(width: number, height: number, grey: (x: number, y: number) => number): ImageData {
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    image.data.fill(grey(i % width, Math.floor(i / width)), i * 4, i * 4 + 3);
  }
  for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255;
  return image;
}

/** Dark line of three pixels on a bright texture, at x = width / 2. */
function crackedPhoto(width: number, height: number): ImageData {
  const texture = testImage(width, height, 1, "random").data;
  return photo(
    width,
    height,
    (x, y) => (Math.abs(x - Math.floor(width / 2)) <= 1 ? 30 : 170) + texture[y * width + x] / 12,
  );
}

async function label(image: ImageData, change: Partial<Recipe> = {}): Promise<Label> {
  return await labelImage(await whole(), image, {
    classifier,
    recipe: { ...recipes.paper, ...change },
    stages: true,
  });
}

for (const recipe of [recipes.paper, recipes.reference]) {
  for (const [width, height] of [[100, 75], [33, 64], [20, 30], [1, 1]]) {
    Deno.test(`labelImage() equals the oracle of its stages (${recipe.name}, ${width} × ${height})`, async () => {
      const image = crackedPhoto(width, height);
      const { confidence } = await labelImage(await whole(), image, { classifier, recipe });
      const rgb = Float32Array.from(
        { length: width * height * 3 },
        (_, i) => image.data[Math.floor(i / 3) * 4 + i % 3],
      );
      const expected = labelOracle({ width, height, channels: 3, data: rgb }, recipe, {
        score: darkness,
        evidence: (photo) => {
          const map = featureMap(photo);
          // Grad-CAM++ takes the positive gradient, of the one channel that is evidence for crack; `reference` differentiates the
          // softmax, which points the same way.
          return {
            ...map,
            channels: 1,
            data: Float32Array.from(activationMapOracle(map, new Float32Array([1, 0]))),
          };
        },
      });
      // Thresholds jump: where float32 and float64 fall on two sides of one, a pixel may differ with its neighbourhood.
      const differing = confidence.filter((value, i) => !(Math.abs(value - expected[i]) < 1e-3)).length;
      assert.ok(differing <= 0.002 * width * height, `${differing} of ${width * height} pixels differ`);
      assert.ok(width * height < 400 || expected.some((value) => value > 0.2), "the oracle sees a crack");
    });
  }
}

Deno.test("labelImage() finds a dark line and little else, with both recipes", async () => {
  const image = crackedPhoto(200, 150);
  for (const recipe of [recipes.paper, recipes.reference]) {
    const { mask, crackPixels, usableForTraining } = await label(image, recipe);
    // The final bilateral filter spreads a little confidence over its radius of 2 pixels, and the default threshold is 0.
    let hits = 0, near = 0;
    for (let i = 0; i < mask.length; i++) {
      const distance = Math.abs(i % 200 - 100);
      if (distance <= 1) hits += mask[i];
      if (distance <= 3) near += mask[i];
    }
    assert.ok(hits > 0.95 * 450, `${recipe.name}: ${hits} of 450 crack pixels`);
    assert.ok(
      crackPixels - near < 0.05 * 450,
      `${recipe.name}: ${crackPixels - near} pixels beside the crack`,
    );
    assert.ok(usableForTraining);
  }
});

Deno.test("labelImage() calls nothing crack in a flat photo", async () => {
  for (const grey of [0, 128, 255]) {
    const { confidence, crackPixels, usableForTraining } = await label(photo(90, 70, () => grey));
    assert.equal(crackPixels, 0);
    assert.equal(usableForTraining, false);
    assert.ok(confidence.every((value) => value === 0));
  }
});

Deno.test("labelImage() takes photos of any size, down to one pixel", async () => {
  for (const [width, height] of [[1, 1], [1, 40], [40, 1], [31, 17], [33, 32], [130, 47]]) {
    for (const recipe of [recipes.paper, recipes.reference]) {
      const { confidence, mask } = await label(crackedPhoto(width, height), recipe);
      assert.equal(mask.length, width * height);
      assert.ok(confidence.every((value) => value >= 0 && value <= 1.0001), `${width} × ${height}`);
    }
  }
});

Deno.test("labelImage() gives the same label in bands as at once", async () => {
  const image = crackedPhoto(161, 203);
  const atOnce = await labelImage(await whole(), image, { classifier });
  const inBands = await labelImage(await banded(), image, { classifier });
  assert.deepEqual(inBands.mask, atOnce.mask);
});

const RECIPES: Record<string, Partial<Recipe>> = {
  "paper": {},
  "reference": recipes.reference,
  "whole activation map": { camTile: 1024 },
  "patch map alone, wide patches": { cam: "none", patchSize: 96, patchStride: 24 },
  "wide windows": {
    bilateralRadius: 4,
    localisationThreshold: 0.2,
    erosionIterations: 12,
    closingSize: 5,
    closingIterations: 3,
  },
  "odd patches, neither filter nor morphology": {
    thresholdPatchSize: 35,
    thresholdStride: 5,
    bilateralRadius: 0,
    erosionIterations: 0,
    closingIterations: 0,
  },
};

for (const [name, change] of Object.entries(RECIPES)) {
  Deno.test(`labelImage() gives the same label and stages in strips as at once (${name})`, async () => {
    const image = crackedPhoto(71, 307);
    const options = { classifier, recipe: { ...recipes.paper, camTile: 128, ...change }, stages: true };
    const atOnce = await labelImage(await whole(), image, options);
    for (const stripPixels of [1, 71 * 180]) {
      const inStrips = await labelImage(await whole(), image, { ...options, stripPixels });
      assert.deepEqual(inStrips.mask, atOnce.mask);
      assertClose(inStrips.confidence, atOnce.confidence, 1e-5, "confidence");
      assert.deepEqual(inStrips.stages.map(({ key }) => key), atOnce.stages.map(({ key }) => key));
      for (const [i, { key, data, range }] of inStrips.stages.entries()) {
        assertClose(data, atOnce.stages[i].data, 1e-5 * range[1], key);
      }
    }
    assert.ok(atOnce.crackPixels > 300, `${atOnce.crackPixels} crack pixels`);
  });
}

Deno.test("labelImage() hands stages on in strips that are the stages, and keeps none", async () => {
  const image = crackedPhoto(71, 307);
  const kept = await labelImage(await whole(), image, { classifier, stages: true });
  const parts = new Map(
    kept.stages.map(({ key, data }) => [key, { rows: [0], data: data.slice().fill(-1) }]),
  );
  const { stages } = await labelImage(await whole(), image, {
    classifier,
    stages: ({ key, width, channels, first, data }) => {
      const part = parts.get(key)!;
      part.rows.push(first + data.length / (width * channels));
      assert.equal(first, part.rows.at(-2));
      part.data.set(data, first * width * channels);
    },
    stripPixels: 1,
  });
  assert.deepEqual(stages, []);
  for (const { key, data, range } of kept.stages) {
    const { rows, data: joined } = parts.get(key)!;
    assert.ok(rows.length > 3 && rows.at(-1) === 307, `${key} came in rows ${rows}`);
    assertClose(joined, data, 1e-5 * range[1], key);
  }
});

Deno.test("labelImage() refuses strips of no pixels", async () => {
  const compute = await whole();
  for (const stripPixels of [0, -1, NaN]) {
    await assert.rejects(
      labelImage(compute, crackedPhoto(8, 8), { classifier, stripPixels }),
      (error: Error) => error instanceof RangeError && /strips of (0|-1|NaN) pixels/.test(error.message),
    );
  }
});

Deno.test("labelImage() gives every stage at the photo's size and in its range, and none unasked", async () => {
  const image = crackedPhoto(75, 66);
  const { stages } = await label(image);
  assert.deepEqual(stages.map(({ number }) => number), [3, 4, 5, 6, 7, 8, 9, 11]);
  for (const { key, width, height, channels, data, range: [low, high] } of stages) {
    assert.deepEqual([width, height, data.length], [75, 66, 75 * 66 * channels], key);
    // Lanczos overshoots a little at steps.
    const slack = (high - low) * 0.2;
    assert.ok(data.every((value) => value >= low - slack && value <= high + slack), key);
  }
  const quiet = await labelImage(await whole(), image, { classifier });
  assert.deepEqual(quiet.stages, []);
});

Deno.test("labelImage() leaves out what an ablation leaves out", async () => {
  const image = crackedPhoto(75, 66);
  const keys = async (change: Partial<Recipe>): Promise<string[]> =>
    (await label(image, change)).stages.map(({ key }) => key);
  assert.ok(!(await keys({ bilateralRadius: 0 })).includes("denoised"));
  assert.ok(!(await keys({ cam: "none" })).includes("activation-map"));
  const eroded = await label(image);
  const rough = await label(image, { erosionIterations: 0, closingIterations: 0 });
  const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);
  const localisation = ({ stages }: Label): Float32Array =>
    stages.find(({ key }) => key === "localisation")!.data;
  assert.ok(sum(localisation(eroded)) < sum(localisation(rough)));
});

Deno.test("labelImage() shows a photo larger than camTile in tiles of the training size", async () => {
  const image = crackedPhoto(150, 97);
  const { stages } = await label(image, { camTile: 128 });
  const map = stages.find(({ key }) => key === "activation-map")!;
  assert.equal(Math.max(...map.data), 1);
  // The fake classifier's cells are the same in a tile as in the photo, but for those that the mirrored border fills up.
  const atOnce = (await label(image)).stages.find(({ key }) => key === "activation-map")!;
  const column = (data: Float32Array, x: number): number => data[40 * 150 + x];
  assert.ok(Math.abs(column(map.data, 80) - column(atOnce.data, 80)) < 0.1);
});

Deno.test("labelImage() applies labelThreshold and minCrackPixels", async () => {
  const image = crackedPhoto(64, 64);
  const loose = await label(image);
  const strict = await label(image, { labelThreshold: 0.99, minCrackPixels: 1 });
  assert.ok(strict.crackPixels < loose.crackPixels);
  assert.equal((await label(image, { minCrackPixels: loose.crackPixels })).usableForTraining, true);
  assert.equal((await label(image, { minCrackPixels: loose.crackPixels + 1 })).usableForTraining, false);
});

Deno.test("labelImage() leaves no plane behind", async () => {
  const compute = await whole();
  const image = crackedPhoto(80, 60);
  await labelImage(compute, image, { classifier, stages: true });
  const before = compute.pooledBytes;
  for (let i = 0; i < 3; i++) await labelImage(compute, image, { classifier, stages: true });
  assert.equal(compute.pooledBytes, before);
});

Deno.test("labelImage() tells of the patches that the classifier has scored, and of each strip", async () => {
  const image = crackedPhoto(90, 200);
  const told: PhotoProgress[] = [];
  const { mask } = await labelImage(await whole(), image, {
    ...{ classifier, stripPixels: 1 },
    onProgress: (progress) => told.push(progress),
  });
  const { strips } = layStrips(image, { recipe: recipes.paper, pixels: 1 });
  assert.ok(strips.length > 1);
  const [patches] = told;
  // One batch holds all.
  assert.deepEqual(patches, { unit: "patch", done: patches.total, total: patches.total });
  assert.deepEqual(
    told.slice(1),
    strips.map((_, i) => ({ unit: "strip", done: i + 1, total: strips.length })),
  );
  assert.equal(mask.length, 90 * 200);
});
