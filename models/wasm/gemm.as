/*
 * Matrix products on the heap of tfjs' WASM backend: the arithmetic of convolutions and their gradients.
 *
 * A tile of 6 rows × 8 columns of the product stays in 12 registers of 4 floats. For each step of the reduction two
 * vectors of B and six broadcast scalars of A feed twelve multiply-adds, fused where the processor can
 * (relaxed SIMD), so that loads never bound the tile. The scheme is that of Goto and van de Geijn,
 * "Anatomy of high-performance matrix multiplication" (2008), https://doi.org/10.1145/1356052.1356053, with A read
 * through tables of row addresses, so that no patch of an image is ever copied (no im2col).
 *
 * All addresses are in bytes, all matrices float32.
 */
import { fma } from "./lanes";

/** Rows of a tile. */
const ROWS: i32 = 6;
/** Columns of a tile, and width of a packed panel. */
const COLUMNS: i32 = 8;
/** Bytes of one row of a tile. */
const TILE_ROW: usize = 32;
/** Bytes of A that one block of rows may touch, so that it stays in the second-level cache. */
const BLOCK_BYTES: i32 = 262144;
/** Pixels that one block of the filter's gradient reduces over, so that six of its columns stay in the first-level cache. */
const PIXELS: i32 = 256;

/**
 * Rows of a product whose rows of A consist of segments: C[r, j] = act(bias[j] + Σ_s Σ_e A[r][s][e] · B[(s, e), j]).
 *
 * @param rowsA addresses of the rows of A, u32[m rounded up to 6], the last one repeated
 * @param offsets where each segment starts within a row, i32[segments], in bytes
 * @param length floats in a segment
 * @param b B packed by packPanels(): panels of 8 columns, [⌈n / 8⌉][segments · length][8]
 * @param rowsC addresses of the rows of C, as rowsA
 * @param bias f32[n rounded up to 8], or 0 for none
 * @param lower, upper the bounds that the result is clamped to: 0, ∞ is ReLU
 * @param scratch 192 bytes + 24
 */
export function multiplyRows(
  rowsA: usize, offsets: usize, segments: i32, length: i32, b: usize, rowsC: usize, m: i32, n: i32,
  bias: usize, lower: f32, upper: f32, scratch: usize,
): void {
  const k = segments * length;
  let block = BLOCK_BYTES / (k * 4) / ROWS * ROWS;
  if (block < ROWS) block = ROWS;
  const spill = scratch + ROWS * TILE_ROW;
  for (let i: i32 = 0; i < ROWS; i++) store<u32>(spill + i * 4, u32(scratch + i * TILE_ROW));
  for (let start: i32 = 0; start < m; start += block) {
    const end = min(start + block, m);
    let panel = b;
    for (let j: i32 = 0; j < n; j += COLUMNS) {
      const biasJ = bias ? bias + j * 4 : 0;
      const whole = n - j >= COLUMNS;
      for (let i = start; i < end; i += ROWS) {
        const rows = rowsC + i * 4;
        if (whole) {
          rowTile(rowsA + i * 4, offsets, segments, length, panel, rows, j * 4, biasJ, lower, upper);
        } else {
          rowTile(rowsA + i * 4, offsets, segments, length, panel, spill, 0, biasJ, lower, upper);
          for (let r: i32 = 0; r < ROWS; r++) {
            memory.copy(load<u32>(rows + r * 4) + j * 4, scratch + r * TILE_ROW, (n - j) * 4);
          }
        }
      }
      panel += k * TILE_ROW;
    }
  }
}

/** One tile of multiplyRows(): the six rows whose addresses lie at `rowsA` and `rowsC`, `column` bytes into those of C. */
function rowTile(
  rowsA: usize, offsets: usize, segments: i32, length: i32, b: usize, rowsC: usize, column: usize,
  bias: usize, lower: f32, upper: f32,
): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0);
  if (bias) {
    c00 = v128.load(bias);
    c01 = v128.load(bias, 16);
  }
  let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01, c40 = c00, c41 = c01, c50 = c00, c51 = c01;
  const bytes = usize(length) << 2;
  for (let s: i32 = 0; s < segments; s++) {
    const offset = load<u32>(offsets + s * 4);
    const a0 = usize(load<u32>(rowsA) + offset);
    const a1 = usize(load<u32>(rowsA, 4) + offset);
    const a2 = usize(load<u32>(rowsA, 8) + offset);
    const a3 = usize(load<u32>(rowsA, 12) + offset);
    const a4 = usize(load<u32>(rowsA, 16) + offset);
    const a5 = usize(load<u32>(rowsA, 20) + offset);
    for (let e: usize = 0; e < bytes; e += 4) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      b += TILE_ROW;
      let a = v128.load32_splat(a0 + e);
      c00 = fma(a, b0, c00); c01 = fma(a, b1, c01);
      a = v128.load32_splat(a1 + e);
      c10 = fma(a, b0, c10); c11 = fma(a, b1, c11);
      a = v128.load32_splat(a2 + e);
      c20 = fma(a, b0, c20); c21 = fma(a, b1, c21);
      a = v128.load32_splat(a3 + e);
      c30 = fma(a, b0, c30); c31 = fma(a, b1, c31);
      a = v128.load32_splat(a4 + e);
      c40 = fma(a, b0, c40); c41 = fma(a, b1, c41);
      a = v128.load32_splat(a5 + e);
      c50 = fma(a, b0, c50); c51 = fma(a, b1, c51);
    }
  }
  const low = f32x4.splat(lower), high = f32x4.splat(upper);
  storeClamped(load<u32>(rowsC) + column, c00, c01, low, high);
  storeClamped(load<u32>(rowsC, 4) + column, c10, c11, low, high);
  storeClamped(load<u32>(rowsC, 8) + column, c20, c21, low, high);
  storeClamped(load<u32>(rowsC, 12) + column, c30, c31, low, high);
  storeClamped(load<u32>(rowsC, 16) + column, c40, c41, low, high);
  storeClamped(load<u32>(rowsC, 20) + column, c50, c51, low, high);
}

// @ts-ignore: decorator
@inline
function storeClamped(c: usize, left: v128, right: v128, low: v128, high: v128): void {
  v128.store(c, f32x4.min(f32x4.max(left, low), high));
  v128.store(c, f32x4.min(f32x4.max(right, low), high), 16);
}

/**
 * The transposed product, reduced over rows: C[(s, e), j] = Σ_p A[p][s][e] · B[p, j].
 *
 * @param rowsA addresses of the rows of A, u32[pixels]; segments as in multiplyRows(); where `length` is below 6,
 * up to 20 bytes after a row are read, too
 * @param b B, [pixels][n]
 * @param c C, [segments · length][n]
 * @param scratch ⌈n / 8⌉ · 8 · 4 · 256 + 192 bytes
 */
export function multiplyTransposed(
  rowsA: usize, offsets: usize, segments: i32, length: i32, b: usize, c: usize, pixels: i32, n: i32, scratch: usize,
): void {
  memory.fill(c, 0, usize(segments) * length * n * 4);
  const tile = scratch + usize((n + COLUMNS - 1) / COLUMNS) * TILE_ROW * PIXELS;
  const rowBytes = usize(n) * 4;
  for (let start: i32 = 0; start < pixels; start += PIXELS) {
    const count = min(PIXELS, pixels - start);
    packPanels(scratch, b + start * rowBytes, count, rowBytes, 1, 0, 1, 0, n, 4);
    for (let s: i32 = 0; s < segments; s++) {
      const target = c + usize(s) * length * rowBytes;
      addTransposed(rowsA + start * 4, load<u32>(offsets + s * 4), length, scratch, count * TILE_ROW, count, target, n, tile);
    }
  }
}

/**
 * C[e, j] += Σ_p A[p][e] · B[p, j] over `count` rows.
 *
 * @param rowsA addresses of the rows of A, u32[count], less `offset` bytes; A's overreading as in multiplyTransposed()
 * @param panels B in panels of 8 columns, each [count][8], `panelStep` bytes apart
 * @param c C, [length][n]
 * @param tile 192 bytes
 */
export function addTransposed(
  rowsA: usize, offset: usize, length: i32, panels: usize, panelStep: usize, count: i32, c: usize, n: i32, tile: usize,
): void {
  const rowBytes = usize(n) * 4;
  for (let e: i32 = 0; e < length; e += ROWS) {
    // The last tile of a segment starts earlier and keeps only its last rows, so as not to read past the segment.
    const first = max(min(e, length - ROWS), 0);
    const skip = e - first;
    const rows = min(ROWS, length);
    let panel = panels;
    for (let j: i32 = 0; j < n; j += COLUMNS) {
      const target = c + usize(first) * rowBytes + j * 4;
      const columns = min(COLUMNS, n - j);
      const whole = skip === 0 && rows === ROWS && columns === COLUMNS;
      transposedTile(rowsA, offset + first * 4, panel, count, whole ? target : tile, whole ? rowBytes : TILE_ROW, whole);
      if (!whole) {
        for (let r = skip; r < rows; r++) {
          for (let q: i32 = 0; q < columns; q++) {
            const at = target + r * rowBytes + q * 4;
            store<f32>(at, load<f32>(at) + load<f32>(tile + r * TILE_ROW + q * 4));
          }
        }
      }
      panel += panelStep;
    }
  }
}

/** One tile of multiplyTransposed(): six neighbouring floats of every row of A against a panel of B. */
function transposedTile(rowsA: usize, offset: usize, b: usize, count: i32, c: usize, rowBytes: usize, add: bool): void {
  let c00 = f32x4.splat(0), c01 = f32x4.splat(0), c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  const end = rowsA + count * 4;
  for (; rowsA < end; rowsA += 4) {
    const row = load<u32>(rowsA) + offset;
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    b += TILE_ROW;
    let a = v128.load32_splat(row);
    c00 = fma(a, b0, c00); c01 = fma(a, b1, c01);
    a = v128.load32_splat(row, 4);
    c10 = fma(a, b0, c10); c11 = fma(a, b1, c11);
    a = v128.load32_splat(row, 8);
    c20 = fma(a, b0, c20); c21 = fma(a, b1, c21);
    a = v128.load32_splat(row, 12);
    c30 = fma(a, b0, c30); c31 = fma(a, b1, c31);
    a = v128.load32_splat(row, 16);
    c40 = fma(a, b0, c40); c41 = fma(a, b1, c41);
    a = v128.load32_splat(row, 20);
    c50 = fma(a, b0, c50); c51 = fma(a, b1, c51);
  }
  storeSum(c, c00, c01, add);
  c += rowBytes;
  storeSum(c, c10, c11, add);
  c += rowBytes;
  storeSum(c, c20, c21, add);
  c += rowBytes;
  storeSum(c, c30, c31, add);
  c += rowBytes;
  storeSum(c, c40, c41, add);
  c += rowBytes;
  storeSum(c, c50, c51, add);
}

// @ts-ignore: decorator
@inline
function storeSum(c: usize, left: v128, right: v128, add: bool): void {
  if (add) {
    left = f32x4.add(left, v128.load(c));
    right = f32x4.add(right, v128.load(c, 16));
  }
  v128.store(c, left);
  v128.store(c, right, 16);
}

/**
 * Packs a matrix into panels of 8 columns, [⌈n / 8⌉][outer · middle · inner][8], zeros beyond the last column. Its row
 * (o, m, i) and column j lie at source + o · outerStep + m · middleStep + i · innerStep + j · columnStep.
 */
export function packPanels(
  target: usize, source: usize, outer: i32, outerStep: i32, middle: i32, middleStep: i32, inner: i32, innerStep: i32,
  n: i32, columnStep: i32,
): void {
  for (let j: i32 = 0; j < n; j += COLUMNS) {
    const columns = min(COLUMNS, n - j);
    for (let o: i32 = 0; o < outer; o++) {
      for (let m: i32 = 0; m < middle; m++) {
        let row = source + j * columnStep + o * outerStep + m * middleStep;
        let i: i32 = 0;
        if (columns === COLUMNS && columnStep === 4) {
          for (; i < inner; i++) {
            v128.store(target, v128.load(row));
            v128.store(target, v128.load(row, 16), 16);
            row += innerStep;
            target += TILE_ROW;
          }
        } else if (columns === COLUMNS && innerStep === 4) {
          for (; i + 4 <= inner; i += 4) {
            transpose4(target, TILE_ROW, row, columnStep);
            transpose4(target + 16, TILE_ROW, row + 4 * columnStep, columnStep);
            row += 16;
            target += 4 * TILE_ROW;
          }
        }
        for (; i < inner; i++) {
          let at = row;
          for (let q: i32 = 0; q < columns; q++) {
            store<f32>(target + q * 4, load<f32>(at));
            at += columnStep;
          }
          for (let q = columns; q < COLUMNS; q++) store<f32>(target + q * 4, 0);
          row += innerStep;
          target += TILE_ROW;
        }
      }
    }
  }
}

/** Four columns of four floats, `step` bytes apart, become four rows, `row` bytes apart. */
// @ts-ignore: decorator
@inline
export function transpose4(target: usize, row: usize, source: usize, step: i32): void {
  const a = v128.load(source), b = v128.load(source + step);
  const c = v128.load(source + 2 * step), d = v128.load(source + 3 * step);
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
  v128.store(target + row, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
  v128.store(target + 2 * row, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
  v128.store(target + 3 * row, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
}

/**
 * Addresses of the pixels of n images of h × w, u32[n · h · w rounded up to 6], the last one repeated; steps in bytes.
 */
export function pixelAddresses(
  table: usize, base: usize, n: i32, imageStep: i32, h: i32, rowStep: i32, w: i32, pixelStep: i32,
): void {
  let last: u32 = 0;
  let count: i32 = 0;
  for (let i: i32 = 0; i < n; i++) {
    for (let y: i32 = 0; y < h; y++) {
      last = u32(base + i * imageStep + y * rowStep);
      for (let x: i32 = 0; x < w; x++) {
        store<u32>(table, last);
        table += 4;
        last += pixelStep;
      }
      last -= pixelStep;
    }
  }
  for (count = n * h * w; count % ROWS !== 0; count++) {
    store<u32>(table, last);
    table += 4;
  }
}

/** Copies n images of h rows of rowBytes into zeroed images of paddedH rows of paddedRowBytes, from row `top` and byte `left` on. */
export function padPictures(
  target: usize, source: usize, n: i32, h: i32, rowBytes: usize, paddedH: i32, paddedRowBytes: usize, top: i32, left: usize,
): void {
  memory.fill(target, 0, usize(n) * paddedH * paddedRowBytes);
  for (let i: i32 = 0; i < n; i++) {
    let to = target + usize(i * paddedH + top) * paddedRowBytes + left;
    for (let y: i32 = 0; y < h; y++) {
      memory.copy(to, source, rowBytes);
      to += paddedRowBytes;
      source += rowBytes;
    }
  }
}
