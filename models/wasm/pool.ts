import { tf } from "../tfjs.ts";
import type { WasmHeap } from "./heap.ts";
import { FLOAT } from "./product.ts";
import { type KernelAttributes, replaceKernel } from "./replace_kernel.ts";
import { windowGeometry } from "./window.ts";

/** The gradient of max pooling. */
export function registerMaxPool(heap: WasmHeap): void {
  replaceKernel(
    "MaxPoolGrad",
    ({ inputs, attrs }) => maxPoolGradient(heap, inputs, attrs as unknown as KernelAttributes),
  );
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
  using memory = heap.borrow(info.inChannels * FLOAT);
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
