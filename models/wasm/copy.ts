import { tf } from "../tfjs.ts";
import type { WasmHeap } from "./heap.ts";
import { FLOAT } from "./product.ts";
import { type KernelArguments, type KernelAttributes, replaceKernel } from "./replace_kernel.ts";

/** Joins along any axis in one pass. tfjs' kernel makes a view of each piece, one a pixel where channels are joined. */
export function registerConcat(heap: WasmHeap): void {
  replaceKernel("Concat", (args, original) => join(heap, args) ?? original(args));
}

function join(heap: WasmHeap, { inputs, attrs }: KernelArguments): tf.TensorInfo | undefined {
  const parts = Object.values(inputs as unknown as Record<string, tf.TensorInfo>)
    .filter(({ shape }) => tf.util.sizeFromShape(shape) > 0);
  if (parts.length < 2 || parts.some(({ dtype }) => dtype !== "float32")) return undefined;
  const [first] = parts;
  const [axis] = tf.util.parseAxisParam((attrs as unknown as KernelAttributes).axis, first.shape);
  tf.backend_util.assertParamsConsistent(parts.map(({ shape }) => shape), axis);
  const joined = tf.backend_util.computeOutShape(parts.map(({ shape }) => shape), axis);
  const y = heap.output(joined);
  const rows = tf.util.sizeFromShape(joined.slice(0, axis));
  const step = tf.util.sizeFromShape(joined.slice(axis)) * FLOAT;
  let target = heap.address(y);
  for (const part of parts) {
    const bytes = tf.util.sizeFromShape(part.shape.slice(axis)) * FLOAT;
    heap.kernels.copyRows(target, step, heap.address(part), bytes, bytes, rows);
    target += bytes;
  }
  return y;
}

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
