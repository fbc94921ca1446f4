import assert from "node:assert/strict";
import type { Plane } from "../../../../core/gpu/compute.ts";
import { fanLabeller, type FanOptions, type FanSettings } from "../../../../core/label/weak/fan.ts";
import { twoMeans } from "../../../../core/label/weak/two_means.ts";
import { bilateralFilterOracle } from "../../../oracles/bilateral_filter.ts";
import { mirrorIndex } from "../../../oracles/mirror_index.ts";
import { FakeClassifier } from "../fake_classifier.ts";
import { opaque, seeded, sharedCompute, testPhoto } from "../../testing.ts";

const shared = sharedCompute();

/** The least sum of squares that any threshold on a line divides values into: two classes by trying all, Otsu's. */
function bestSplit(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const spread = (part: readonly number[]) => {
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    return part.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  };
  const costs = sorted.slice(1).map((_, i) => spread(sorted.slice(0, i + 1)) + spread(sorted.slice(i + 1)));
  return costs.indexOf(Math.min(...costs)) + 1;
}

Deno.test("twoMeans() of one value alone is the split of Otsu's two classes, where there are two", () => {
  const random = seeded(3);
  for (const share of [0.2, 0.5]) {
    const x = Array.from(
      { length: 300 },
      () => (random() < share ? 40 : 150) + 50 * (random() + random() - 1),
    );
    const { nearness, means } = twoMeans(x, new Float64Array(300), { rounds: 100 })!;
    const dark = x.filter((_, i) => nearness[i] > 0.5);
    assert.equal(dark.length, bestSplit(x));
    assert.ok(Math.max(...dark) < Math.min(...x.filter((_, i) => nearness[i] <= 0.5)));
    const mean = dark.reduce((sum, value) => sum + value, 0) / dark.length;
    assert.ok(Math.abs(means[0][0] - mean) < 1e-9);
  }
});

Deno.test("twoMeans() takes both values, leaves what is alike undivided, and can be cut short", () => {
  // Told apart by the second value only.
  const { means, nearness } = twoMeans([1, 1, 1, 1], [0, 2, 10, 12], { rounds: 100 })!;
  assert.deepEqual(means, [[1, 1], [1, 11]]);
  assert.deepEqual([...nearness], [121 / 122, 81 / 82, 1 / 82, 1 / 122]);
  assert.equal(twoMeans([5, 5, 5], [2, 2, 2], { rounds: 100 }), undefined);
  assert.equal(twoMeans([5], [2], { rounds: 100 }), undefined);
  assert.deepEqual(twoMeans([0, 8, 9], [0, 0, 0], { rounds: 0 })!.means, [[0, 0], [9, 0]]);
});

/** Takes a patch for crack by where in the photo it is: as many answers as patches, in their order. */
class Scripted extends FakeClassifier {
  readonly shown: number[] = [];
  readonly #scores: readonly number[];

  constructor(scores: readonly number[]) {
    super();
    this.#scores = scores;
  }

  override async scorePatches(patches: Plane, size: number): Promise<Plane> {
    const count = patches.height / size;
    this.shown.push(...await patches.read());
    const data = Float32Array.from({ length: count }, (_, i) => this.#scores[i]);
    return await Promise.resolve(patches.compute.upload({ width: 1, height: count, channels: 1, data }));
  }
}

Deno.test("fanLabeller() thresholds the patches that pass the gate, each by itself, as the oracle does", async () => {
  const compute = await shared();
  const [width, height, size] = [50, 41, 20];
  const image = opaque(testPhoto(width, height, "crack"));
  // Three columns and three rows, the last of each laid within the photo.
  const scores = [0.9, 0.5, 0.51, 0, 1, 0.2, 0.7, 0.4, 0.6];
  const settings: FanSettings = { patchSize: size, gate: 0.5, radius: 2, sigmaSpace: 3, sigmaRange: 0.1 };
  const classifier = new Scripted(scores);
  const { confidence, mask, stages } = await fanLabeller(compute, { classifier, settings }).label(image, {
    stages: true,
  });
  const grey = Float32Array.from({ length: width * height }, (_, i) => {
    const [red, green, blue] = image.data.subarray(4 * i);
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  });
  const smooth = bilateralFilterOracle({ width, height, channels: 1, data: grey }, {
    ...{ radius: 2, sigmaSpace: 3, sigmaRange: 25.5, window: "square", distance: "l2", round: false },
  });
  const around = (x: number, y: number) => {
    let sum = 0;
    for (const dy of [-1, 0, 1]) {
      for (const dx of [-1, 0, 1]) {
        sum += smooth[mirrorIndex(y + dy, height) * width + mirrorIndex(x + dx, width)];
      }
    }
    return sum / 9;
  };
  const first = [0, 20, 30], firstRow = [0, 20, 21];
  let checked = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = [Math.floor(x / size), Math.floor(y / size)];
      const at = y * width + x;
      assert.equal(stages[0].data[at], Math.fround(scores[3 * row + column]));
      if (scores[3 * row + column] <= 0.5) {
        assert.deepEqual([confidence[at], mask[at]], [0, 0]);
        continue;
      }
      const values: number[] = [], means: number[] = [];
      for (let j = 0; j < size; j++) {
        for (let i = 0; i < size; i++) {
          const [u, v] = [first[column] + i, firstRow[row] + j];
          values.push(smooth[v * width + u]);
          means.push(around(u, v));
        }
      }
      if (at % 17 !== 0) continue;
      const { nearness } = twoMeans(values, means, { rounds: 100 })!;
      const expected = nearness[(y - firstRow[row]) * size + x - first[column]];
      assert.ok(Math.abs(confidence[at] - expected) < 2e-3, `(${x}, ${y}): ${confidence[at]}, ${expected}`);
      checked++;
    }
  }
  assert.ok(checked > 50);
  assert.deepEqual(stages.map(({ key }) => key), ["patches", "smoothed", "confidence"]);
  assert.deepEqual(stages[1].data.length, smooth.length);
  // The last patch that the classifier was shown is the lower right corner of the photo.
  const pixel = 4 * ((height - 1) * width + width - 1);
  assert.deepEqual(classifier.shown.slice(-3), [...image.data.subarray(pixel, pixel + 3)]);
});

Deno.test("fanLabeller() finds nothing on photos of one grey value, nor where no patch passes, of any size", async () => {
  const compute = await shared();
  const classifier = new FakeClassifier();
  for (const [width, height] of [[1, 1], [1, 7], [200, 3], [130, 129]] as const) {
    for (const content of ["black", "flat", "white"] as const) {
      const { crackPixels } = await fanLabeller(compute, { classifier }).label(
        opaque(testPhoto(width, height, content)),
      );
      assert.equal(crackPixels, 0, `${width} × ${height}, ${content}`);
    }
    const photo = opaque(testPhoto(width, height, "random"));
    const none = await fanLabeller(compute, { classifier, settings: { gate: 1 } }).label(photo);
    assert.equal(none.crackPixels, 0);
  }
  const some = await fanLabeller(compute, { classifier, settings: { radius: 0, gate: 0.5 } }).label(
    opaque(testPhoto(130, 129, "crack")),
  );
  assert.ok(some.crackPixels > 129 && some.crackPixels < 130 * 129 / 4, `${some.crackPixels}`);
});

Deno.test("fanLabeller() says in a sentence which setting is out of range", async () => {
  const compute = await shared();
  const classifier = new FakeClassifier();
  const cases: [Partial<FanSettings>, string][] = [
    [{ patchSize: 2 }, "patches of 2 pixels: a whole number from 3 on"],
    [{ patchSize: 12.5 }, "patches of 12.5 pixels: a whole number from 3 on"],
    [{ gate: 1.5 }, "a gate of 1.5: a number from 0 to 1"],
    [{ radius: -1 }, "a radius of -1: a whole number of pixels from 0 on"],
    [{ sigmaSpace: 0 }, "a sigmaSpace of 0: a positive number"],
    [{ sigmaRange: NaN }, "a sigmaRange of NaN: a positive number"],
  ];
  for (const [settings, wanted] of cases) {
    assert.throws(() => fanLabeller(compute, { classifier, settings }), {
      name: "RangeError",
      message: `Cannot label by classifying and thresholding with ${wanted} is wanted.`,
    });
  }
  assert.throws(
    () => fanLabeller(compute, {} as FanOptions),
    /^TypeError: Cannot label by classifying and thresholding: .*classifier/,
  );
});
