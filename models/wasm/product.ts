import type { tf } from "../tfjs.ts";
import type { WasmHeap } from "./heap.ts";
import { type KernelArguments, type KernelAttributes, replaceKernel } from "./replace_kernel.ts";

/** Rows and columns of a tile of `gemm.as`, the rows that it reduces over at a time, and its scratch in bytes. */
export const TILE = { rows: 6, columns: 8, reduced: 256, scratch: 256 };

/** Bytes of a float, and of an address in a table. */
export const FLOAT = 4;

/** What is added to a product while it is written. */
export interface Epilogue {
  /** Address of the bias of each column, 0 for none. */
  readonly bias: number;
  /** The bounds of the activation: 0 and ∞ for ReLU. */
  readonly lower: number;
  readonly upper: number;
}

/** Neither bias nor activation. */
export const NO_EPILOGUE: Epilogue = { bias: 0, lower: -Infinity, upper: Infinity };

/** A product C = A · B of `gemm.as`, its parts written by callbacks to addresses that are known only when it runs. */
interface Product {
  readonly segments: { readonly offsets: readonly number[]; readonly length: number };
  readonly rows: number;
  readonly columns: number;
  readonly addressA: (table: number) => void;
  readonly packB: (panels: number) => void;
  readonly addressC: (table: number) => void;
  readonly epilogue: Epilogue;
}

/** Multiplies two matrices whose parts lie apart. */
export function multiplyParts(heap: WasmHeap, product: Product): void {
  const { segments: { offsets, length }, rows, columns, epilogue } = product;
  if (rows === 0 || columns === 0) return;
  const width = roundUp(columns, TILE.columns);
  using memory = heap.borrow(
    tableBytes(rows),
    tableBytes(rows),
    offsets.length * FLOAT,
    offsets.length * length * width * FLOAT,
    width * FLOAT,
    TILE.scratch,
  );
  const [rowsA, rowsC, starts, panels, bias, scratch] = memory.addresses;
  product.addressA(rowsA);
  product.addressC(rowsC);
  product.packB(panels);
  heap.integers(starts, offsets.length).set(offsets);
  if (epilogue.bias !== 0) heap.floats(bias, width).fill(0).set(heap.floats(epilogue.bias, columns));
  heap.kernels.multiplyRows(
    rowsA,
    starts,
    offsets.length,
    length,
    panels,
    rowsC,
    rows,
    columns,
    epilogue.bias === 0 ? 0 : bias,
    epilogue.lower,
    epilogue.upper,
    scratch,
  );
}

/** The smallest multiple of `step` from `value` on. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** Bytes of a table of row addresses. */
export function tableBytes(rows: number): number {
  return roundUp(rows, TILE.rows) * FLOAT;
}

/** Products of matrices, which tfjs' kernel transposes first where one is given transposed. */
export function registerProducts(heap: WasmHeap): void {
  replaceKernel("BatchMatMul", (args, original) => multiplyBatches(heap, args) ?? original(args));
}

/** A product of float matrices, batch by batch; `undefined` where tfjs' own kernel has to do it. */
function multiplyBatches(heap: WasmHeap, { inputs, attrs }: KernelArguments): tf.TensorInfo | undefined {
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
  for (let i = 0; i < count; i++) {
    multiplyMatrices(heap, {
      a: heap.address(a) + i * m * k * FLOAT,
      b: heap.address(b) + i * k * n * FLOAT,
      c: heap.address(c) + i * m * n * FLOAT,
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

/** A product of matrices c[m, n] = a · b, each operand lying as it is or transposed; a, b, c are addresses. */
interface MatrixProduct {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * Multiplies two matrices.
 *
 * @throws {RangeError} where both are transposed, which no layer's gradient needs.
 */
function multiplyMatrices(heap: WasmHeap, product: MatrixProduct): void {
  const { a, b, c, m, k, n, transposeA, transposeB } = product;
  if (transposeA && transposeB) {
    throw new RangeError("Cannot multiply two transposed matrices: one of them must lie as it is.");
  }
  if (transposeA) {
    // Fewer columns than a tile has rows would be read past their end: they move to where that is harmless.
    const narrow = m < TILE.rows;
    using memory = heap.borrow(
      tableBytes(k),
      FLOAT,
      roundUp(n, TILE.columns) * TILE.reduced * FLOAT + TILE.scratch,
      narrow ? (k * m + TILE.rows) * FLOAT : 0,
    );
    const [rows, offset, scratch, copy] = memory.addresses;
    if (narrow) heap.floats(copy, k * m).set(heap.floats(a, k * m));
    heap.integers(offset, 1)[0] = 0;
    heap.kernels.pixelAddresses(rows, narrow ? copy : a, 1, 0, 1, 0, k, m * FLOAT);
    heap.kernels.multiplyTransposed(rows, offset, 1, m, b, c, k, n, scratch);
    return;
  }
  const [rowStep, columnStep] = transposeB ? [FLOAT, k * FLOAT] : [n * FLOAT, FLOAT];
  multiplyParts(heap, {
    segments: { offsets: [0], length: k },
    rows: m,
    columns: n,
    addressA: (table) => heap.kernels.pixelAddresses(table, a, 1, 0, 1, 0, m, k * FLOAT),
    packB: (panels) => heap.kernels.packPanels(panels, b, 1, 0, 1, 0, k, rowStep, n, columnStep),
    addressC: (table) => heap.kernels.pixelAddresses(table, c, 1, 0, 1, 0, m, n * FLOAT),
    epilogue: NO_EPILOGUE,
  });
}
