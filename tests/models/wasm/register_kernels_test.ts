import assert from "node:assert/strict";
import { openBackend } from "../../../models/backend.ts";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { classifierGradients } from "../../../models/classifier/gradients.ts";
import { batchNormTrain } from "../../../models/layers/batch_norm.ts";
import { swish } from "../../../models/layers/swish.ts";
import { tf } from "../../../models/tfjs.ts";
import { openWasmBackend } from "../../../models/wasm/wasm_backend.ts";
import { relativeDifference, withBackend } from "../testing.ts";

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

Deno.test("conv2d on wasm equals the cpu backend where it is dilated", async () => {
  for (const dilation of [2, 3]) {
    for (const pad of ["same", "valid"] as const) {
      await assertEqualsCpu(`dilation ${dilation}, ${pad}`, () => [
        tf.conv2d(
          noise([1, 9, 11, 3], 1) as tf.Tensor4D,
          noise([3, 3, 3, 9], 2) as tf.Tensor4D,
          1,
          pad,
          "NHWC",
          dilation,
        ),
      ]);
    }
  }
});

Deno.test("conv2d on wasm refuses images laid out as NCHW", async () => {
  await openBackend({ backend: "wasm" });
  const x = noise([1, 2, 5, 5], 1) as tf.Tensor4D;
  const filter = noise([3, 3, 2, 2], 2) as tf.Tensor4D;
  assert.throws(() => tf.conv2d(x, filter, 1, "same", "NCHW"), RangeError);
  tf.dispose([x, filter]);
});

Deno.test("fused.conv2d on wasm equals the cpu backend for every activation, with and without bias", async () => {
  for (const activation of ["linear", "relu", "relu6", "sigmoid", "elu", "leakyrelu"] as const) {
    for (const bias of [undefined, [0.5, -3, 7, 0, 1, 2, -1, 0.1, -0.2]]) {
      await assertEqualsCpu(`${activation}, bias ${bias !== undefined}`, () => [
        tf.fused.conv2d({
          x: tf.mul(noise([1, 6, 5, 3], 1), 4) as tf.Tensor4D,
          filter: noise([3, 3, 3, 9], 2) as tf.Tensor4D,
          strides: 2,
          pad: "same",
          activation,
          leakyreluAlpha: 0.2,
          ...(bias && { bias: tf.tensor1d(bias) }),
        }),
      ]);
    }
  }
});

Deno.test("conv2dTranspose and its gradients on wasm equal the cpu backend", async () => {
  for (const [size, stride] of [[2, 2], [3, 2], [3, 1], [1, 2], [4, 3]]) {
    for (const pad of ["same", "valid"] as const) {
      const [height, width] = [4, 3].map((side) =>
        pad === "same" ? side * stride : (side - 1) * stride + size
      );
      await assertEqualsCpu(`${size} / ${stride}, ${pad}`, () =>
        valueAndGradients(
          (x, filter) =>
            tf.conv2dTranspose(
              x as tf.Tensor4D,
              filter as tf.Tensor4D,
              [2, height, width, 3],
              stride,
              pad,
            ),
          [noise([2, 4, 3, 9], 1), noise([size, size, 3, 9], 2)],
        ));
    }
  }
});

Deno.test("depthwiseConv2d's gradients on wasm equal the cpu backend over sizes, strides, paddings and channels", async () => {
  for (const size of [1, 2, 3, 5, 13]) {
    for (const stride of [1, 2, 3]) {
      for (const pad of ["same", "valid"] as const) {
        if (size > 9 && pad === "valid") continue;
        // tfjs' own forward pass gives zeros there.
        if (size === 2 && stride === 3) continue;
        for (const channels of [1, 8, 16, 19, 23]) {
          await assertEqualsCpu(JSON.stringify({ size, stride, pad, channels }), () =>
            valueAndGradients(
              (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad),
              [noise([2, 9, 11, channels], 1), noise([size, size, channels, 1], 2)],
            ));
        }
      }
    }
  }
});

Deno.test("maxPool's gradient on wasm equals the cpu backend over sizes, strides and paddings, ties included", async () => {
  for (const [size, stride] of [[2, 2], [3, 2], [3, 1], [2, 3], [7, 7]]) {
    for (const pad of ["same", "valid"] as const) {
      for (const channels of [1, 4, 7]) {
        await assertEqualsCpu(`${size} / ${stride}, ${pad}, ${channels} channels`, () => {
          // Tenths, and many zeros: windows with several maxima.
          const x = tf.relu(tf.div(tf.round(tf.mul(noise([2, 9, 7, channels], 3), 5)), 10));
          return valueAndGradients((input) => tf.maxPool(input as tf.Tensor4D, size, stride, pad), [x]);
        });
      }
    }
  }
});

Deno.test("avgPool, the mean over pixels and resizing have the gradients of the cpu backend on wasm", async () => {
  const functions: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    avgPool: (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, "same"),
    mean: (x) => tf.mean(x, [1, 2]),
    bilinear: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [13, 10]),
    aligned: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [13, 10], true),
    nearest: (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [18, 36]),
  };
  // One square image, since the cpu backend swaps the sides of the gradient of resizeBilinear() and mixes up the images
  // of a batch in that of resizeNearestNeighbor().
  for (const [name, f] of Object.entries(functions)) {
    await assertEqualsCpu(name, () => valueAndGradients(f, [noise([1, 9, 9, 5], 1)]));
  }
});

Deno.test("relu and relu6 have their gradients on wasm and, after it was opened, on the cpu backend, at the corners too", async () => {
  await openBackend({ backend: "wasm" });
  const corners = [-7, -1, -0, 0, 1e-30, 3, 6, 6.5, 9];
  for (const backend of ["wasm", "cpu"] as const) {
    const [relu, relu6] = await withBackend(backend, () => {
      const x = tf.tensor1d(corners);
      const dy = tf.range(1, 10);
      return [tf.grad((x) => tf.relu(x))(x, dy), tf.grad((x) => tf.relu6(x))(x, dy)];
    });
    assert.deepEqual([...relu], [0, 0, 0, 0, 5, 6, 7, 8, 9], backend);
    assert.deepEqual([...relu6], [0, 0, 0, 0, 5, 6, 7, 0, 0], backend);
  }
});

Deno.test("swish has the gradient of the cpu backend on wasm, saturated and at odd lengths, too", async () => {
  for (const length of [1, 4, 7, 31]) {
    await assertEqualsCpu(`${length} values`, () => {
      const x = tf.concat([tf.tensor1d([-90, -3, 0, 1e-30, 90]), tf.mul(noise([length], 1), 6)]);
      return valueAndGradients((x) => swish(x.reshape([1, 1, 1, -1]) as tf.Tensor4D), [x]);
    });
  }
});

Deno.test("matMul and its gradients on wasm equal the cpu backend over sizes, batches and transposes", async () => {
  for (const [m, k, n] of [[1, 1, 1], [4, 3, 2], [7, 300, 9], [13, 5, 16], [600, 2, 3]]) {
    for (const [transposeA, transposeB] of [[false, false], [true, false], [false, true], [true, true]]) {
      for (const batch of [[], [3]]) {
        await assertEqualsCpu(
          JSON.stringify({ m, k, n, transposeA, transposeB, batch }),
          () =>
            valueAndGradients(
              (a, b) => tf.matMul(a, b, transposeA, transposeB),
              [
                noise([...batch, ...(transposeA ? [k, m] : [m, k])], 1),
                noise([...batch, ...(transposeB ? [n, k] : [k, n])], 2),
              ],
            ),
        );
      }
    }
  }
});

Deno.test("sum on wasm equals the cpu backend over leading and other axes", async () => {
  for (const axis of [[0], [0, 1], [0, 1, 2], [1], [2], [1, 2], [3], [0, 1, 2, 3]]) {
    for (const keepDims of [false, true]) {
      for (const channels of [1, 5, 16, 19]) {
        await assertEqualsCpu(JSON.stringify({ axis, keepDims, channels }), () => [
          tf.sum(tf.add(noise([3, 5, 2, channels], 1), 1), axis, keepDims),
        ]);
      }
    }
  }
  await assertEqualsCpu("many rows", () => [tf.sum(tf.add(noise([100, 11, 3, 17], 1), 1), [0, 1, 2])]);
});

Deno.test("the gradients of a whole residual network on wasm equal the cpu backend", async () => {
  const gradients = async (backend: "wasm" | "cpu"): Promise<Float32Array[]> => {
    await openBackend({ backend });
    using classifier = createClassifier({ arch: "resnet18", width: 0.125, seed: 1 });
    const x = tf.mul(tf.add(noise([3, 48, 48, 3], 5), 1), 127) as tf.Tensor4D;
    const { gradients } = await classifierGradients(classifier, { x, crack: Uint8Array.of(0, 1, 1) });
    const values = Object.values(gradients).map((tensor) => Float32Array.from(tensor.dataSync()));
    tf.dispose([x, gradients]);
    return values;
  };
  const difference = relativeDifference(await gradients("wasm"), await gradients("cpu"));
  assert.ok(difference < 1e-4, `relative difference ${difference}`);
});

Deno.test("registerWasmKernels() leaves no memory behind after a training step", async () => {
  const { bytes, tensors } = await runSteps(2);
  const later = await runSteps(50);
  assert.deepEqual(later, { bytes, tensors });
});

/** Steps of a small network with every layer of a residual network, on wasm; then the tensors and the memory that there are. */
async function runSteps(steps: number): Promise<{ bytes: number; tensors: number }> {
  const heap = await openWasmBackend();
  for (let i = 0; i < steps; i++) {
    tf.tidy(() => {
      const [kernel, gamma] = [noise([3, 3, 3, 8], 1), noise([8], 2)];
      const network = (weights: tf.Tensor, scale: tf.Tensor): tf.Tensor => {
        const x = tf.conv2d(noise([2, 16, 16, 3], 3) as tf.Tensor4D, weights as tf.Tensor4D, 2, "same");
        const { y } = batchNormTrain(x, scale as tf.Tensor1D, tf.zeros([8]), 1e-3, { relu: true });
        return tf.mean(tf.maxPool(tf.relu(tf.add(y, x)) as tf.Tensor4D, 3, 2, "same"));
      };
      tf.valueAndGrads(network)([kernel, gamma]);
    });
  }
  return { bytes: heap.bytes, tensors: tf.memory().numTensors };
}
