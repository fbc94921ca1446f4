import assert from "node:assert/strict";
import { detailHistogram, detailQuantile } from "../../../core/kernels/detail_histogram.ts";
import { detailQuantileOracle } from "../../oracles/detail_histogram.ts";
import { CONTENTS, sharedCompute, SIZES, testImage } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 8192 });

Deno.test("detailQuantile() equals the oracle at any size, content and share", async () => {
  for (const compute of [await whole(), await banded()]) {
    for (const [width, height] of SIZES) {
      for (const content of CONTENTS) {
        const [a, b] = [testImage(width, height, 1, content), testImage(width, height, 1, "random", 5)];
        using fine = compute.upload(a);
        using coarse = compute.upload(b);
        using counts = detailHistogram(fine, coarse);
        const values = await counts.read();
        for (const share of [0.01, 0.5, 0.995, 1]) {
          assert.equal(
            detailQuantile([values], share),
            detailQuantileOracle(a.data, b.data, share),
            `${width} × ${height} ${content} at ${share}`,
          );
        }
      }
    }
  }
});

Deno.test("detailQuantile() takes several histograms for one image, and 0 for images that agree", async () => {
  const compute = await whole();
  const [a, b] = [testImage(33, 40, 1, "random"), testImage(33, 40, 1, "crack")];
  using fine = compute.upload(a);
  using coarse = compute.upload(b);
  using all = detailHistogram(fine, coarse);
  const parts: Float32Array<ArrayBuffer>[] = [];
  for (const [first, end] of [[0, 7], [7, 40]]) {
    const part = ({ data }: { data: Float32Array | Uint8Array | Uint8ClampedArray }) =>
      compute.upload({
        width: 33,
        height: end - first,
        channels: 1,
        data: data.subarray(33 * first, 33 * end),
      });
    using fine = part(a);
    using coarse = part(b);
    using counts = detailHistogram(fine, coarse);
    parts.push(await counts.read());
  }
  assert.equal(detailQuantile(parts, 0.9), detailQuantile([await all.read()], 0.9));
  using same = detailHistogram(fine, fine);
  assert.equal(detailQuantile([await same.read()], 1), 0);
});
