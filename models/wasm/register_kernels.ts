import { SWISH_GRADIENT } from "../layers/swish.ts";
import { tf } from "../tfjs.ts";
import { MOMENTUM_STEP, type MomentumStepAttributes } from "../training/momentum.ts";
import { registerBatchNorm } from "./batch_norm.ts";
import { registerConvolutions } from "./convolution.ts";
import { registerConcat, registerIdentity, registerSlice, registerSplit } from "./copy.ts";
import { registerDepthwise } from "./depthwise.ts";
import type { WasmHeap } from "./heap.ts";
import { registerMaxPool } from "./pool.ts";
import { registerProducts } from "./product.ts";
import { registerReluGradient } from "./relu_gradient.ts";
import { type KernelArguments, type KernelAttributes, replaceKernel } from "./replace_kernel.ts";

/**
 * Gives tfjs' WASM backend the kernels that training lacks there (the gradient of a convolution's filter) or that are slow
 * (convolutions, their input's gradient, products with a transposed matrix, pooling's gradient, sums over pixels), all on
 * Hairline's own kernels. To be called once, after the backend is ready.
 */
export function registerWasmKernels(heap: WasmHeap): void {
  registerConvolutions(heap);
  registerDepthwise(heap);
  registerMaxPool(heap);
  registerProducts(heap);
  registerSum(heap);
  registerSlice(heap);
  registerSplit(heap);
  registerConcat(heap);
  registerIdentity(heap);
  registerReluGradient(heap);
  registerSwishGradient(heap);
  registerBatchNorm(heap);
  registerMomentum(heap);
}

/** Sums over pixels. */
function registerSum(heap: WasmHeap): void {
  replaceKernel("Sum", (args, original) => sumOfRows(heap, args) ?? original(args));
}

/** The sum over all axes but the last; `undefined` for other axes, which tfjs' own kernel has to sum. */
function sumOfRows(heap: WasmHeap, { inputs, attrs }: KernelArguments): tf.TensorInfo | undefined {
  const x = inputs.x!;
  const { axis, keepDims } = attrs as unknown as KernelAttributes;
  const last = x.shape.length - 1;
  const axes = tf.util.parseAxisParam(axis, x.shape);
  if (x.dtype !== "float32" || last < 1 || axes.length !== last || axes.includes(last)) return undefined;
  const channels = x.shape[last];
  const rows = x.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  if (rows === 0 || channels === 0) return undefined;
  const sum = heap.output(keepDims ? [...axes.map(() => 1), channels] : [channels]);
  heap.kernels.sumRows(heap.address(x), rows, channels, heap.address(sum));
  return sum;
}

/** The gradient of swish in one pass, where its operations take five. */
function registerSwishGradient(heap: WasmHeap): void {
  tf.registerKernel({
    kernelName: SWISH_GRADIENT,
    backendName: "wasm",
    kernelFunc: ({ inputs }) => {
      const [dy, x, share] = [inputs.dy!, inputs.x!, inputs.share!];
      const dx = heap.output(x.shape);
      const [ofY, ofX, shares, target] = [dy, x, share, dx].map((tensor) => heap.address(tensor));
      heap.kernels.swishGradients(ofY, ofX, shares, tf.util.sizeFromShape(x.shape), target);
      return dx;
    },
  });
}

/** The optimiser's step of one variable in one pass. */
function registerMomentum(heap: WasmHeap): void {
  tf.registerKernel({
    kernelName: MOMENTUM_STEP,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => {
      const [w, v, g] = [inputs.w!, inputs.v!, inputs.g!];
      const { momentum, rate } = attrs as unknown as MomentumStepAttributes;
      const outputs = [heap.output(w.shape), heap.output(w.shape)];
      const [oldW, oldV, gradient, newW, newV] = [w, v, g, ...outputs].map((tensor) => heap.address(tensor));
      const count = tf.util.sizeFromShape(w.shape);
      heap.kernels.momentumStep(oldW, oldV, gradient, count, momentum, rate, newW, newV);
      return outputs;
    },
  });
}
