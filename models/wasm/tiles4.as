/*
 * The transforms of F(4 × 4, 3 × 3), with the points 0, ±√2, ±√½ and ∞: where the usual 0, ±1, ±2 and ∞ round five times as much as the
 * sums that are written out, these round about as much (Alam et al., "Winograd convolution for deep neural networks: efficient point
 * selection" (2022), https://doi.org/10.1145/3524069, have points of the form ±c, ±1/c). With a = √2 and b = √½
 *
 *         1  0 −5/2  0   1  0          1      0     0
 *         0 −b   −½  a   1  0          1/6   a/6   1/3          1  1  1  1  1  0
 *    Bᵀ = 0  b   −½ −a   1  0      G = 1/6  −a/6   1/3     Aᵀ = 0  a −a  b −b  0
 *         0 −a   −2  b   1  0         −2/3  −a/3  −1/3          0  2  2  ½  ½  0
 *         0  a   −2 −b   1  0         −2/3   a/3  −1/3          0 2a −2a b/2 −b/2 1
 *         0  1    0 −5/2 0  1          0      0     1
 *
 * each first down, then across, by way of `temp`, 576 bytes; four channels at a time. Addresses and steps are in bytes, numbers float32.
 */
const A: f32 = 1.4142135623730951;
const B: f32 = 0.7071067811865476;

// @ts-ignore: decorator
@inline
function fma(a: v128, b: f32, c: v128): v128 {
  return f32x4.relaxed_madd(a, f32x4.splat(b), c);
}

// @ts-ignore: decorator
@inline
function times(a: v128, b: f32): v128 {
  return f32x4.mul(a, f32x4.splat(b));
}

/** Four numbers at the places of ±a and ±b each: even + odd, even − odd. */
// @ts-ignore: decorator
@inline
function storeBoth(to: usize, step: usize, even: v128, odd: v128): void {
  v128.store(to, f32x4.add(even, odd));
  v128.store(to + step, f32x4.sub(even, odd));
}

/** Bᵀ d B of one tile of 6 × 6 pixels: its 36 places, `step` bytes apart. */
export function transformTile4(d: usize, row: usize, pixel: usize, v: usize, step: usize, temp: usize): void {
  for (let e: usize = 0; e < pixel; e += 16) {
    for (let x: usize = 0; x < 6; x++) transformLine(d + e + x * pixel, row, temp + x * 16, 96);
    for (let y: usize = 0; y < 6; y++) transformLine(temp + y * 96, 16, v + e + 6 * y * step, step);
  }
}

/** Bᵀ d of a line. */
// @ts-ignore: decorator
@inline
function transformLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const d0 = v128.load(from), d1 = v128.load(from + step), d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step), d4 = v128.load(from + 4 * step), d5 = v128.load(from + 5 * step);
  v128.store(to, f32x4.add(fma(d2, -2.5, d0), d4));
  storeBoth(to + toStep, toStep, fma(d2, -0.5, d4), fma(d3, A, times(d1, -B)));
  storeBoth(to + 3 * toStep, toStep, fma(d2, -2, d4), fma(d3, B, times(d1, -A)));
  v128.store(to + 5 * toStep, f32x4.add(fma(d3, -2.5, d1), d5));
}

/** G g Gᵀ of four filters: 36 places, `place` bytes apart, from 3 × 3 taps, `tap` bytes apart. */
// @ts-ignore: decorator
@inline
export function filterPlaces4(from: usize, tap: usize, to: usize, place: usize, temp: usize): void {
  for (let x: usize = 0; x < 3; x++) filterLine(from + x * tap, 3 * tap, temp + x * 16, 48);
  for (let y: usize = 0; y < 6; y++) filterLine(temp + y * 48, 16, to + 6 * y * place, place);
}

/** G g of a line. */
// @ts-ignore: decorator
@inline
function filterLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const g0 = v128.load(from), g1 = v128.load(from + step), g2 = v128.load(from + 2 * step);
  const third = times(g2, 1.0 / 3.0);
  v128.store(to, g0);
  storeBoth(to + toStep, toStep, fma(g0, 1.0 / 6.0, third), times(g1, A / 6));
  storeBoth(to + 3 * toStep, toStep, f32x4.sub(times(g0, -2.0 / 3.0), third), times(g1, -A / 3));
  v128.store(to + 5 * toStep, g2);
}

/** Aᵀ m A of one tile: 4 × 4 pixels of the result. */
export function restoreTile4(m: usize, step: usize, y: usize, row: usize, pixel: usize, temp: usize): void {
  for (let e: usize = 0; e < pixel; e += 16) {
    for (let x: usize = 0; x < 6; x++) restoreLine(m + e + x * step, 6 * step, temp + x * 16, 96);
    for (let i: usize = 0; i < 4; i++) restoreLine(temp + i * 96, 16, y + e + i * row, pixel);
  }
}

/** Aᵀ m of a line. */
// @ts-ignore: decorator
@inline
function restoreLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const m1 = v128.load(from + step), m2 = v128.load(from + 2 * step), m3 = v128.load(from + 3 * step);
  const m4 = v128.load(from + 4 * step);
  const evenA = f32x4.add(m1, m2), oddA = times(f32x4.sub(m1, m2), A);
  const evenB = f32x4.add(m3, m4), oddB = times(f32x4.sub(m3, m4), B);
  v128.store(to, f32x4.add(v128.load(from), f32x4.add(evenA, evenB)));
  v128.store(to + toStep, f32x4.add(oddA, oddB));
  v128.store(to + 2 * toStep, fma(evenA, 2, times(evenB, 0.5)));
  v128.store(to + 3 * toStep, fma(oddA, 2, fma(oddB, 0.5, v128.load(from + 5 * step))));
}

/** A e Aᵀ of one tile of 4 × 4 pixels of a gradient: its 36 places, `step` bytes apart, in panels of 8 channels. */
export function spreadTile4(
  from: usize, row: usize, pixel: usize, to: usize, panel: usize, step: usize, temp: usize,
): void {
  for (let e: usize = 0; e < pixel; e += 16) {
    for (let x: usize = 0; x < 4; x++) spreadLine(from + e + x * pixel, row, temp + x * 16, 64);
    const target = to + (e >> 5) * panel + (e & 16);
    for (let y: usize = 0; y < 6; y++) spreadLine(temp + y * 64, 16, target + 6 * y * step, step);
  }
}

/** A e of a line. */
// @ts-ignore: decorator
@inline
function spreadLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const e0 = v128.load(from), e1 = v128.load(from + step), e2 = v128.load(from + 2 * step);
  const e3 = v128.load(from + 3 * step);
  v128.store(to, e0);
  storeBoth(to + toStep, toStep, fma(e2, 2, e0), times(fma(e3, 2, e1), A));
  storeBoth(to + 3 * toStep, toStep, fma(e2, 0.5, e0), times(fma(e3, 0.5, e1), B));
  v128.store(to + 5 * toStep, e3);
}

/** Gᵀ u G of four filters: 3 × 3 taps, `tap` bytes apart, from 36 places, `place` bytes apart. */
// @ts-ignore: decorator
@inline
export function restoreFilters4(from: usize, place: usize, to: usize, tap: usize, temp: usize): void {
  for (let x: usize = 0; x < 6; x++) restoreFilterLine(from + x * place, 6 * place, temp + x * 16, 96);
  for (let y: usize = 0; y < 3; y++) restoreFilterLine(temp + y * 96, 16, to + 3 * y * tap, tap);
}

/** Gᵀ u of a line. */
// @ts-ignore: decorator
@inline
function restoreFilterLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const u1 = v128.load(from + step), u2 = v128.load(from + 2 * step), u3 = v128.load(from + 3 * step);
  const u4 = v128.load(from + 4 * step);
  const evenA = f32x4.add(u1, u2), evenB = f32x4.add(u3, u4);
  v128.store(to, fma(evenA, 1.0 / 6.0, fma(evenB, -2.0 / 3.0, v128.load(from))));
  v128.store(to + toStep, fma(f32x4.sub(u1, u2), A / 6, times(f32x4.sub(u3, u4), -A / 3)));
  v128.store(to + 2 * toStep, fma(f32x4.sub(evenA, evenB), 1.0 / 3.0, v128.load(from + 5 * step)));
}
