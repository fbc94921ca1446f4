import assert from "node:assert/strict";
import { uniformValues } from "../../../models/layers/parameters.ts";
import { assertClose } from "../../core/testing.ts";

Deno.test("uniformValues() repeats known values, apart by stream and seed", () => {
  const options = { bound: 1, seed: 0, stream: "conv1_conv/kernel" };
  const values = [...uniformValues(4, options)];
  assert.deepEqual(
    values,
    [-0.9521484673023224, 0.46816580509766936, 0.17273603146895766, 0.7701299833133817].map(Math.fround),
  );
  assert.notDeepEqual([...uniformValues(4, { ...options, seed: 1 })], values);
  assert.notDeepEqual([...uniformValues(4, { ...options, stream: "conv1_conv/bias" })], values);
});

Deno.test("uniformValues() fills its range uniformly", () => {
  const bound = 0.25, length = 100_000;
  const values = uniformValues(length, { bound, seed: -5, stream: "any" });
  const mean = values.reduce((sum, v) => sum + v) / length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / length;
  assertClose([mean], [0], 0.002, "mean");
  assertClose([variance], [bound ** 2 / 3], 0.0003, "variance");
  assert.ok(values.every((v) => v >= -bound && v <= bound));
});
