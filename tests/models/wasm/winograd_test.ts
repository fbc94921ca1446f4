import assert from "node:assert/strict";
import { tf } from "../../../models/tfjs.ts";
import { openWasmBackend } from "../../../models/wasm/wasm_backend.ts";
import { fitsTiles } from "../../../models/wasm/winograd.ts";
import { convolutionGradients } from "../../oracles/convolution.ts";
import type { Batch } from "../../oracles/resnet.ts";
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
  for (const entry of [...CASES, ...LARGE_CASES]) {
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

/** Few channels, and odd sizes, so that tiles reach beyond the result. */
const LARGE_CASES: readonly Case[] = [
  [[1, 8, 8, 16], 16],
  [[2, 9, 13, 16], 20],
  [[1, 11, 8, 36], 52],
  [[1, 15, 14, 16], 28],
];

/** What a gradient of the result may be like, from values in −1..1. */
const GRADIENTS: { readonly [name: string]: (value: number, i: number) => number } = {
  random: (value) => value,
  flat: () => 1,
  saturated: (value) => 1e6 * Math.sign(value),
  "one pixel's": (value, i) => i < 4 ? value : 0,
};

function imagesOf([n, h, w, c]: readonly number[], data: ArrayLike<number>): Batch {
  return { n, h, w, c, data: Float64Array.from(data) };
}

Deno.test("gradients of 3 × 3 convolutions in tiles on wasm equal a float64 oracle, with each padding", async () => {
  for (const [[n, h, w, inputs], outputs] of [...CASES, ...LARGE_CASES]) {
    for (const pad of [0, 1, 2]) {
      // The results are as large as the case says, whatever the padding.
      const [shape, outShape] = [[n, h + 2 - 2 * pad, w + 2 - 2 * pad, inputs], [n, h, w, outputs]];
      if (Math.min(shape[1], shape[2]) < 8) continue;
      for (const [name, gradient] of Object.entries(GRADIENTS)) {
        const make = () => {
          const dy = Float32Array.from(randomTensor(outShape, { seed: 4 }).dataSync(), gradient);
          return [
            randomTensor<tf.Rank.R4>(shape as [number, number, number, number], { seed: 1 }),
            randomTensor<tf.Rank.R4>([3, 3, inputs, outputs], { seed: 2 }),
            tf.tensor(dy, outShape),
          ];
        };
        const [x, filter, dy] = await withBackend("wasm", make);
        const found = await withBackend("wasm", () => {
          const [x, filter, dy] = make();
          return tf.grads((x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, pad))(
            [x, filter],
            dy,
          );
        });
        const { dx, dw } = convolutionGradients(
          imagesOf(shape, x),
          { shape: [3, 3, inputs, outputs], data: Float64Array.from(filter) },
          imagesOf(outShape, dy),
          pad,
        );
        for (const [i, wanted] of [dx, dw].entries()) {
          assert.equal(found[i].length, wanted.length);
          const largest = wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
          for (const [j, value] of wanted.entries()) {
            assert.ok(
              Math.abs(found[i][j] - value) < 4e-6 * largest,
              `${shape}, ${outputs}, ${pad}, ${name}, ${i === 0 ? "input" : "filter"}: ${
                found[i][j]
              }, ${value}`,
            );
          }
        }
      }
    }
  }
});

Deno.test("fitsTiles() takes the convolutions of these tests and no others", async () => {
  await openWasmBackend();
  /** In small tiles, in large ones. */
  const fits = (
    shape: [number, number, number, number],
    filter: [number, number, number, number],
    stride = 1,
    dilation = 1,
  ) => {
    const info = tf.backend_util.computeConv2DInfo(shape, filter, stride, dilation, "same");
    return [fitsTiles(info, 2), fitsTiles(info, 4)];
  };
  const [both, large, neither] = [[true, true], [false, true], [false, false]];
  for (const [shape, outputs] of CASES) assert.deepEqual(fits(shape, [3, 3, shape[3], outputs]), both);
  for (const [shape, outputs] of LARGE_CASES) {
    assert.deepEqual(fits(shape, [3, 3, shape[3], outputs]), large);
  }
  assert.deepEqual(fits([1, 8, 8, 12], [3, 3, 12, 64]), neither);
  assert.deepEqual(fits([1, 8, 8, 64], [3, 3, 64, 12]), neither);
  assert.deepEqual(fits([1, 8, 8, 30], [3, 3, 30, 32]), neither);
  assert.deepEqual(fits([1, 8, 8, 32], [3, 3, 32, 30]), neither);
  assert.deepEqual(fits([1, 7, 8, 32], [3, 3, 32, 32]), neither);
  assert.deepEqual(fits([1, 8, 8, 32], [5, 5, 32, 32]), neither);
  assert.deepEqual(fits([1, 16, 16, 32], [3, 3, 32, 32], 2), neither);
  assert.deepEqual(fits([1, 16, 16, 32], [3, 3, 32, 32], 1, 2), neither);
});
