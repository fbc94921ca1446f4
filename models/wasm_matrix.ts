import type { WasmHeap } from "./wasm_heap.ts";

/** Rows and columns of a tile of `wasm/gemm.as`, the rows that it reduces over at a time, and its scratch in bytes. */
const TILE = { rows: 6, columns: 8, pixels: 256, scratch: 256 };
const FLOAT = 4;

/** A product of matrices c[m, n] = a · b, each operand lying as it is or transposed; a, b, c are addresses. */
export interface MatrixProduct {
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
export function multiplyMatrices(heap: WasmHeap, product: MatrixProduct): void {
  const { a, b, c, m, k, n, transposeA, transposeB } = product;
  if (transposeA && transposeB) {
    throw new RangeError("Cannot multiply two transposed matrices: one of them must lie as it is.");
  }
  const width = Math.ceil(n / TILE.columns) * TILE.columns;
  if (transposeA) {
    // Fewer than six columns would be read past their end, so they move to where that is harmless.
    using memory = heap.borrow(
      (k + TILE.rows) * FLOAT,
      FLOAT,
      width * TILE.pixels * FLOAT + TILE.scratch,
      m < TILE.rows ? (k * m + TILE.rows) * FLOAT : 0,
    );
    const [rows, offset, scratch, copy] = memory.addresses;
    if (m < TILE.rows) heap.floats(copy, k * m).set(heap.floats(a, k * m));
    heap.integers(offset, 1)[0] = 0;
    heap.kernels.pixelAddresses(rows, m < TILE.rows ? copy : a, 1, 0, 1, 0, k, m * FLOAT);
    heap.kernels.multiplyTransposed(rows, offset, 1, m, b, c, k, n, scratch);
    return;
  }
  using memory = heap.borrow(
    (m + TILE.rows) * FLOAT,
    (m + TILE.rows) * FLOAT,
    FLOAT,
    width * k * FLOAT,
    TILE.scratch,
  );
  const [rowsA, rowsC, offset, panels, scratch] = memory.addresses;
  heap.integers(offset, 1)[0] = 0;
  heap.kernels.pixelAddresses(rowsA, a, 1, 0, 1, 0, m, k * FLOAT);
  heap.kernels.pixelAddresses(rowsC, c, 1, 0, 1, 0, m, n * FLOAT);
  const [rowStep, columnStep] = transposeB ? [FLOAT, k * FLOAT] : [n * FLOAT, FLOAT];
  heap.kernels.packPanels(panels, b, 1, 0, 1, 0, k, rowStep, n, columnStep);
  heap.kernels.multiplyRows(rowsA, offset, 1, k, panels, rowsC, m, n, 0, -Infinity, Infinity, scratch);
}
