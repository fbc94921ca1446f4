/*
 * Convolutions of 3 × 3 with stride 1, and their gradients, by Winograd's minimal filtering F(m × m, 3 × 3): Lavin & Gray, "Fast algorithms
 * for convolutional neural networks" (2016), https://doi.org/10.1109/CVPR.2016.435. m × m pixels of the result come from the
 * (m + 2) × (m + 2) pixels d of the input under them by
 *
 *     Aᵀ ((G g Gᵀ) ⊙ (Bᵀ d B)) A,
 *
 * whose ⊙, summed over the channels, is one product of matrices for each of the (m + 2)² places: with m = 2 these are 16 multiplications
 * where 36 are written out, with m = 4 36 where 144 are. All of that is linear in d and in g. The gradient of the input is a convolution
 * again; the gradient of the filter is the transpose in g: with the gradient e of the m × m pixels, summed over all tiles,
 *
 *     Gᵀ (Σ (Bᵀ d B) ⊙ (A e Aᵀ)) G.
 *
 * Addresses and steps are in bytes, numbers float32, channels multiples of 4.
 */
import { addTransposed, multiplyRows, transpose4 } from "./gemm";
import { filterPlaces2, restoreTile2, transformTile2 } from "./tiles2";
import { filterPlaces4, restoreFilters4, restoreTile4, spreadTile4, transformTile4 } from "./tiles4";

/** Columns of a panel of packed filters, and bytes of one of its rows. */
const COLUMNS: i32 = 8;
const PANEL_ROW: usize = 32;
/** Bytes of a line of the cache. */
const LINE: usize = 64;
/** Bytes of what lies between the two directions of a transform. */
const TEMP: usize = 576;

/**
 * G g Gᵀ of each filter, packed as multiplyRows() takes them: [(m + 2)²][⌈k / 8⌉][c][8], 64 bytes after each place.
 *
 * @param m 2 or 4
 * @param w [3][3][c][k]
 * @param temp 576 bytes
 */
export function transformFilters(m: i32, u: usize, w: usize, c: i32, k: i32, temp: usize): void {
  const tap = usize(c) * k * 4;
  const place = placeBytes(c, k);
  memory.fill(u, 0, (m + 2) * (m + 2) * place);
  for (let i: i32 = 0; i < c; i++) {
    for (let j: i32 = 0; j < k; j += 4) {
      const from = w + usize(i * k + j) * 4;
      const to = u + usize(((j / COLUMNS) * c + i) * COLUMNS + j % COLUMNS) * 4;
      if (m === 2) filterPlaces2(from, tap, to, place);
      else filterPlaces4(from, tap, to, place, temp);
    }
  }
}

/** Bytes between the filters of two places. Not a multiple of 4096: the places of a filter would compete for the same lines of the cache. */
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
 * A convolution of n images, in tiles of m × m pixels.
 *
 * @param m 2 or 4
 * @param x [n][h][w][c]
 * @param top, left zeros above and left of each image; below and to the right are as many as the result asks for
 * @param u by transformFilters()
 * @param y [n][outH][outW][k]
 * @param bias f32[k], 0 for none; only with m = 2
 * @param lower, upper the bounds that the result is clamped to; only with m = 2
 * @param block tiles at a time, a multiple of 6
 * @param scratch with p = (m + 2)² places (block · (p · (c + k + 1) + 1) + p · (max(c, k) + 33)) · 4 + 800 bytes
 */
export function convolveTiles(
  m: i32, x: usize, n: i32, h: i32, w: i32, top: i32, left: i32, u: usize, y: usize, outH: i32, outW: i32, c: i32, k: i32,
  bias: usize, lower: f32, upper: f32, block: i32, scratch: usize,
): void {
  const side = m + 2, places = side * side, high = (outH + m - 1) / m, wide = (outW + m - 1) / m;
  const pixelX = usize(c) * 4, imageX = usize(h) * w * pixelX;
  const pixelY = usize(k) * 4, imageY = usize(outH) * outW * pixelY;
  // As placeBytes().
  const stepV = usize(block) * pixelX + LINE, stepM = usize(block) * pixelY + LINE;
  const v = scratch, products = v + places * stepV, temp = products + places * stepM, patch = temp + TEMP;
  const rowsV = patch + places * max(pixelX, pixelY), rowsM = rowsV + usize(block) * 4;
  const offsets = rowsM + usize(places * block) * 4, spill = offsets + usize(places) * 4;
  const filters = placeBytes(c, k);
  for (let t: i32 = 0; t < block; t++) {
    store<u32>(rowsV + t * 4, u32(v + t * pixelX));
    for (let p: i32 = 0; p < places; p++) store<u32>(rowsM + (p * block + t) * 4, u32(products + p * stepM + t * pixelY));
  }
  for (let p: i32 = 0; p < places; p++) store<u32>(offsets + p * 4, u32(p * stepV));
  const tiles = n * high * wide;
  let tileX: i32 = 0, tileY: i32 = 0, doneX: i32 = 0, doneY: i32 = 0;
  for (let start: i32 = 0; start < tiles; start += block) {
    const count = min(block, tiles - start);
    for (let t: i32 = 0; t < count; t++) {
      transformTileAt(m, x, h, w, pixelX, m * tileY - top, m * tileX - left, patch, v + t * pixelX, stepV, temp);
      if (++tileX === wide) {
        tileX = 0;
        if (++tileY === high) {
          tileY = 0;
          x += imageX;
        }
      }
    }
    for (let p: i32 = 0; p < places; p++) {
      multiplyRows(
        rowsV, offsets + p * 4, 1, c, u + p * filters, rowsM + p * block * 4, count, k, 0, -Infinity, Infinity, spill,
      );
    }
    for (let t: i32 = 0; t < count; t++) {
      const from = products + t * pixelY, firstY = m * doneY, firstX = m * doneX;
      const target = y + usize(firstY * outW + firstX) * pixelY;
      if (firstY + m <= outH && firstX + m <= outW) {
        restoreTile(m, from, stepM, target, usize(outW) * pixelY, pixelY, bias, lower, upper, temp);
      } else {
        restoreTile(m, from, stepM, patch, m * pixelY, pixelY, bias, lower, upper, temp);
        for (let i: i32 = 0; i < min(m, outH - firstY); i++) {
          memory.copy(target + usize(i * outW) * pixelY, patch + i * m * pixelY, min(m, outW - firstX) * pixelY);
        }
      }
      if (++doneX === wide) {
        doneX = 0;
        if (++doneY === high) {
          doneY = 0;
          y += imageY;
        }
      }
    }
  }
}

/**
 * The gradient of the filters of such a convolution, in tiles of 4 × 4 pixels of the result.
 *
 * @param dy [n][outH][outW][k]
 * @param dw [3][3][c][k]
 * @param block tiles at a time
 * @param scratch with K = k rounded up to 8 (36 · (c · k + block · (c + K) + max(c, k) + 32) + block) · 4 + 800 bytes; the rest as in
 * convolveTiles()
 */
export function correlateTiles(
  x: usize, n: i32, h: i32, w: i32, top: i32, left: i32, dy: usize, outH: i32, outW: i32, dw: usize, c: i32, k: i32,
  block: i32, scratch: usize,
): void {
  const high = (outH + 3) / 4, wide = (outW + 3) / 4;
  const pixelX = usize(c) * 4, imageX = usize(h) * w * pixelX;
  const pixelY = usize(k) * 4, imageY = usize(outH) * outW * pixelY;
  const panels = usize((k + COLUMNS - 1) / COLUMNS), panel = usize(block) * PANEL_ROW;
  const stepV = usize(block) * pixelX + LINE, stepE = panels * panel + LINE, stepU = usize(c) * pixelY;
  const u = scratch, v = u + 36 * stepU, e = v + 36 * stepV, temp = e + 36 * stepE, patch = temp + TEMP;
  const rowsV = patch + 36 * max(pixelX, pixelY), spill = rowsV + usize(block) * 4;
  // Of the last panel the columns beyond k, too: what lies there may be slow to multiply.
  memory.fill(u, 0, 36 * stepU);
  if (k % COLUMNS) memory.fill(e, 0, 36 * stepE);
  for (let t: i32 = 0; t < block; t++) store<u32>(rowsV + t * 4, u32(v + t * pixelX));
  const tiles = n * high * wide;
  let tileX: i32 = 0, tileY: i32 = 0;
  for (let start: i32 = 0; start < tiles; start += block) {
    const count = min(block, tiles - start);
    for (let t: i32 = 0; t < count; t++) {
      transformTileAt(4, x, h, w, pixelX, 4 * tileY - top, 4 * tileX - left, patch, v + t * pixelX, stepV, temp);
      const from = cutTile(dy, outH, outW, pixelY, 4 * tileY, 4 * tileX, 4, patch);
      spreadTile4(from, (from === patch ? 4 : outW) * pixelY, pixelY, e + t * PANEL_ROW, panel, stepE, temp);
      if (++tileX === wide) {
        tileX = 0;
        if (++tileY === high) {
          tileY = 0;
          x += imageX;
          dy += imageY;
        }
      }
    }
    for (let p: i32 = 0; p < 36; p++) {
      addTransposed(rowsV, p * stepV, c, e + p * stepE, panel, count, u + p * stepU, k, spill);
    }
  }
  for (let at: usize = 0; at < stepU; at += 16) restoreFilters4(u + at, stepU, dw + at, stepU, temp);
}

/** Bᵀ d B of the tile whose first pixel is (top, left) of an image. */
// @ts-ignore: decorator
@inline
function transformTileAt(
  m: i32, image: usize, h: i32, w: i32, pixel: usize, top: i32, left: i32, patch: usize, v: usize, step: usize, temp: usize,
): void {
  const tile = cutTile(image, h, w, pixel, top, left, m + 2, patch);
  const row = (tile === patch ? m + 2 : w) * pixel;
  if (m === 2) transformTile2(tile, row, pixel, v, step);
  else transformTile4(tile, row, pixel, v, step, temp);
}

/**
 * The address of the square whose first pixel is (top, left) of an image of h × w: within the image or, where it reaches beyond, of a copy
 * with zeros there.
 *
 * @param patch side² pixels
 */
function cutTile(image: usize, h: i32, w: i32, pixel: usize, top: i32, left: i32, side: i32, patch: usize): usize {
  if (top >= 0 && left >= 0 && top + side <= h && left + side <= w) return image + usize(top * w + left) * pixel;
  memory.fill(patch, 0, usize(side * side) * pixel);
  const first = max(left, 0), last = min(left + side, w);
  for (let y = max(top, 0); y < min(top + side, h) && first < last; y++) {
    memory.copy(
      patch + usize(side * (y - top) + first - left) * pixel, image + usize(y * w + first) * pixel, usize(last - first) * pixel,
    );
  }
  return patch;
}

/** Aᵀ m A of one tile. */
// @ts-ignore: decorator
@inline
function restoreTile(
  m: i32, from: usize, step: usize, y: usize, row: usize, pixel: usize, bias: usize, lower: f32, upper: f32, temp: usize,
): void {
  if (m === 2) restoreTile2(from, step, y, row, pixel, bias, lower, upper);
  else restoreTile4(from, step, y, row, pixel, temp);
}
