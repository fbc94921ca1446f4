import assert from "node:assert/strict";
import { tf } from "../../models/tfjs.ts";
import { relativeDifference, withBackend } from "./with_backend.ts";

type Shape4D = [number, number, number, number];
type Padding = "same" | "valid" | number | tf.backend_util.ExplicitPadding;

/** Values of a fixed, irregular sequence in -1..1. */
function noise(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, "float32", seed);
}

/** The value of a function and its gradients under a fixed weighting of its outputs. */
function valueAndGradients(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]): tf.Tensor[] {
  const { value, grads } = tf.valueAndGrads(f)(inputs, noise(f(...inputs).shape, 99));
  return [value, ...grads];
}

async function assertEqualsCpu(name: string, compute: () => tf.Tensor[]): Promise<void> {
  const difference = relativeDifference(
    await withBackend("wasm", compute),
    await withBackend("cpu", compute),
  );
  assert.ok(difference < 1e-5, `${name}: relative difference ${difference}`);
}

interface Convolution {
  x: Shape4D;
  size: [number, number];
  out: number;
  strides: [number, number];
  pad: Padding;
}

function convolutions(): Convolution[] {
  const cases: Convolution[] = [];
  const explicit: Padding = [[0, 0], [2, 1], [0, 3], [0, 0]];
  const sizes: [number, number][] = [[1, 1], [2, 2], [3, 3], [7, 7], [1, 3]];
  const shapes: [number, number][] = [[1, 1], [7, 9], [8, 8], [10, 5]];
  let turn = 0;
  for (const size of sizes) {
    for (const strides of [[1, 1], [2, 2], [2, 1], [3, 3]] as [number, number][]) {
      for (const pad of ["same", "valid", explicit] as Padding[]) {
        for (const [height, width] of shapes) {
          const extra = pad === explicit ? 3 : 0;
          if (pad !== "same" && (height + extra < size[0] || width + extra < size[1])) continue;
          // Channels take turns: every pair meets many geometries, and the test stays quick.
          const channels = [1, 3, 5, 8][turn % 4];
          const out = [1, 3, 8, 17, 5][turn++ % 5];
          cases.push({ x: [2, height, width, channels], size, out, strides, pad });
        }
      }
    }
  }
  return cases;
}

Deno.test("conv2d and its gradients on wasm equal the cpu backend over sizes, strides, paddings and channels", async () => {
  for (const { x, size, out, strides, pad } of convolutions()) {
    await assertEqualsCpu(JSON.stringify({ x, size, out, strides, pad }), () => {
      const filter = noise([...size, x[3], out], 2);
      return valueAndGradients(
        (input, weights) => tf.conv2d(input as tf.Tensor4D, weights as tf.Tensor4D, strides, pad),
        [noise(x, 1), filter],
      );
    });
  }
});
