import { tf } from "../tfjs.ts";
import type { WasmHeap } from "./heap.ts";
import { type KernelAttributes, replaceKernel } from "./replace_kernel.ts";
import { windowGeometry } from "./window.ts";

/** The gradients of depthwise convolutions, which tfjs' WASM backend lacks, for one output channel an input channel. */
export function registerDepthwise(heap: WasmHeap): void {
  const run = (
    kernel: "depthwiseInputGradient" | "depthwiseFilterGradient",
    [a, b, result]: [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo],
    [inputShape, filterShape]: [readonly number[], readonly number[]],
    { strides, pad, dimRoundingMode }: KernelAttributes,
  ): tf.TensorInfo => {
    if (filterShape[3] !== 1) {
      throw new RangeError(
        `Cannot find the gradient of a depthwise convolution of ${
          filterShape[3]
        } output channels an input channel: 1 is wanted.`,
      );
    }
    const info = tf.backend_util.computeConv2DInfo(
      inputShape as [number, number, number, number],
      filterShape as [number, number, number, number],
      strides,
      1,
      pad,
      dimRoundingMode,
      true,
    );
    heap.kernels[kernel](
      heap.address(a),
      heap.address(b),
      heap.address(result),
      ...windowGeometry(info),
    );
    return result;
  };
  replaceKernel("DepthwiseConv2dNativeBackpropInput", ({ inputs, attrs }) => {
    const [dy, filter, attributes] = [inputs.dy!, inputs.filter!, attrs as unknown as KernelAttributes];
    const dx = heap.output(attributes.inputShape);
    return run("depthwiseInputGradient", [dy, filter, dx], [dx.shape, filter.shape], attributes);
  });
  replaceKernel("DepthwiseConv2dNativeBackpropFilter", ({ inputs, attrs }) => {
    const [x, dy, attributes] = [inputs.x!, inputs.dy!, attrs as unknown as KernelAttributes];
    const dw = heap.output(attributes.filterShape);
    return run("depthwiseFilterGradient", [x, dy, dw], [x.shape, dw.shape], attributes);
  });
}
