import assert from "node:assert/strict";
import { denseLocalisation, windowScores } from "../../../../core/label/hairline/dense_localisation.ts";
import { patchScoreMap } from "../../../../core/label/patch_scores.ts";
import { PhotoWindow } from "../../../../core/label/photo_window.ts";
import { recipes } from "../../../../core/label/recipe.ts";
import { resampledPicture } from "../../../../core/predict/resampled_picture.ts";
import { openBackend } from "../../../../models/backend.ts";
import { loadClassifier } from "../../../../models/classifier/checkpoint.ts";
import { windowScoresOracle } from "../../../oracles/dense_localisation.ts";
import { mirrorPadOracle } from "../../../oracles/mirror_pad.ts";
import { resizeOracle } from "../../../oracles/resize.ts";
import { assertClose, CONTENTS, seeded, sharedCompute, SIZES, testPhoto } from "../../testing.ts";
import { FakeClassifier } from "../fake_classifier.ts";
import { CELL, cellLogit, cellMeans, LinearClassifier } from "./linear_classifier.ts";

const device = sharedCompute();

/** The localisation of a photo as {@linkcode LinearClassifier} and the definition have it. */
function localisationOracle({ width, height, data }: ImageData, window: number): Float64Array {
  const rgb = Float32Array.from(
    { length: 3 * width * height },
    (_, i) => data[4 * Math.floor(i / 3) + i % 3],
  );
  const up = (length: number) => 32 * Math.ceil(length / 32);
  const padded = mirrorPadOracle({ width, height, channels: 3, data: rgb }, {
    width: up(width),
    height: up(height),
  });
  const all = cellMeans(padded, { width: up(width), height: up(height) });
  const columns = Math.ceil(width / CELL), rows = Math.ceil(height / CELL);
  const logits = Array.from({ length: columns * rows }, (_, i) => {
    const cell = Math.floor(i / columns) * all.columns + i % columns;
    return cellLogit(all.data.subarray(3 * cell, 3 * cell + 3));
  });
  const cells = windowScoresOracle(logits, { columns, rows, size: window / CELL });
  return resizeOracle({ width: columns, height: rows, channels: 1, data: Float32Array.from(cells) }, {
    width,
    height,
    filter: "bilinear",
    box: [0, 0, width / CELL, height / CELL],
  });
}

async function localise(
  image: ImageData,
  { classifier = new LinearClassifier(), window = 64, tile = 1024 } = {},
): Promise<Float32Array> {
  const compute = await device();
  const { width, height } = image;
  const picture = resampledPicture(compute, image, image);
  using map = await denseLocalisation(compute, picture, { classifier, window, tile, width, height });
  using whole = map.rows([0, height]);
  return await whole.read();
}

Deno.test("windowScores() equals the oracle for grids and windows of any size", () => {
  const random = seeded(2);
  for (const [columns, rows] of [[1, 1], [1, 5], [4, 1], [7, 5], [12, 9]]) {
    for (const size of [1, 2, 3, 8]) {
      const values = Float32Array.from({ length: columns * rows }, () => 12 * (random() - 0.5));
      assertClose(
        windowScores({ columns, rows, values }, size),
        windowScoresOracle(values, { columns, rows, size }),
        1e-6,
        `${columns} × ${rows}, windows of ${size}`,
      );
    }
  }
});

Deno.test("denseLocalisation() equals the oracle at any size and content", async () => {
  for (const [width, height] of SIZES) {
    for (const content of CONTENTS) {
      for (const window of [8, 32, 64]) {
        const image = testPhoto(width, height, content);
        const message = `${width} × ${height} ${content}, windows of ${window}`;
        assertClose(await localise(image, { window }), localisationOracle(image, window), 2e-5, message);
      }
    }
  }
});

Deno.test("denseLocalisation() shows a large picture in tiles, with the same result, and gives it row by row", async () => {
  for (const [width, height] of [[500, 420], [1000, 150], [131, 1200]]) {
    const image = testPhoto(width, height, "crack");
    const classifier = new LinearClassifier();
    const inTiles = await localise(image, { classifier, tile: 384 });
    assert.ok(classifier.shown.length > 1, `${classifier.shown}`);
    for (const sides of classifier.shown) {
      for (const side of sides) assert.ok(side <= 384 && side % 32 === 0, `${side}`);
    }
    assertClose(inTiles, localisationOracle(image, 64), 2e-5, `${width} × ${height}`);

    const compute = await device();
    const picture = resampledPicture(compute, image, image);
    const options = { classifier, window: 64, tile: 384, width, height };
    using map = await denseLocalisation(compute, picture, options);
    using some = map.rows([31, 77]);
    assert.deepEqual(await some.read(), inTiles.subarray(31 * width, 77 * width));
  }
});

Deno.test("denseLocalisation() gives in one look what the scores of overlapping patches give", async () => {
  const compute = await device();
  const [width, height, window] = [200, 168, 32];
  const image = testPhoto(width, height, "crack");
  const classifier = new LinearClassifier();
  const dense = await localise(image, { classifier, window });
  using shown = new PhotoWindow(compute, image, { rows: height, alignment: 1 });
  const recipe = { ...recipes.paper, patchSize: window, patchStride: CELL, patchFilter: "bilinear" as const };
  using map = await patchScoreMap(shown, classifier, recipe);
  using whole = map.rows([0, height]);
  const patches = await whole.read();
  let spread = 0;
  // Patches over the border see a mirror image there, where windows are cut.
  for (let y = window; y < height - window; y++) {
    for (let x = window; x < width - window; x++) {
      const i = y * width + x;
      assert.ok(Math.abs(dense[i] - patches[i]) < 1e-5, `(${x}, ${y}): ${dense[i]}, patches ${patches[i]}`);
      spread = Math.max(spread, Math.abs(dense[i] - 0.5));
    }
  }
  assert.ok(spread > 0.1, `nowhere more than ${spread} from 0.5`);
});

Deno.test("denseLocalisation() by the classifier that ships shows no seam between tiles", async () => {
  await openBackend({ backend: "wasm" });
  using classifier = await loadClassifier();
  const image = testPhoto(704, 230, "crack");
  const compute = await device();
  const localised = async (tile: number): Promise<Float32Array> => {
    const picture = resampledPicture(compute, image, image);
    const options = { classifier, window: 16, tile, width: image.width, height: image.height };
    using map = await denseLocalisation(compute, picture, options);
    using whole = map.rows([0, image.height]);
    return await whole.read();
  };
  assertClose(await localised(384), await localised(1024), 1e-4, "in tiles");
});

Deno.test("denseLocalisation() looks at a photo from the scale that it is given, and is brought to the photo's size", async () => {
  const compute = await device();
  const image = testPhoto(130, 97, "slope");
  const [w, h] = [65, 49];
  const rgb = Float32Array.from(
    { length: 3 * 130 * 97 },
    (_, i) => image.data[4 * Math.floor(i / 3) + i % 3],
  );
  const small = resizeOracle({ width: 130, height: 97, channels: 3, data: rgb }, {
    width: w,
    height: h,
    filter: "bilinear",
  });
  const shrunk = new ImageData(w, h);
  small.forEach((value, i) => shrunk.data[4 * Math.floor(i / 3) + i % 3] = Math.round(value));
  const cells = localisationOracle(shrunk, 32);
  const options = { classifier: new LinearClassifier(), window: 32, tile: 384, width: 130, height: 97 };
  const picture = resampledPicture(compute, image, { width: w, height: h });
  using map = await denseLocalisation(compute, picture, options);
  using whole = map.rows([0, 97]);
  const found = await whole.read();
  // Twice as large: the pixels about the middles of the small ones are near them.
  for (let y = 0; y < h - 1; y++) {
    for (let x = 0; x < w; x++) {
      const value = found[(2 * y) * 130 + 2 * x];
      assert.ok(Math.abs(value - cells[y * w + x]) < 0.02, `(${x}, ${y}): ${value}, ${cells[y * w + x]}`);
    }
  }
});

Deno.test("denseLocalisation() refuses a classifier whose cells it cannot lay over tiles", async () => {
  const odd = new class extends FakeClassifier {
    override async activations(image: Parameters<FakeClassifier["activations"]>[0]) {
      const { compute, width } = image;
      using one = await super.activations(image);
      const features = compute.create({ width: Math.ceil(width / 24), height: 3, channels: 2 });
      return { ...one, features, [Symbol.dispose]: () => features.dispose() };
    }
  }();
  const compute = await device();
  const image = testPhoto(96, 64, "flat");
  await assert.rejects(
    denseLocalisation(compute, resampledPicture(compute, image, image), {
      classifier: odd,
      ...{ window: 64, tile: 1024, width: 96, height: 64 },
    }),
    {
      name: "RangeError",
      message:
        "Cannot localise cracks with darkest pixel: its feature map of 96 × 64 pixels is 4 × 3, cells whose side divides 32 pixels " +
        "are wanted.",
    },
  );
});
