import type { WasmHeap } from "./heap.ts";
import { FLOAT, multiplyParts, NO_EPILOGUE, roundUp, tableBytes, TILE } from "./product.ts";

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
