import assert from "node:assert/strict";
import type { Plane } from "../../../../core/gpu/compute.ts";
import { joinConfidences, stretch } from "../../../../core/label/hairline/join_confidences.ts";
import { defaultHairline } from "../../../../core/label/hairline/settings.ts";
import { assertClose, opaque, seeded, sharedCompute, testImage } from "../../testing.ts";

const device = sharedCompute();

Deno.test("joinConfidences() gives in strips what it gives at once", async () => {
  const compute = await device();
  const [width, height] = [37, 61];
  const { data } = testImage(width, height, 4, "crack");
  const image = opaque(new ImageData(Uint8ClampedArray.from(data), width, height));
  const seen = new Float32Array(testImage(width, height, 1, "random").data).map((value) => value / 255);
  const located = compute.upload(testImage(width, height, 1, "slope"));
  using localisation = {
    rows: ([first, end]: readonly [number, number]): Plane => {
      const rows = compute.create({ width, height: end - first, channels: 1 });
      compute.copy(located, rows, { from: first * width, length: (end - first) * width });
      return rows;
    },
    [Symbol.dispose]: () => located.dispose(),
  };
  const join = (stripPixels: number) =>
    joinConfidences(compute, image, {
      ...{ seen, localisation, stripPixels },
      settings: {
        ...defaultHairline,
        localisation: "dense",
        fitShare: 0,
        guidedRadius: 2,
        stretchPercentile: 0,
      },
    });
  const atOnce = await join(width * height);
  for (const rows of [1, 5, 60]) assertClose(await join(rows * width), atOnce, 1e-5, `${rows} rows a strip`);
});

Deno.test("stretch() divides by the percentile and the offset, up to 1", () => {
  const random = seeded(8);
  for (const length of [1, 2, 99, 1000]) {
    const confidence = Float32Array.from({ length }, () => random() ** 3);
    const sorted = [...confidence].sort((a, b) => a - b);
    for (const stretchPercentile of [0.5, 50, 99.5, 100]) {
      const quantile = sorted[Math.max(0, Math.ceil(stretchPercentile / 100 * length) - 1)];
      const stretched = stretch(confidence, { stretchPercentile, stretchOffset: 0.15 });
      const expected = confidence.map((value) => Math.min(1, value / (quantile + 0.15)));
      assertClose(stretched, expected, 2e-4, `${length} values, ${stretchPercentile} %`);
    }
  }
  const none = new Float32Array(7);
  assert.deepEqual(stretch(none, { stretchPercentile: 99, stretchOffset: 0 }), none);
});
