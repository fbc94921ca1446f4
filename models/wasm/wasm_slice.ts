import { tf } from "../tfjs.ts";
import type { WasmHeap } from "./heap.ts";
import { type KernelArguments, replaceKernel } from "./replace_kernel.ts";
import { FLOAT } from "./product.ts";

/** Cuts along one axis, without the copy of the whole tensor that tfjs' kernel makes first. Other cuts are left to it. */
export function registerSlice(heap: WasmHeap): void {
  replaceKernel("Slice", (args, original) => cutOneAxis(heap, args) ?? original(args));
}

function cutOneAxis(heap: WasmHeap, { inputs, attrs }: KernelArguments): tf.TensorInfo | undefined {
  const x = inputs.x as tf.Tensor;
  const { begin, size } = attrs as unknown as { begin: number | number[]; size: number | number[] };
  const [starts, sizes] = tf.slice_util.parseSliceParams(x, begin, size);
  tf.slice_util.assertParamsValid(x, starts, sizes);
  const axis = sizes.findIndex((length, i) => length !== x.shape[i]);
  const cutElsewhere = sizes.some((length, i) => i !== axis && length !== x.shape[i]);
  if (x.dtype !== "float32" || axis < 0 || cutElsewhere || sizes.includes(0)) return undefined;
  const y = heap.output(sizes);
  const outer = tf.util.sizeFromShape(sizes.slice(0, axis));
  const inner = tf.util.sizeFromShape(sizes.slice(axis + 1));
  const [whole, part] = [x.shape[axis] * inner * FLOAT, sizes[axis] * inner * FLOAT];
  heap.kernels.copyRows(
    heap.address(y),
    part,
    heap.address(x) + starts[axis] * inner * FLOAT,
    whole,
    part,
    outer,
  );
  return y;
}
