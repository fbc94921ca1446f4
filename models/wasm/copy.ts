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

/** A copy that nothing is written to needs no memory of its own: tfjs' kernel copies, twice for each gradient that it hands on. */
export function registerIdentity(heap: WasmHeap): void {
  replaceKernel("Identity", (args, original) => {
    const x = args.inputs.x!;
    return x.dtype === "string" ? original(args) : heap.share(x);
  });
}

/** Cuts into pieces along one axis: what the gradient of a join is. */
export function registerSplit(heap: WasmHeap): void {
  replaceKernel("SplitV", (args, original) => split(heap, args) ?? original(args));
}

function split(heap: WasmHeap, { inputs, attrs }: KernelArguments): tf.TensorInfo[] | undefined {
  const x = inputs.x as tf.Tensor;
  const { numOrSizeSplits } = attrs as unknown as { numOrSizeSplits: number | number[] };
  const [axis] = tf.util.parseAxisParam((attrs as unknown as KernelAttributes).axis, x.shape);
  if (x.dtype !== "float32" || x.size === 0) return undefined;
  let start = 0;
  return tf.backend_util.prepareSplitSize(x, numOrSizeSplits, axis).map((length) => {
    const piece = cutAxis(heap, x, { axis, start, length });
    start += length;
    return piece;
  });
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
  return cutAxis(heap, x, { axis, start: starts[axis], length: sizes[axis] });
}

/** A piece of a tensor along an axis. */
function cutAxis(
  heap: WasmHeap,
  x: tf.TensorInfo,
  { axis, start, length }: { readonly axis: number; readonly start: number; readonly length: number },
): tf.TensorInfo {
  const y = heap.output(x.shape.map((size, i) => i === axis ? length : size));
  const outer = tf.util.sizeFromShape(x.shape.slice(0, axis));
  const inner = tf.util.sizeFromShape(x.shape.slice(axis + 1));
  const [whole, part] = [x.shape[axis] * inner * FLOAT, length * inner * FLOAT];
  heap.kernels.copyRows(
    heap.address(y),
    part,
    heap.address(x) + start * inner * FLOAT,
    whole,
    part,
    outer,
  );
  return y;
}
