/*
 * Batch normalisation over matrices [rows][channels] (float32, addresses in bytes), and the element-wise passes of training.
 * Sums run down the rows for up to 16 channels at a time; a partial sum every 256 rows keeps their rounding errors small.
 */
import { fma, highLanes, storeDoubles } from "./lanes";

const PARTIAL: i32 = 256;

/** The lanes of `g` where centred · scale + shift, as normalizeRows() rounds it, is positive, else 0. */
// @ts-ignore: decorator
@inline
function gated(g: v128, centred: v128, scale: v128, shift: v128): v128 {
  return v128.and(g, f32x4.gt(fma(centred, scale, shift), f32x4.splat(0)));
}

/** sum[c] = Σ_r x[r, c] */
export function sumRows(x: usize, rows: i32, channels: i32, sum: usize): void {
  const step = usize(channels) * 4;
  let c: i32 = 0;
  for (; c + 16 <= channels; c += 16) {
    let t0 = f32x4.splat(0), t1 = t0, t2 = t0, t3 = t0;
    let at = x + c * 4;
    for (let r: i32 = 0; r < rows; r += PARTIAL) {
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      for (let end = at + min(PARTIAL, rows - r) * step; at < end; at += step) {
        s0 = f32x4.add(s0, v128.load(at));
        s1 = f32x4.add(s1, v128.load(at, 16));
        s2 = f32x4.add(s2, v128.load(at, 32));
        s3 = f32x4.add(s3, v128.load(at, 48));
      }
      t0 = f32x4.add(t0, s0); t1 = f32x4.add(t1, s1); t2 = f32x4.add(t2, s2); t3 = f32x4.add(t3, s3);
    }
    const to = sum + c * 4;
    v128.store(to, t0); v128.store(to, t1, 16); v128.store(to, t2, 32); v128.store(to, t3, 48);
  }
  for (; c < channels; c++) {
    let total: f64 = 0;
    let at = x + c * 4;
    for (let r: i32 = 0; r < rows; r++, at += step) total += load<f32>(at);
    store<f32>(sum + c * 4, f32(total));
  }
}

/** sum[c] = Σ_r (x[r, c] - mean[c])² */
export function sumSquares(x: usize, rows: i32, channels: i32, mean: usize, sum: usize): void {
  const step = usize(channels) * 4;
  let c: i32 = 0;
  for (; c + 8 <= channels; c += 8) {
    let t0 = f32x4.splat(0), t1 = t0;
    const m0 = v128.load(mean + c * 4), m1 = v128.load(mean + c * 4, 16);
    let at = x + c * 4;
    for (let r: i32 = 0; r < rows; r += PARTIAL) {
      let s0 = f32x4.splat(0), s1 = s0;
      for (let end = at + min(PARTIAL, rows - r) * step; at < end; at += step) {
        const d0 = f32x4.sub(v128.load(at), m0), d1 = f32x4.sub(v128.load(at, 16), m1);
        s0 = fma(d0, d0, s0); s1 = fma(d1, d1, s1);
      }
      t0 = f32x4.add(t0, s0); t1 = f32x4.add(t1, s1);
    }
    v128.store(sum + c * 4, t0); v128.store(sum + c * 4, t1, 16);
  }
  for (; c < channels; c++) {
    let total: f64 = 0;
    const m = load<f32>(mean + c * 4);
    let at = x + c * 4;
    for (let r: i32 = 0; r < rows; r++, at += step) {
      const d = f64(load<f32>(at) - m);
      total += d * d;
    }
    store<f32>(sum + c * 4, f32(total));
  }
}

/** y[r, c] = max(lower, (x[r, c] - mean[c]) · scale[c] + shift[c]): lower is 0 for a ReLU, -∞ for none */
export function normalizeRows(
  x: usize, rows: i32, channels: i32, mean: usize, scale: usize, shift: usize, lower: f32, y: usize,
): void {
  const low = f32x4.splat(lower);
  const bytes = usize(channels) * 4;
  const vectors = bytes & ~15;
  for (let r: i32 = 0; r < rows; r++) {
    let c: usize = 0;
    for (; c < vectors; c += 16) {
      const centred = f32x4.sub(v128.load(x + c), v128.load(mean + c));
      v128.store(y + c, f32x4.max(fma(centred, v128.load(scale + c), v128.load(shift + c)), low));
    }
    for (; c < bytes; c += 4) {
      store<f32>(y + c, max<f32>((load<f32>(x + c) - load<f32>(mean + c)) * load<f32>(scale + c) + load<f32>(shift + c), lower));
    }
    x += bytes;
    y += bytes;
  }
}

/**
 * sumG[c] = Σ_r g[r, c] and sumGX[c] = Σ_r g[r, c] · (x[r, c] - mean[c]), with g = dy where a ReLU passed
 * (x[r, c] - mean[c]) · scale[c] + shift[c] on, else 0; shift 0: g = dy, no ReLU followed
 */
export function sumGradients(
  dy: usize, x: usize, rows: i32, channels: i32, mean: usize, scale: usize, shift: usize, sumG: usize, sumGX: usize,
): void {
  const step = usize(channels) * 4;
  let c: i32 = 0;
  for (; c + 8 <= channels; c += 8) {
    let t0 = f32x4.splat(0), t1 = t0, u0 = t0, u1 = t0, b0 = t0, b1 = t0;
    let at = usize(c) * 4;
    const m0 = v128.load(mean + at), m1 = v128.load(mean + at, 16);
    const a0 = v128.load(scale + at), a1 = v128.load(scale + at, 16);
    if (shift) {
      b0 = v128.load(shift + at);
      b1 = v128.load(shift + at, 16);
    }
    for (let r: i32 = 0; r < rows; r += PARTIAL) {
      let s0 = f32x4.splat(0), s1 = s0, p0 = s0, p1 = s0;
      for (let end = at + min(PARTIAL, rows - r) * step; at < end; at += step) {
        const d0 = f32x4.sub(v128.load(x + at), m0), d1 = f32x4.sub(v128.load(x + at, 16), m1);
        let g0 = v128.load(dy + at), g1 = v128.load(dy + at, 16);
        if (shift) {
          g0 = gated(g0, d0, a0, b0);
          g1 = gated(g1, d1, a1, b1);
        }
        s0 = f32x4.add(s0, g0); s1 = f32x4.add(s1, g1);
        p0 = fma(g0, d0, p0); p1 = fma(g1, d1, p1);
      }
      t0 = f32x4.add(t0, s0); t1 = f32x4.add(t1, s1); u0 = f32x4.add(u0, p0); u1 = f32x4.add(u1, p1);
    }
    v128.store(sumG + c * 4, t0); v128.store(sumG + c * 4, t1, 16);
    v128.store(sumGX + c * 4, u0); v128.store(sumGX + c * 4, u1, 16);
  }
  for (; c + 4 <= channels; c += 4) {
    let t0 = f64x2.splat(0), t1 = t0, u0 = t0, u1 = t0, b = f32x4.splat(0);
    let at = usize(c) * 4;
    const m = v128.load(mean + at), a = v128.load(scale + at);
    if (shift) b = v128.load(shift + at);
    for (let r: i32 = 0; r < rows; r++, at += step) {
      const d = f32x4.sub(v128.load(x + at), m);
      let g = v128.load(dy + at);
      if (shift) g = gated(g, d, a, b);
      const g0 = f64x2.promote_low_f32x4(g), g1 = highLanes(g);
      t0 = f64x2.add(t0, g0); t1 = f64x2.add(t1, g1);
      u0 = f64x2.add(u0, f64x2.mul(g0, f64x2.promote_low_f32x4(d)));
      u1 = f64x2.add(u1, f64x2.mul(g1, highLanes(d)));
    }
    storeDoubles(sumG + c * 4, t0, t1);
    storeDoubles(sumGX + c * 4, u0, u1);
  }
  for (; c < channels; c++) {
    let total: f64 = 0, product: f64 = 0;
    let at = usize(c) * 4;
    const m = load<f32>(mean + at), a = load<f32>(scale + at), b: f32 = shift ? load<f32>(shift + at) : 0;
    for (let r: i32 = 0; r < rows; r++, at += step) {
      const d = load<f32>(x + at) - m;
      if (shift && !(d * a + b > 0)) continue;
      const g = f64(load<f32>(dy + at));
      total += g;
      product += g * d;
    }
    store<f32>(sumG + c * 4, f32(total));
    store<f32>(sumGX + c * 4, f32(product));
  }
}

/** dx[r, c] = g[r, c] · a[c] + (x[r, c] - mean[c]) · b[c] + k[c], with g and what it takes as in sumGradients() */
export function normalizeGradients(
  dy: usize, x: usize, rows: i32, channels: i32, mean: usize, scale: usize, shift: usize, a: usize, b: usize, k: usize,
  dx: usize,
): void {
  const bytes = usize(channels) * 4;
  const vectors = bytes & ~15;
  for (let r: i32 = 0; r < rows; r++) {
    let c: usize = 0;
    for (; c < vectors; c += 16) {
      const centred = f32x4.sub(v128.load(x + c), v128.load(mean + c));
      let g = v128.load(dy + c);
      if (shift) g = gated(g, centred, v128.load(scale + c), v128.load(shift + c));
      v128.store(dx + c, fma(g, v128.load(a + c), fma(centred, v128.load(b + c), v128.load(k + c))));
    }
    for (; c < bytes; c += 4) {
      const centred = load<f32>(x + c) - load<f32>(mean + c);
      const g: f32 = shift && !(centred * load<f32>(scale + c) + load<f32>(shift + c) > 0) ? 0 : load<f32>(dy + c);
      store<f32>(dx + c, g * load<f32>(a + c) + centred * load<f32>(b + c) + load<f32>(k + c));
    }
    dy += bytes;
    x += bytes;
    dx += bytes;
  }
}

/** dx = dy where lower < x ≤ upper, else 0: the gradient of ReLU (0, ∞) and of ReLU6 (0, 6) */
export function gateGradients(dy: usize, x: usize, count: i32, lower: f32, upper: f32, dx: usize): void {
  const low = f32x4.splat(lower), high = f32x4.splat(upper);
  const bytes = usize(count) * 4;
  const vectors = bytes & ~15;
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    const value = v128.load(x + i);
    const open = v128.and(f32x4.gt(value, low), f32x4.le(value, high));
    v128.store(dx + i, v128.and(v128.load(dy + i), open));
  }
  for (; i < bytes; i += 4) {
    const value = load<f32>(x + i);
    store<f32>(dx + i, value > lower && value <= upper ? load<f32>(dy + i) : 0);
  }
}

/** dx = dy · s · (1 + x · (1 − s)), s the sigmoid of x: the gradient of x · s */
export function swishGradients(dy: usize, x: usize, share: usize, count: i32, dx: usize): void {
  const one = f32x4.splat(1);
  const bytes = usize(count) * 4;
  const vectors = bytes & ~15;
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    const s = v128.load(share + i);
    const slope = f32x4.mul(s, f32x4.add(f32x4.mul(v128.load(x + i), f32x4.sub(one, s)), one));
    v128.store(dx + i, f32x4.mul(v128.load(dy + i), slope));
  }
  for (; i < bytes; i += 4) {
    const s = load<f32>(share + i);
    store<f32>(dx + i, load<f32>(dy + i) * (s * (load<f32>(x + i) * (1 - s) + 1)));
  }
}

/** newV = momentum · v + g and newW = w - rate · newV */
export function momentumStep(
  w: usize, v: usize, g: usize, count: i32, momentum: f32, rate: f32, newW: usize, newV: usize,
): void {
  const m = f32x4.splat(momentum), minusRate = f32x4.splat(-rate);
  const bytes = usize(count) * 4;
  const vectors = bytes & ~15;
  let i: usize = 0;
  for (; i < vectors; i += 16) {
    const velocity = fma(v128.load(v + i), m, v128.load(g + i));
    v128.store(newV + i, velocity);
    v128.store(newW + i, fma(velocity, minusRate, v128.load(w + i)));
  }
  for (; i < bytes; i += 4) {
    const velocity = load<f32>(v + i) * momentum + load<f32>(g + i);
    store<f32>(newV + i, velocity);
    store<f32>(newW + i, load<f32>(w + i) - rate * velocity);
  }
}
