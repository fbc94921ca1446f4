import assert from "node:assert/strict";
import { activationMap, channelSum } from "../../../core/kernels/activation_map.ts";
import { maximum } from "../../../core/kernels/maximum.ts";
import { normalise } from "../../../core/kernels/pointwise.ts";
import { activationMapOracle, channelSumOracle } from "../../oracles/activation_map.ts";
import { assertClose, seeded, sharedCompute, testImage } from "../testing.ts";

const whole = sharedCompute();
const banded = sharedCompute({ maxBindingBytes: 20_000 });
const SHAPES = [[1, 1, 1], [1, 7, 5], [7, 1, 64], [3, 5, 65], [5, 3, 512], [2, 2, 2048], [
  23,
  12,
  100,
]] as const;

Deno.test("activationMap() and channelSum() equal the oracle at any size and number of channels, in bands too", async () => {
  const random = seeded(4);
  for (const compute of [await whole(), await banded()]) {
    for (const [width, height, channels] of SHAPES) {
      for (const content of ["black", "random", "saturated"] as const) {
        const source = testImage(width, height, channels, content);
        const features = { ...source, data: Float32Array.from(source.data, (value) => value / 64) };
        const weights = Float32Array.from({ length: channels }, () => random() - 0.5);
        using plane = compute.upload(features);
        using map = activationMap(plane, weights);
        assert.deepEqual([map.width, map.height, map.channels], [width, height, 1]);
        const message = `${width} × ${height} × ${channels} ${content}`;
        assertClose(await map.read(), activationMapOracle(features, weights), 2e-4, message);
        using sum = channelSum(plane, weights);
        assertClose(await sum.read(), channelSumOracle(features, weights), 2e-4, `sum, ${message}`);
      }
    }
  }
});

Deno.test("activationMap() removes the negative part, which channelSum() keeps", async () => {
  const compute = await whole();
  using features = compute.upload({ width: 2, height: 1, channels: 2, data: new Float32Array([3, 1, 1, 3]) });
  using map = activationMap(features, new Float32Array([1, -1]));
  assert.deepEqual([...await map.read()], [2, 0]);
  using sum = channelSum(features, new Float32Array([1, -1]));
  assert.deepEqual([...await sum.read()], [2, -2]);
});

Deno.test("activationMap() refuses another number of weights than channels", async () => {
  const compute = await whole();
  using features = compute.upload({ width: 1, height: 1, channels: 2, data: new Float32Array(2) });
  for (const map of [activationMap, channelSum]) {
    assert.throws(() => map(features, new Float32Array(3)), RangeError);
  }
});

Deno.test("maximum() finds the largest value wherever it lies, in bands too", async () => {
  const random = seeded(6);
  const shapes = [[1, 1, 1], [1, 1024, 1], [1, 1025, 1], [7, 1, 3], [33, 17, 1], [101, 67, 2], [
    1,
    5000,
    1,
  ]] as const;
  for (const compute of [await whole(), await banded()]) {
    for (const [width, height, channels] of shapes) {
      const data = Float32Array.from({ length: width * height * channels }, () => -1 - random());
      for (const at of [0, data.length - 1, Math.floor(random() * data.length)]) {
        for (const value of [-0.5, 0, 7e30]) {
          const values = data.slice();
          values[at] = value;
          using plane = compute.upload({ width, height, channels, data: values });
          using max = maximum(plane);
          assert.deepEqual([max.width, max.height, max.channels], [1, 1, 1]);
          assert.deepEqual(
            [...await max.read()],
            [Math.fround(value)],
            `${width} × ${height} × ${channels} at ${at}`,
          );
        }
      }
    }
  }
});

Deno.test("normalise() divides the positive part by the maximum, and gives 0 where there is none", async () => {
  const compute = await whole();
  for (
    const [values, expected] of [[[-1, 0, 2, 4], [0, 0, 0.5, 1]], [[-3, -1, -2, -1], [0, 0, 0, 0]], [[
      0,
      0,
      0,
      0,
    ], [
      0,
      0,
      0,
      0,
    ]]]
  ) {
    using plane = compute.upload({ width: 2, height: 2, channels: 1, data: new Float32Array(values) });
    using max = maximum(plane);
    using map = normalise(plane, max);
    assert.deepEqual([...await map.read()], expected);
  }
  using plane = compute.upload({ width: 2, height: 2, channels: 1, data: new Float32Array(4) });
  assert.throws(() => normalise(plane, plane), RangeError);
});
