import { BATCH_NORM_TRAIN, type BatchNormTrainAttributes } from "../layers/batch_norm.ts";
import { tf } from "../tfjs.ts";
import type { WasmHeap } from "./heap.ts";

const BATCH_NORM_TRAIN_GRAD = "BatchNormTrainGrad";
const FLOAT = 4;

type Tensors = Record<string, tf.TensorInfo>;

/** Registers `BatchNormTrain`, its gradient and the gradient's kernel: each a few passes over the batch, with no temporaries. */
export function registerBatchNorm(heap: WasmHeap): void {
  tf.registerKernel({
    kernelName: BATCH_NORM_TRAIN,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) =>
      forward(heap, inputs as Tensors, attrs as unknown as BatchNormTrainAttributes),
  });
  tf.registerKernel({
    kernelName: BATCH_NORM_TRAIN_GRAD,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) =>
      backward(heap, inputs as Tensors, attrs as unknown as BatchNormTrainAttributes),
  });
  tf.registerGradient({
    kernelName: BATCH_NORM_TRAIN,
    inputsToSave: ["x", "gamma", "beta"],
    outputsToSave: [false, true, true],
    gradFunc: (dy, [x, gamma, beta, mean, variance], attributes) => {
      const [dx, dgamma, dbeta] = tf.engine().runKernel(
        BATCH_NORM_TRAIN_GRAD,
        { dy: Array.isArray(dy) ? dy[0] : dy, x, gamma, beta, mean, variance },
        attributes,
      ) as unknown as tf.Tensor[];
      return { x: () => dx, gamma: () => dgamma, beta: () => dbeta };
    },
  });
}

function forward(
  heap: WasmHeap,
  { x, gamma, beta }: Tensors,
  { epsilon, relu }: BatchNormTrainAttributes,
): tf.TensorInfo[] {
  const { rows, channels } = matrixOf(x);
  const [y, mean, variance] = [x.shape, [channels], [channels]].map((shape) => heap.output(shape));
  using memory = heap.borrow(channels * FLOAT);
  const [scale] = memory.addresses;
  heap.kernels.sumRows(heap.address(x), rows, channels, heap.address(mean));
  divide(heap.floats(heap.address(mean), channels), rows);
  heap.kernels.sumSquares(heap.address(x), rows, channels, heap.address(mean), heap.address(variance));
  divide(heap.floats(heap.address(variance), channels), rows);
  const [scales, variances, gammas] = [scale, heap.address(variance), heap.address(gamma)]
    .map((address) => heap.floats(address, channels));
  for (let c = 0; c < channels; c++) scales[c] = scaleOf(gammas[c], variances[c], epsilon);
  heap.kernels.normalizeRows(
    heap.address(x),
    rows,
    channels,
    heap.address(mean),
    scale,
    heap.address(beta),
    relu ? 0 : -Infinity,
    heap.address(y),
  );
  return [y, mean, variance];
}

/**
 * dx = a · dy + b · (x - mean) + k; the coefficients of a channel follow from the formula of {@linkcode batchNormTrain}. What a ReLU passed on is found
 * from x again: these passes wait for the memory, and y would be one more to read.
 */
function backward(
  heap: WasmHeap,
  { dy, x, gamma, beta, mean, variance }: Tensors,
  { epsilon, relu }: BatchNormTrainAttributes,
): tf.TensorInfo[] {
  const { rows, channels } = matrixOf(x);
  const [dx, dgamma, dbeta] = [x.shape, [channels], [channels]].map((shape) => heap.output(shape));
  using memory = heap.borrow(...Array<number>(4).fill(channels * FLOAT));
  const [scale, a, b, k] = memory.addresses;
  const view = (address: number) => heap.floats(address, channels);
  const [scales, as, bs, ks] = [scale, a, b, k].map(view);
  const [gammas, variances, dgammas, dbetas] = [gamma, variance, dgamma, dbeta]
    .map((tensor) => view(heap.address(tensor)));
  for (let c = 0; c < channels; c++) scales[c] = scaleOf(gammas[c], variances[c], epsilon);
  const shift = relu ? heap.address(beta) : 0;
  heap.kernels.sumGradients(
    heap.address(dy),
    heap.address(x),
    rows,
    channels,
    heap.address(mean),
    scale,
    shift,
    heap.address(dbeta),
    heap.address(dgamma),
  );
  for (let c = 0; c < channels; c++) {
    const inverse = 1 / Math.sqrt(variances[c] + epsilon);
    dgammas[c] *= inverse;
    as[c] = gammas[c] * inverse;
    bs[c] = -as[c] * inverse * dgammas[c] / rows;
    ks[c] = -as[c] * dbetas[c] / rows;
  }
  heap.kernels.normalizeGradients(
    heap.address(dy),
    heap.address(x),
    rows,
    channels,
    heap.address(mean),
    scale,
    shift,
    a,
    b,
    k,
    heap.address(dx),
  );
  return [dx, dgamma, dbeta];
}

/** What a centred value is multiplied by: for the gradient to find again what a ReLU passed on, to the bit. */
function scaleOf(gamma: number, variance: number, epsilon: number): number {
  return gamma / Math.sqrt(variance + epsilon);
}

/** A batch as a matrix of pixels × channels. */
function matrixOf({ shape }: tf.TensorInfo): { rows: number; channels: number } {
  const channels = shape[shape.length - 1];
  return { rows: shape.slice(0, -1).reduce((product, size) => product * size, 1), channels };
}

function divide(values: Float32Array, divisor: number): void {
  for (let i = 0; i < values.length; i++) values[i] /= divisor;
}
