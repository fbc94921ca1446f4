import { tf } from "../tfjs.ts";
import { registerBatchNorm } from "./batch_norm.ts";
import { type ConvolutionInfo, convolve, convolveFilterGradient } from "./convolution.ts";
import { MOMENTUM_STEP, type MomentumStepAttributes } from "../training/momentum.ts";
import { registerConcat, registerSlice } from "./copy.ts";
import { registerDepthwise } from "./depthwise.ts";
import { convolveInputGradient } from "./input_gradient.ts";
import { type KernelArguments, type KernelAttributes, replaceKernel } from "./replace_kernel.ts";
import { windowGeometry } from "./window.ts";
import type { WasmHeap } from "./heap.ts";
import { multiplyMatrices } from "./product.ts";

/** The activations that a convolution applies while it writes its result, as the bounds that they clamp to. */
const BOUNDS: Readonly<Record<string, readonly [lower: number, upper: number]>> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
};

/** Kernel of the gradient of ReLU and ReLU6: dy where lower < x ≤ upper, else 0. */
const GATE = "GateGradient";

/**
 * Gives tfjs' WASM backend the kernels that training lacks there (the gradient of a convolution's filter) or that are slow
 * (convolutions, their input's gradient, products with a transposed matrix, pooling's gradient, sums over pixels), all on
 * Hairline's own kernels of `wasm/`. To be called once, after the backend is ready.
 */
export function registerWasmKernels(heap: WasmHeap): void {
  replaceKernel(
    "Conv2D",
    ({ inputs, attrs }) => convolution(heap, inputs, attrs as unknown as KernelAttributes),
  );
  replaceKernel("FusedConv2D", (args, original) => {
    const { inputs } = args;
    const attributes = args.attrs as unknown as KernelAttributes;
    const bias = inputs.bias?.shape ?? inputs.filter!.shape.slice(-1);
    const fits = bias.length === 1 && bias[0] === inputs.filter!.shape[3];
    return attributes.activation in BOUNDS && fits ? convolution(heap, inputs, attributes) : original(args);
  });
  replaceKernel("Conv2DBackpropFilter", ({ inputs, attrs }) => {
    const attributes = attrs as unknown as KernelAttributes;
    const [x, dy] = [inputs.x!, inputs.dy!];
    const info = convolutionInfo("Conv2DBackpropFilter", x.shape, attributes.filterShape, attributes);
    const dw = heap.output(attributes.filterShape);
    convolveFilterGradient(heap, info, heap.address(x), heap.address(dy), heap.address(dw));
    return dw;
  });
  replaceKernel("Conv2DBackpropInput", ({ inputs, attrs }) => {
    const attributes = attrs as unknown as KernelAttributes;
    const [dy, filter] = [inputs.dy!, inputs.filter!];
    const info = convolutionInfo("Conv2DBackpropInput", attributes.inputShape, filter.shape, attributes);
    const dx = heap.output(attributes.inputShape);
    convolveInputGradient(heap, info, heap.address(dy), heap.address(filter), heap.address(dx));
    return dx;
  });
  replaceKernel(
    "MaxPoolGrad",
    ({ inputs, attrs }) => maxPoolGradient(heap, inputs, attrs as unknown as KernelAttributes),
  );
  replaceKernel("BatchMatMul", (args, original) => matrixProduct(heap, args) ?? original(args));
  replaceKernel("Sum", (args, original) => sumOfRows(heap, args) ?? original(args));
  registerDepthwise(heap);
  registerSlice(heap);
  registerConcat(heap);
  registerGate(heap);
  registerMomentum(heap);
  registerBatchNorm(heap);
}

function convolutionInfo(
  name: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations = 1, pad, dimRoundingMode, dataFormat }: KernelAttributes,
): ConvolutionInfo {
  if (dataFormat !== "NHWC") {
    throw new RangeError(`Cannot run ${name} on pictures laid out as ${dataFormat}: NHWC is wanted.`);
  }
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
}

function convolution(
  heap: WasmHeap,
  inputs: tf.NamedTensorInfoMap,
  attributes: KernelAttributes,
): tf.TensorInfo {
  const [x, filter] = [inputs.x!, inputs.filter!];
  const info = convolutionInfo("Conv2D", x.shape, filter.shape, attributes);
  const y = heap.output(info.outShape);
  const bias = inputs.bias === undefined || inputs.bias === null ? 0 : heap.address(inputs.bias);
  const [lower, upper] = BOUNDS[attributes.activation ?? "linear"];
  convolve(heap, info, heap.address(x), heap.address(filter), heap.address(y), { bias, lower, upper });
  return y;
}

function maxPoolGradient(
  heap: WasmHeap,
  inputs: tf.NamedTensorInfoMap,
  attributes: KernelAttributes,
): tf.TensorInfo {
  const [dy, input, output] = [inputs.dy!, inputs.input!, inputs.output!];
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const info = tf.backend_util.computePool2DInfo(
    input.shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const dx = heap.output(input.shape);
  using memory = heap.borrow(info.inChannels * Float32Array.BYTES_PER_ELEMENT);
  heap.kernels.maxPoolGradients(
    heap.address(input),
    heap.address(output),
    heap.address(dy),
    heap.address(dx),
    ...windowGeometry(info),
    memory.addresses[0],
  );
  return dx;
}

/** A product of float matrices, batch by batch; `undefined` where tfjs' own kernel has to do it. */
function matrixProduct(heap: WasmHeap, { inputs, attrs }: KernelArguments): tf.TensorInfo | undefined {
  const [a, b] = [inputs.a!, inputs.b!];
  const { transposeA, transposeB } = attrs as unknown as KernelAttributes;
  if (a.dtype !== "float32" || b.dtype !== "float32" || (transposeA && transposeB)) return undefined;
  const batch = a.shape.slice(0, -2);
  if (a.shape.length !== b.shape.length || batch.some((size, i) => size !== b.shape[i])) return undefined;
  const [m, k] = orient(a.shape.slice(-2), transposeA);
  const [, n] = orient(b.shape.slice(-2), transposeB);
  if (m === 0 || k === 0 || n === 0) return undefined;
  const c = heap.output([...batch, m, n]);
  const count = batch.reduce((product, size) => product * size, 1);
  const float = Float32Array.BYTES_PER_ELEMENT;
  for (let i = 0; i < count; i++) {
    multiplyMatrices(heap, {
      a: heap.address(a) + i * m * k * float,
      b: heap.address(b) + i * k * n * float,
      c: heap.address(c) + i * m * n * float,
      m,
      k,
      n,
      transposeA,
      transposeB,
    });
  }
  return c;
}

function orient([rows, columns]: number[], transpose: boolean): [number, number] {
  return transpose ? [columns, rows] : [rows, columns];
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

/** The gradients of ReLU and ReLU6 in one pass. ReLU saves its output, which the next layer keeps anyway, not its input. */
function registerGate(heap: WasmHeap): void {
  tf.registerKernel({
    kernelName: GATE,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => {
      const [dy, x] = [inputs.dy!, inputs.x!];
      const { upper } = attrs as unknown as { upper: number };
      const dx = heap.output(x.shape);
      const count = tf.util.sizeFromShape(x.shape);
      heap.kernels.gateGradients(heap.address(dy), heap.address(x), count, 0, upper, heap.address(dx));
      return dx;
    },
  });
  const gate = (dy: tf.Tensor, x: tf.Tensor, upper: number): tf.Tensor => {
    if (tf.getKernel(GATE, tf.getBackend()) !== undefined) {
      return tf.engine().runKernel(GATE, { dy, x }, { upper }) as tf.Tensor;
    }
    const open = tf.step(x);
    return tf.mul(dy, upper === Infinity ? open : tf.mul(open, tf.lessEqual(x, upper).cast("float32")));
  };
  for (const kernelName of ["Relu", "Relu6"]) tf.unregisterGradient(kernelName);
  tf.registerGradient({
    kernelName: "Relu",
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({ x: () => gate(dy as tf.Tensor, y, Infinity) }),
  });
  tf.registerGradient({
    kernelName: "Relu6",
    inputsToSave: ["x"],
    gradFunc: (dy, [x]) => ({ x: () => gate(dy as tf.Tensor, x, 6) }),
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
