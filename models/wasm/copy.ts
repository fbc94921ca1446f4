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

/** Cuts along one or two axes, without the copy of the whole tensor or of single values that tfjs' kernel makes. Other cuts are left to it. */
export function registerSlice(heap: WasmHeap): void {
  replaceKernel("Slice", (args, original) => cut(heap, args) ?? original(args));
}

function cut(heap: WasmHeap, { inputs, attrs }: KernelArguments): tf.TensorInfo | undefined {
  const x = inputs.x as tf.Tensor;
  const { begin, size } = attrs as unknown as { begin: number | number[]; size: number | number[] };
  const [starts, sizes] = tf.slice_util.parseSliceParams(x, begin, size);
  tf.slice_util.assertParamsValid(x, starts, sizes);
  const axes = sizes.flatMap((length, i) => length === x.shape[i] ? [] : [i]);
  if (x.dtype !== "float32" || axes.length === 0 || axes.length > 2 || sizes.includes(0)) return undefined;
  const ranges = axes.map((axis): AxisRange => ({ axis, start: starts[axis], length: sizes[axis] }));
  return cutAxis(heap, x, ranges[ranges.length - 1], axes.length === 2 ? ranges[0] : undefined);
}

/** What is cut out along an axis. */
interface AxisRange {
  readonly axis: number;
  readonly start: number;
  readonly length: number;
}

/** A piece of a tensor along an axis, and along one before that. */
function cutAxis(heap: WasmHeap, x: tf.TensorInfo, range: AxisRange, outer?: AxisRange): tf.TensorInfo {
  const { axis, start, length } = range;
  const size = (from: number, to?: number) => tf.util.sizeFromShape(x.shape.slice(from, to));
  const y = heap.output(
    x.shape.map((all, i) => i === axis ? length : i === outer?.axis ? outer.length : all),
  );
  const inner = size(axis + 1) * FLOAT;
  const [whole, part] = [x.shape[axis] * inner, length * inner];
  const copy = (rows: number, skipped: number, block = 0) =>
    heap.kernels.copyRows(
      heap.address(y) + block * rows * part,
      part,
      heap.address(x) + skipped + start * inner,
      whole,
      part,
      rows,
    );
  if (outer === undefined) {
    copy(size(0, axis), 0);
    return y;
  }
  // Pieces lie at even steps between what is cut away along the outer axis.
  const rows = outer.length * size(outer.axis + 1, axis), step = size(outer.axis + 1) * FLOAT;
  for (let block = 0; block < size(0, outer.axis); block++) {
    copy(rows, (block * x.shape[outer.axis] + outer.start) * step, block);
  }
  return y;
}
