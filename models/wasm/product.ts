import type { WasmHeap } from "./heap.ts";

/** Rows and columns of a tile of `wasm/gemm.as`, the rows that it reduces over at a time, and its scratch in bytes. */
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

/** A product C = A · B of `wasm/gemm.as`, its parts written by callbacks to addresses that are known only when it runs. */
export interface Product {
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
