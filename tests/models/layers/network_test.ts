import assert from "node:assert/strict";
import type { Forward } from "../../../models/layers/layer_graph.ts";
import { defineNetwork, type NetworkDefinition } from "../../../models/layers/network.ts";
import { addition } from "../../../models/layers/operations.ts";
import { countParameters } from "../../../models/layers/parameters.ts";
import { tf } from "../../../models/tfjs.ts";
import { disposeParameters, randomTensor, scrambledParameters, use, valuesOf } from "../testing.ts";

/** Two convolutions of half the size, one after the other, the second a sum of two; then one output that is wanted and one that is not. */
const forward: Forward = (x, graph) => {
  const features = graph.chain(x, [
    (x) => graph.layer(x, { name: "first", stride: 2, outputs: 4, activation: "relu" }),
    (x) =>
      graph.scope(() => {
        const wide = graph.layer(x, {
          name: "wide",
          outputs: 10,
          batchNorm: { name: "norm", epsilon: 1e-3 },
        });
        const left = graph.layer(wide, { name: "left", side: 1, outputs: 5 });
        return graph.operation(addition("sum"), left, graph.layer(x, { name: "right", outputs: 5 }));
      }),
  ]);
  const prediction = graph.layer(features, { name: "prediction", outputs: 1, bias: true });
  return graph.auxiliary
    ? [prediction, graph.layer(features, { name: "auxiliary", outputs: 2 })]
    : [prediction];
};

const DEFINITION: NetworkDefinition<"probe"> = {
  arch: "probe",
  width: 1,
  multiple: 2,
  outputs: ["prediction", "auxiliary"],
  input: { enlarge: 2, offset: 1, divisor: 2 },
  forward,
};

Deno.test("defineNetwork() reads parameters, summary and outputs from one text", async () => {
  await use("cpu");
  const before = tf.memory().numTensors;
  const network = defineNetwork(DEFINITION);
  const norm = ["gamma", "beta", "moving_mean", "moving_variance"].map((of) => `norm/${of}`);
  const kernels = ["left/kernel", "right/kernel", "prediction/kernel", "prediction/bias", "auxiliary/kernel"];
  assert.deepEqual([...network.specs.keys()], ["first/kernel", "wide/kernel", ...norm, ...kernels]);
  const lines = network.summary({ height: 4, width: 6 });
  assert.deepEqual(lines.map(({ name }) => name), [
    ...["first", "wide", "left", "right", "sum", "prediction", "auxiliary"],
  ]);
  assert.equal(lines.reduce((sum, { parameters }) => sum + parameters, 0), countParameters(network.specs));
  assert.deepEqual(lines.at(-1)!.output, [4, 6, 2]);
  const parameters = scrambledParameters(network.specs);
  const x = randomTensor<tf.Rank.R4>([2, 4, 6, 3]);
  const both = network.run(x, { parameters, training: false });
  assert.deepEqual(both.map(({ shape }) => shape), [[2, 4, 6, 1], [2, 4, 6, 2]]);
  const [one, ...rest] = network.run(x, { parameters, training: false, auxiliary: false });
  assert.equal(rest.length, 0);
  const [all, alone] = await valuesOf([both[0], one]);
  assert.deepEqual(alone, all);
  assert.ok(!x.isDisposed, "the image stays the caller's");
  tf.dispose([x, both[1]]);
  disposeParameters(parameters);
  assert.equal(tf.memory().numTensors, before, "everything is freed");
});

Deno.test("footprint() counts what scopes and chains hold at a time", () => {
  const { peak, largest } = defineNetwork(DEFINITION).footprint({ height: 10, width: 10 });
  // The first layer holds the scaled image, twice as large, and its output; the second that output, 10 channels, 5, 5 and their sum.
  assert.equal(peak, Math.max(3 * 400 + 4 * 100, (4 + 10 + 5 + 5 + 5) * 100));
  assert.equal(largest, 3 * 400);
});

Deno.test("defineNetwork() refuses widths outside (0, 1], and its network images that are no multiples", async () => {
  await use("cpu");
  for (const width of [0, -1, 1.01, NaN]) {
    assert.throws(() => defineNetwork({ ...DEFINITION, width }), {
      name: "RangeError",
      message: `Cannot lay out probe of width ${width}: the width must be above 0 and at most 1.`,
    });
  }
  const x = tf.zeros<tf.Rank.R4>([1, 4, 3, 3]);
  assert.throws(() => defineNetwork(DEFINITION).run(x, { parameters: new Map(), training: false }), {
    name: "RangeError",
    message: "Cannot run probe on pictures of 3 × 4: both sides must be multiples of 2.",
  });
  x.dispose();
});
