/*
 * The transforms of F(2 × 2, 3 × 3), with the points 0, 1, −1 and ∞:
 *
 *         1  0 −1  0         1  0  0
 *         0  1  1  0         ½  ½  ½
 *    Bᵀ = 0 −1  1  0     G = ½ −½  ½     Aᵀ = 1  1  1  0
 *         0  1  0 −1         0  0  1          0  1 −1 −1
 *
 * each first down, then across, four channels at a time. Addresses and steps are in bytes, numbers float32.
 */

/** G g Gᵀ of four filters: 16 places, `place` bytes apart, from 3 × 3 taps, `tap` bytes apart. */
// @ts-ignore: decorator
@inline
export function filterPlaces2(from: usize, tap: usize, to: usize, place: usize): void {
  const half = f32x4.splat(0.5);
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

// @ts-ignore: decorator
@inline
function storeFilterLine(to: usize, place: usize, half: v128, g0: v128, g1: v128, g2: v128): void {
  const even = f32x4.mul(half, f32x4.add(g0, g2)), odd = f32x4.mul(half, g1);
  v128.store(to, g0);
  v128.store(to + place, f32x4.add(even, odd));
  v128.store(to + 2 * place, f32x4.sub(even, odd));
  v128.store(to + 3 * place, g2);
}

/** Bᵀ d B of one tile: its 16 places, `step` bytes apart. Of a line 0 − 2, 1 + 2, 2 − 1, 1 − 3, first down, then across. */
export function transformTile2(d: usize, row: usize, pixel: usize, v: usize, step: usize): void {
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
export function restoreTile2(
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
