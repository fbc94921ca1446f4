import assert from "node:assert/strict";
import { tf } from "../../../models/tfjs.ts";
import { openWasmBackend } from "../../../models/wasm/wasm_backend.ts";
import { fitsTiles } from "../../../models/wasm/winograd.ts";
import { randomTensor, withBackend } from "../testing.ts";

/** N × H × W × inputs, outputs. */
type Case = readonly [shape: [number, number, number, number], outputs: number];

const CASES: readonly Case[] = [
  [[1, 8, 8, 16], 32],
  [[2, 8, 10, 32], 16],
  [[1, 12, 18, 20], 28],
  [[3, 10, 8, 28], 20],
  // More than a block of tiles.
  [[1, 30, 34, 64], 64],
];

const PADDINGS = ["same", "valid", 2] as const;

function convolution([shape, outputs]: Case, pad: "same" | "valid" | number): tf.Tensor[] {
  // The images of "valid" lose a pixel on each side.
  const [n, h, w, inputs] = pad === "valid" ? [shape[0], shape[1] + 2, shape[2] + 2, shape[3]] : shape;
  const x = randomTensor<tf.Rank.R4>([n, h, w, inputs], { seed: 1 });
  const filter = randomTensor<tf.Rank.R4>([3, 3, inputs, outputs], { seed: 2 });
  const bias = randomTensor<tf.Rank.R1>([outputs], { seed: 3 });
  const options = { x, filter, strides: 1, pad };
  return [
    tf.conv2d(x, filter, 1, pad),
    tf.fused.conv2d({ ...options, bias }),
    tf.fused.conv2d({ ...options, bias, activation: "relu" }),
    tf.fused.conv2d({ ...options, activation: "relu6" }),
  ];
}

Deno.test("3 × 3 convolutions in tiles on wasm equal the cpu backend, with each padding, bias and activation", async () => {
  for (const entry of CASES) {
    for (const pad of PADDINGS) {
      const [found, wanted] = [
        await withBackend("wasm", () => convolution(entry, pad)),
        await withBackend("cpu", () => convolution(entry, pad)),
      ];
      for (const [i, values] of found.entries()) {
        assert.equal(values.length, wanted[i].length);
        const largest = Math.max(...wanted[i].map(Math.abs));
        for (const [j, value] of values.entries()) {
          assert.ok(
            Math.abs(value - wanted[i][j]) < 4e-6 * largest,
            `${entry}, ${pad}: ${value}, ${wanted[i][j]}`,
          );
        }
      }
    }
  }
});

Deno.test("3 × 3 convolutions in tiles on wasm give an image the same whatever else is in its batch", async () => {
  const [together, alone] = await withBackend("wasm", () => {
    const x = randomTensor<tf.Rank.R4>([5, 12, 10, 24], { seed: 1 });
    const filter = randomTensor<tf.Rank.R4>([3, 3, 24, 24], { seed: 2 });
    return [
      tf.conv2d(x, filter, 1, "same").slice([3, 0, 0, 0], [1, -1, -1, -1]),
      tf.conv2d(x.slice([3, 0, 0, 0], [1, -1, -1, -1]) as tf.Tensor4D, filter, 1, "same"),
    ];
  });
  assert.deepEqual(together, alone);
});

Deno.test("fitsTiles() takes the convolutions of these tests and no others", async () => {
  await openWasmBackend();
  const fits = (
    shape: [number, number, number, number],
    filter: [number, number, number, number],
    stride = 1,
  ) => fitsTiles(tf.backend_util.computeConv2DInfo(shape, filter, stride, 1, "same"));
  for (const [shape, outputs] of CASES) assert.ok(fits(shape, [3, 3, shape[3], outputs]));
  assert.ok(!fits([1, 8, 8, 16], [3, 3, 16, 16]));
  assert.ok(!fits([1, 8, 8, 12], [3, 3, 12, 64]));
  assert.ok(!fits([1, 8, 8, 30], [3, 3, 30, 32]));
  assert.ok(!fits([1, 9, 8, 32], [3, 3, 32, 32]));
  assert.ok(!fits([1, 6, 8, 32], [3, 3, 32, 32]));
  assert.ok(!fits([1, 8, 8, 32], [5, 5, 32, 32]));
  assert.ok(!fits([1, 16, 16, 32], [3, 3, 32, 32], 2));
});
