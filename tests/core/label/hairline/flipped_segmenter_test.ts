import assert from "node:assert/strict";
import type { Plane } from "../../../../core/gpu/compute.ts";
import { flippedSegmenter } from "../../../../core/label/hairline/flipped_segmenter.ts";
import { sharedCompute } from "../../testing.ts";

const device = sharedCompute();

Deno.test("flippedSegmenter() averages what a network says of mirror images", async () => {
  const compute = await device();
  const asked: [number, number][] = [];
  // Says 1 in the image's first pixel, 0 elsewhere.
  const corner = {
    name: "corner",
    pixelsAtOnce: () => Promise.resolve(100),
    picturesAtOnce: () => Promise.resolve(3),
    predict({ width, height }: Plane) {
      asked.push([width, height]);
      const data = new Float32Array(width * height);
      data[0] = 1;
      return Promise.resolve(compute.upload({ width, height, channels: 1, data }));
    },
  };
  using image = compute.create({ width: 3, height: 2, channels: 3 });
  for (
    const [flips, expected, at] of [
      ["none", [1, 0, 0, 0, 0, 0], 3],
      ["horizontal", [0.5, 0, 0.5, 0, 0, 0], 2],
      ["both", [0.25, 0, 0.25, 0.25, 0, 0.25], 1],
    ] as const
  ) {
    const segmenter = flippedSegmenter(corner, flips);
    using map = await segmenter.predict(image);
    assert.deepEqual([...await map.read()], expected, flips);
    assert.deepEqual([segmenter.name, await segmenter.pixelsAtOnce(compute)], ["corner", 100]);
    assert.equal(await segmenter.picturesAtOnce!(compute, 6), at);
  }
  assert.equal(asked.length, 1 + 2 + 4);
});
