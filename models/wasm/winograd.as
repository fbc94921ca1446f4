/*
 * Convolutions of 3 × 3 with stride 1 by Winograd's minimal filtering F(2 × 2, 3 × 3): Lavin & Gray, "Fast algorithms for convolutional
 * neural networks" (2016), https://doi.org/10.1109/CVPR.2016.435. Four pixels of the result come from 4 × 4 pixels d of the input by
 *
 *     Aᵀ ((G g Gᵀ) ⊙ (Bᵀ d B)) A,
 *
 * whose ⊙, summed over the channels, is one product of matrices for each of the 16 places: 16 multiplications where 36 are written out.
 * All of that is linear in d and in g. The gradient of the input is a convolution again; the gradient of the filter is the transpose of the
 * above in g: with the gradient e of the four pixels, summed over all tiles,
 *
 *     Gᵀ (Σ (Bᵀ d B) ⊙ (A e Aᵀ)) G.
 *
 * Addresses and steps are in bytes, numbers float32, channels multiples of 4.
 */
import { addTransposed, multiplyRows, transpose4 } from "./gemm";

/** Columns of a panel of packed filters, and bytes of one of its rows. */
const COLUMNS: i32 = 8;
const PANEL_ROW: usize = 32;
/** Bytes of a line of the cache. */
const LINE: usize = 64;

/**
 * G g Gᵀ of each filter, packed as multiplyRows() takes them: [16][⌈k / 8⌉][c][8], 64 bytes after each of the 16.
 *
 * @param w [3][3][c][k]
 */
export function transformFilters(u: usize, w: usize, c: i32, k: i32): void {
  const tap = usize(c) * k * 4;
  const place = placeBytes(c, k);
  memory.fill(u, 0, 16 * place);
  const half = f32x4.splat(0.5);
  for (let i: i32 = 0; i < c; i++) {
    for (let j: i32 = 0; j < k; j += 4) {
      const from = w + usize(i * k + j) * 4;
      const to = u + usize(((j / COLUMNS) * c + i) * COLUMNS + j % COLUMNS) * 4;
      // G g: a line of the filter becomes 0, (0 + 1 + 2) / 2, (0 − 1 + 2) / 2, 2, first down, then across.
      const a0 = v128.load(from), d0 = v128.load(from + 6 * tap), g0 = f32x4.mul(half, v128.load(from + 3 * tap));
      const e0 = f32x4.mul(half, f32x4.add(a0, d0)), b0 = f32x4.add(e0, g0), c0 = f32x4.sub(e0, g0);
      const a1 = v128.load(from + tap), d1 = v128.load(from + 7 * tap), g1 = f32x4.mul(half, v128.load(from + 4 * tap));
      const e1 = f32x4.mul(half, f32x4.add(a1, d1)), b1 = f32x4.add(e1, g1), c1 = f32x4.sub(e1, g1);
      const a2 = v128.load(from + 2 * tap), d2 = v128.load(from + 8 * tap), g2 = f32x4.mul(half, v128.load(from + 5 * tap));
      const e2 = f32x4.mul(half, f32x4.add(a2, d2)), b2 = f32x4.add(e2, g2), c2 = f32x4.sub(e2, g2);
      storeFilterLine(to, place, half, a0, a1, a2);
      storeFilterLine(to + 4 * place, place, half, b0, b1, b2);
      storeFilterLine(to + 8 * place, place, half, c0, c1, c2);
      storeFilterLine(to + 12 * place, place, half, d0, d1, d2);
    }
  }
}

// @ts-ignore: decorator
@inline
function storeFilterLine(to: usize, place: usize, half: v128, g0: v128, g1: v128, g2: v128): void {
  const even = f32x4.mul(half, f32x4.add(g0, g2)), odd = f32x4.mul(half, g1);
  v128.store(to, g0);
  v128.store(to + place, f32x4.add(even, odd));
  v128.store(to + 2 * place, f32x4.sub(even, odd));
  v128.store(to + 3 * place, g2);
}

/** Bytes between the filters of two places. Not a multiple of 4096: the 16 places of a filter would compete for the same lines of the cache. */
// @ts-ignore: decorator
@inline
function placeBytes(c: i32, k: i32): usize {
  return usize((k + COLUMNS - 1) / COLUMNS) * c * COLUMNS * 4 + LINE;
}

/**
 * The filters by which the gradient of the input is a convolution of that of the result: w'[y, x, j, i] = w[2 - y, 2 - x, i, j].
 *
 * @param target [3][3][k][c]
 * @param w [3][3][c][k]
 */
export function flipFilters(target: usize, w: usize, c: i32, k: i32): void {
  for (let tap: i32 = 8; tap >= 0; tap--) {
    const from = w + usize(tap) * c * k * 4;
    for (let j: i32 = 0; j < k; j += 4) {
      for (let i: i32 = 0; i < c; i += 4) {
        transpose4(target + usize(j * c + i) * 4, c * 4, from + usize(i * k + j) * 4, k * 4);
      }
    }
    target += usize(c) * k * 4;
  }
}

/**
 * act(bias + the convolution) of n images, in tiles of 2 × 2 pixels.
 *
 * @param x [n][h][w][c]
 * @param top, left zeros above and left of each image; below and to the right are as many as the result asks for
 * @param u by transformFilters()
 * @param y [n][2 · high][2 · wide][k]
 * @param bias f32[k], or 0 for none
 * @param lower, upper the bounds that the result is clamped to
 * @param block tiles at a time, a multiple of 6
 * @param scratch (block · (16 · (c + k) + 18) + 16 · c) · 4 + 2560 bytes
 */
export function convolveTiles(
  x: usize, n: i32, h: i32, w: i32, top: i32, left: i32, u: usize, y: usize, high: i32, wide: i32, c: i32, k: i32,
  bias: usize, lower: f32, upper: f32, block: i32, scratch: usize,
): void {
  const pixelX = usize(c) * 4, imageX = usize(h) * w * pixelX;
  const pixelY = usize(k) * 4, rowY = usize(2 * wide) * pixelY;
  // As placeBytes().
  const stepV = usize(block) * pixelX + LINE, stepM = usize(block) * pixelY + LINE;
  const v = scratch, m = v + 16 * stepV, patch = m + 16 * stepM, rowsV = patch + 16 * pixelX;
  const rowsM = rowsV + usize(block) * 4;
  const targets = rowsM + usize(block) * 64, offsets = targets + usize(block) * 4, spill = offsets + 64;
  const filters = placeBytes(c, k);
  for (let t: i32 = 0; t < block; t++) {
    store<u32>(rowsV + t * 4, u32(v + t * pixelX));
    for (let p: i32 = 0; p < 16; p++) store<u32>(rowsM + (p * block + t) * 4, u32(m + p * stepM + t * pixelY));
  }
  for (let p: i32 = 0; p < 16; p++) store<u32>(offsets + p * 4, u32(p * stepV));
  const tiles = n * high * wide;
  let tileX: i32 = 0, tileY: i32 = 0, target = y;
  for (let start: i32 = 0; start < tiles; start += block) {
    const count = min(block, tiles - start);
    for (let t: i32 = 0; t < count; t++) {
      transformTileAt(x, h, w, pixelX, 2 * tileY - top, 2 * tileX - left, patch, v + t * pixelX, stepV);
      store<u32>(targets + t * 4, u32(target));
      target += 2 * pixelY;
      if (++tileX === wide) {
        tileX = 0;
        target += rowY;
        if (++tileY === high) {
          tileY = 0;
          x += imageX;
        }
      }
    }
    for (let p: i32 = 0; p < 16; p++) {
      multiplyRows(
        rowsV, offsets + p * 4, 1, c, u + p * filters, rowsM + p * block * 4, count, k, 0, -Infinity, Infinity, spill,
      );
    }
    for (let t: i32 = 0; t < count; t++) {
      restoreTile(m + t * pixelY, stepM, usize(load<u32>(targets + t * 4)), rowY, pixelY, bias, lower, upper);
    }
  }
}

/**
 * The gradient of the filters of such a convolution, in tiles of 2 × 2 pixels of the result.
 *
 * @param dw [3][3][c][k]
 * @param dy [n][2 · high][2 · wide][k]
 * @param block tiles at a time
 * @param scratch (16 · c · k + block · (16 · (c + k + 4) + 1) + 16 · c) · 4 + 2304 bytes; other operands as in convolveTiles()
 */
export function correlateTiles(
  x: usize, n: i32, h: i32, w: i32, top: i32, left: i32, dy: usize, high: i32, wide: i32, dw: usize, c: i32, k: i32,
  block: i32, scratch: usize,
): void {
  const pixelX = usize(c) * 4, imageX = usize(h) * w * pixelX;
  const pixelY = usize(k) * 4, rowY = usize(2 * wide) * pixelY;
  const panels = usize((k + COLUMNS - 1) / COLUMNS), panel = usize(block) * PANEL_ROW;
  const stepV = usize(block) * pixelX + LINE, stepE = panels * panel + LINE, stepU = usize(c) * pixelY;
  const u = scratch, v = u + 16 * stepU, e = v + 16 * stepV, patch = e + 16 * stepE, rowsV = patch + 16 * pixelX;
  const spill = rowsV + usize(block) * 4;
  // Of the last panel the columns beyond k, too: what lies there may be slow to multiply.
  memory.fill(u, 0, 16 * stepU);
  if (k % COLUMNS) memory.fill(e, 0, 16 * stepE);
  for (let t: i32 = 0; t < block; t++) store<u32>(rowsV + t * 4, u32(v + t * pixelX));
  const tiles = n * high * wide;
  let tileX: i32 = 0, tileY: i32 = 0;
  for (let start: i32 = 0; start < tiles; start += block) {
    const count = min(block, tiles - start);
    for (let t: i32 = 0; t < count; t++) {
      transformTileAt(x, h, w, pixelX, 2 * tileY - top, 2 * tileX - left, patch, v + t * pixelX, stepV);
      spreadTile(dy, rowY, pixelY, e + t * PANEL_ROW, panel, stepE);
      dy += 2 * pixelY;
      if (++tileX === wide) {
        tileX = 0;
        dy += rowY;
        if (++tileY === high) {
          tileY = 0;
          x += imageX;
        }
      }
    }
    for (let p: i32 = 0; p < 16; p++) {
      addTransposed(rowsV, p * stepV, c, e + p * stepE, panel, count, u + p * stepU, k, spill);
    }
  }
  restoreFilters(dw, u, c, k);
}

/** Gᵀ u G of each filter. Of a column 0 + (1 + 2) / 2, (1 − 2) / 2, (1 + 2) / 2 + 3, first down, then across. */
function restoreFilters(dw: usize, u: usize, c: i32, k: i32): void {
  const step = usize(c) * k * 4, row = 4 * step;
  const half = f32x4.splat(0.5);
  for (let at: usize = 0; at < step; at += 16) {
    let from = u + at;
    for (let y: i32 = 0; y < 4; y++, from += row) {
      // In place: what comes of a row takes the places of its first three.
      const u0 = v128.load(from), u1 = v128.load(from + step), u2 = v128.load(from + 2 * step), u3 = v128.load(from + 3 * step);
      const even = f32x4.mul(half, f32x4.add(u1, u2));
      v128.store(from, f32x4.add(u0, even));
      v128.store(from + step, f32x4.mul(half, f32x4.sub(u1, u2)));
      v128.store(from + 2 * step, f32x4.add(even, u3));
    }
    from = u + at;
    let to = dw + at;
    for (let x: i32 = 0; x < 3; x++, from += step, to += step) {
      const u0 = v128.load(from), u1 = v128.load(from + row), u2 = v128.load(from + 2 * row), u3 = v128.load(from + 3 * row);
      const even = f32x4.mul(half, f32x4.add(u1, u2));
      v128.store(to, f32x4.add(u0, even));
      v128.store(to + 3 * step, f32x4.mul(half, f32x4.sub(u1, u2)));
      v128.store(to + 6 * step, f32x4.add(even, u3));
    }
  }
}

/** A e Aᵀ of one tile of 2 × 2 pixels: its 16 places, `step` bytes apart, in panels of 8 channels. Of a line 0, 0 + 1, 0 − 1, − 1. */
function spreadTile(from: usize, row: usize, pixel: usize, to: usize, panel: usize, step: usize): void {
  for (let e: usize = 0; e < pixel; e += 16) {
    const at = from + e;
    const a0 = v128.load(at), a1 = v128.load(at + pixel), d0 = v128.load(at + row), d1 = v128.load(at + row + pixel);
    let target = to + (e / PANEL_ROW) * panel + e % PANEL_ROW;
    storeSpread(target, step, a0, a1);
    target += 4 * step;
    storeSpread(target, step, f32x4.add(a0, d0), f32x4.add(a1, d1));
    target += 4 * step;
    storeSpread(target, step, f32x4.sub(a0, d0), f32x4.sub(a1, d1));
    target += 4 * step;
    storeSpread(target, step, f32x4.neg(d0), f32x4.neg(d1));
  }
}

// @ts-ignore: decorator
@inline
function storeSpread(to: usize, step: usize, e0: v128, e1: v128): void {
  v128.store(to, e0);
  v128.store(to + step, f32x4.add(e0, e1));
  v128.store(to + 2 * step, f32x4.sub(e0, e1));
  v128.store(to + 3 * step, f32x4.neg(e1));
}

/** Bᵀ d B of the tile whose first pixel is (top, left) of an image of h × w, zeros around it; patch: 16 pixels. */
function transformTileAt(
  image: usize, h: i32, w: i32, pixel: usize, top: i32, left: i32, patch: usize, v: usize, step: usize,
): void {
  if (top >= 0 && left >= 0 && top + 4 <= h && left + 4 <= w) {
    transformTile(image + usize(top * w + left) * pixel, usize(w) * pixel, pixel, v, step);
    return;
  }
  const first = max(left, 0), last = min(left + 4, w);
  memory.fill(patch, 0, 16 * pixel);
  for (let y = max(top, 0); y < min(top + 4, h) && first < last; y++) {
    memory.copy(
      patch + usize(4 * (y - top) + first - left) * pixel, image + usize(y * w + first) * pixel, usize(last - first) * pixel,
    );
  }
  transformTile(patch, 4 * pixel, pixel, v, step);
}

/** Bᵀ d B of one tile: its 16 places, `step` bytes apart. Of a line 0 − 2, 1 + 2, 2 − 1, 1 − 3, first down, then across. */
function transformTile(d: usize, row: usize, pixel: usize, v: usize, step: usize): void {
  for (let e: usize = 0; e < pixel; e += 16) {
    let at = d + e;
    let d0 = v128.load(at), d1 = v128.load(at + row), d2 = v128.load(at + 2 * row), d3 = v128.load(at + 3 * row);
    const a0 = f32x4.sub(d0, d2), b0 = f32x4.add(d1, d2), c0 = f32x4.sub(d2, d1), e0 = f32x4.sub(d1, d3);
    at += pixel;
    d0 = v128.load(at); d1 = v128.load(at + row); d2 = v128.load(at + 2 * row); d3 = v128.load(at + 3 * row);
    const a1 = f32x4.sub(d0, d2), b1 = f32x4.add(d1, d2), c1 = f32x4.sub(d2, d1), e1 = f32x4.sub(d1, d3);
    at += pixel;
    d0 = v128.load(at); d1 = v128.load(at + row); d2 = v128.load(at + 2 * row); d3 = v128.load(at + 3 * row);
    const a2 = f32x4.sub(d0, d2), b2 = f32x4.add(d1, d2), c2 = f32x4.sub(d2, d1), e2 = f32x4.sub(d1, d3);
    at += pixel;
    d0 = v128.load(at); d1 = v128.load(at + row); d2 = v128.load(at + 2 * row); d3 = v128.load(at + 3 * row);
    const a3 = f32x4.sub(d0, d2), b3 = f32x4.add(d1, d2), c3 = f32x4.sub(d2, d1), e3 = f32x4.sub(d1, d3);
    let to = v + e;
    storeLine(to, step, a0, a1, a2, a3);
    to += 4 * step;
    storeLine(to, step, b0, b1, b2, b3);
    to += 4 * step;
    storeLine(to, step, c0, c1, c2, c3);
    to += 4 * step;
    storeLine(to, step, e0, e1, e2, e3);
  }
}

// @ts-ignore: decorator
@inline
function storeLine(to: usize, step: usize, d0: v128, d1: v128, d2: v128, d3: v128): void {
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + step, f32x4.add(d1, d2));
  v128.store(to + 2 * step, f32x4.sub(d2, d1));
  v128.store(to + 3 * step, f32x4.sub(d1, d3));
}

/** Aᵀ m A of one tile, plus the bias, clamped: four pixels of the result. */
function restoreTile(
  m: usize, step: usize, y: usize, row: usize, pixel: usize, bias: usize, lower: f32, upper: f32,
): void {
  const low = f32x4.splat(lower), high = f32x4.splat(upper);
  for (let e: usize = 0; e < pixel; e += 16) {
    let shift = f32x4.splat(0);
    if (bias) shift = v128.load(bias + e);
    let at = m + e;
    let m0 = v128.load(at), m1 = v128.load(at + 4 * step), m2 = v128.load(at + 8 * step), m3 = v128.load(at + 12 * step);
    const a0 = f32x4.add(f32x4.add(m0, m1), m2), b0 = f32x4.sub(f32x4.sub(m1, m2), m3);
    at += step;
    m0 = v128.load(at); m1 = v128.load(at + 4 * step); m2 = v128.load(at + 8 * step); m3 = v128.load(at + 12 * step);
    const a1 = f32x4.add(f32x4.add(m0, m1), m2), b1 = f32x4.sub(f32x4.sub(m1, m2), m3);
    at += step;
    m0 = v128.load(at); m1 = v128.load(at + 4 * step); m2 = v128.load(at + 8 * step); m3 = v128.load(at + 12 * step);
    const a2 = f32x4.add(f32x4.add(m0, m1), m2), b2 = f32x4.sub(f32x4.sub(m1, m2), m3);
    at += step;
    m0 = v128.load(at); m1 = v128.load(at + 4 * step); m2 = v128.load(at + 8 * step); m3 = v128.load(at + 12 * step);
    const a3 = f32x4.add(f32x4.add(m0, m1), m2), b3 = f32x4.sub(f32x4.sub(m1, m2), m3);
    const to = y + e;
    v128.store(to, clamp(f32x4.add(f32x4.add(f32x4.add(a0, a1), a2), shift), low, high));
    v128.store(to + pixel, clamp(f32x4.add(f32x4.sub(f32x4.sub(a1, a2), a3), shift), low, high));
    v128.store(to + row, clamp(f32x4.add(f32x4.add(f32x4.add(b0, b1), b2), shift), low, high));
    v128.store(to + row + pixel, clamp(f32x4.add(f32x4.sub(f32x4.sub(b1, b2), b3), shift), low, high));
  }
}

// @ts-ignore: decorator
@inline
function clamp(value: v128, low: v128, high: v128): v128 {
  return f32x4.min(f32x4.max(value, low), high);
}
