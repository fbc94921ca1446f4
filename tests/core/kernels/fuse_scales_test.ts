import assert from "node:assert/strict";
import type { Compute, PlaneSource } from "../../../core/gpu/compute.ts";
import { confidenceSums } from "../../../core/kernels/confidence_sums.ts";
import { fuseScales, levelWeights } from "../../../core/kernels/fuse_scales.ts";
import { confidenceSumsOracle, fuseScalesOracle } from "../../oracles/fuse_scales.ts";
import { assertClose, type Content, CONTENTS, sharedCompute, SIZES, testImage } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 16384 });

function confidence(width: number, height: number, content: Content, seed = 1): PlaneSource {
  const { data } = testImage(width, height, 1, content, seed);
  return { width, height, channels: 1, data: Float32Array.from(data, (value) => value / 255) };
}

async function sumsOf(compute: Compute, map: PlaneSource): Promise<Float32Array> {
  using plane = compute.upload(map);
  using sums = confidenceSums(plane);
  assert.deepEqual([sums.width, sums.height, sums.channels], [1, 1, 2]);
  return await sums.read();
}

Deno.test("confidenceSums() equals the oracle at any size and content", async () => {
  for (const compute of [await whole(), await banded()]) {
    for (const [width, height] of [...SIZES, [900, 2], [300, 500]]) {
      for (const content of CONTENTS) {
        const map = confidence(width, height, content);
        const expected = confidenceSumsOracle(map.data);
        assertClose(
          await sumsOf(compute, map),
          expected,
          1e-6 * width * height,
          `${width} × ${height} ${content}`,
        );
      }
    }
  }
});

Deno.test("confidenceSums() loses nothing over many pixels", async () => {
  const [width, height] = [2000, 3000];
  const data = new Float32Array(width * height).fill(0.1);
  const [sum, sumOfSquares] = await sumsOf(await whole(), { width, height, channels: 1, data });
  assert.ok(Math.abs(sum / 600_000 - 1) < 1e-6, `${sum}`);
  assert.ok(Math.abs(sumOfSquares / 60_000 - 1) < 1e-6, `${sumOfSquares}`);
});

Deno.test("fuseScales() and levelWeights() equal the oracle, of one level to four", async () => {
  for (const compute of [await whole(), await banded()]) {
    for (const [width, height] of SIZES) {
      for (
        const contents of [["crack"], ["crack", "random"], ["black", "crack", "white"], [
          "black",
          "black",
        ]] as const
      ) {
        const maps = [...contents, "slope" as const].map((content, i) =>
          confidence(width, height, content, i + 1)
        );
        const planes = maps.map((map) => compute.upload(map));
        const pairs = (await Promise.all(maps.map((map) => sumsOf(compute, map)))).flatMap((
          pair,
        ) => [...pair]);
        using sums = compute.upload({
          width: 1,
          height: maps.length,
          channels: 2,
          data: new Float32Array(pairs),
        });
        for (const selectivity of [0, 2, 0.7, 16]) {
          using fused = fuseScales(planes, { sums, selectivity });
          const expected = fuseScalesOracle(maps.map(({ data }) => data), selectivity);
          const message = `${width} × ${height} ${contents} by the power ${selectivity}`;
          assertClose(await fused.read(), expected.fused, 1e-5, message);
          assertClose(levelWeights(pairs, selectivity), expected.weights, 1e-5, message);
        }
        for (const plane of planes) plane.dispose();
      }
    }
  }
});

Deno.test("fuseScales() weights levels alike that claim nothing", async () => {
  const compute = await whole();
  assert.deepEqual(levelWeights([0, 0, 0, 0], 16), [0.5, 0.5]);
  using a = compute.upload({ width: 2, height: 1, channels: 1, data: new Float32Array([0.25, 1]) });
  using b = compute.upload({ width: 2, height: 1, channels: 1, data: new Float32Array([0.75, 0]) });
  using none = compute.create({ width: 1, height: 2, channels: 2 }, { zero: true });
  using fused = fuseScales([a, b], { sums: none, selectivity: 16 });
  assert.deepEqual([...await fused.read()], [0.5, 0.5]);
});

Deno.test("fuseScales() takes a power of the ratio of levels that underflows of each by itself", async () => {
  const compute = await whole();
  const data = new Float32Array([0.02, 0.02, 0.01, 0.01]);
  using a = compute.upload({ width: 2, height: 1, channels: 1, data: data.subarray(0, 2) });
  using b = compute.upload({ width: 2, height: 1, channels: 1, data: data.subarray(2) });
  // Decidedness 0.02 and 0.01.
  const pairs = [0.04, 0.0008, 0.02, 0.0002];
  using sums = compute.upload({ width: 1, height: 2, channels: 2, data: new Float32Array(pairs) });
  using fused = fuseScales([a, b], { sums, selectivity: 40 });
  assertClose(await fused.read(), [0.02, 0.02], 1e-6, "the more decided");
  assertClose(levelWeights(pairs, 40), [1, 0], 1e-9, "weights");
});

Deno.test("fuseScales() refuses shapes that differ and sums of another number", async () => {
  const compute = await whole();
  using a = compute.create({ width: 2, height: 1, channels: 1 });
  using b = compute.create({ width: 1, height: 2, channels: 1 });
  using sums = compute.create({ width: 1, height: 2, channels: 2 });
  assert.throws(() => fuseScales([a, b], { sums, selectivity: 1 }), RangeError);
  assert.throws(() => fuseScales([a], { sums, selectivity: 1 }), RangeError);
});
