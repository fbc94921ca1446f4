import assert from "node:assert/strict";
import {
  darkenedConfidence,
  inoueLabeller,
  type InoueOptions,
  normalisedDarkness,
} from "../../../../core/label/weak/inoue.ts";
import { predictImage } from "../../../../core/predict/predict_image.ts";
import { FakeSegmenter } from "../../predict/fake_segmenter.ts";
import { CONTENTS, sharedCompute, SIZES, testPhoto } from "../../testing.ts";

const shared = sharedCompute();

Deno.test("darkenedConfidence() is what the authors' code writes, cut to whole levels", () => {
  const network = [255, 128, 255, 51].map((level) => level / 255);
  const confidence = darkenedConfidence(network, normalisedDarkness([50, 100, 150, 200]));
  assert.deepEqual(confidence, Float32Array.of(255, 85, 84, 0).map((level) => level / 255));
});

Deno.test("normalisedDarkness() is 1 for the darkest and 0 for the brightest, and 0 where all is alike", () => {
  assert.deepEqual([...normalisedDarkness([200.4, 99.6, 100])], [0, 1, 1]);
  assert.ok(Math.abs(normalisedDarkness([200, 150, 100])[1] - 0.5) < 1e-12);
  assert.deepEqual([...normalisedDarkness([7, 7])], [0, 0]);
  assert.deepEqual([...normalisedDarkness([255])], [0]);
});

Deno.test("inoueLabeller() multiplies what the network says by how dark the photo is, for any photo", async () => {
  const compute = await shared();
  const segmenter = new FakeSegmenter();
  const labeller = inoueLabeller(compute, { segmenter, settings: { threshold: 0.25 } });
  let found = 0;
  for (const [width, height] of SIZES) {
    for (const content of CONTENTS) {
      const image = testPhoto(width, height, content);
      for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255;
      const { confidence, mask, stages } = await labeller.label(image, { stages: true });
      const { confidence: network } = await predictImage(compute, image, { segmenter });
      // ITU-R 601, as 8 bits hold it; the file's own levels are close to no half.
      const grey = Array.from({ length: width * height }, (_, i) => {
        const [red, green, blue] = image.data.subarray(4 * i);
        return Math.round(Math.fround(0.299 * red + 0.587 * green + 0.114 * blue));
      });
      const [least, greatest] = [Math.min(...grey), Math.max(...grey)];
      for (const [i, value] of confidence.entries()) {
        const darkness = greatest > least ? (greatest - grey[i]) / (greatest - least) : 0;
        const exact = Math.round(255 * network[i]) * darkness;
        const name = `${width} × ${height}, ${content}, pixel ${i}`;
        // A grey value next to a half may be rounded either way, the product may be cut to the number below.
        assert.ok(255 * value <= exact + 255 / Math.max(1, greatest - least) + 1e-6, name);
        assert.ok(255 * value > exact - 1 - 255 / Math.max(1, greatest - least) - 1e-6, name);
        assert.equal(mask[i], Number(value > 0.25), name);
      }
      found += mask.reduce((sum, value) => sum + value, 0);
      assert.deepEqual(stages.map(({ key }) => key), ["network", "darkness", "confidence"]);
      assert.deepEqual(stages[0].data, network);
    }
  }
  assert.ok(found > 0);
});

Deno.test("inoueLabeller() refuses thresholds out of range and a missing network", async () => {
  const compute = await shared();
  const segmenter = new FakeSegmenter();
  for (const threshold of [-0.1, 1.1, NaN]) {
    assert.throws(() => inoueLabeller(compute, { segmenter, settings: { threshold } }), {
      name: "RangeError",
      message:
        `Cannot label by a network times darkness above a threshold of ${threshold}: a number from 0 to 1 is wanted.`,
    });
  }
  assert.throws(
    () => inoueLabeller(compute, {} as InoueOptions),
    /^TypeError: Cannot label by a network times darkness: .*segmenter/,
  );
});
