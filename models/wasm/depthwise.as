/*
 * Gradients of a depthwise convolution y[oy, ox, c] = Σ x[oy · s + ky - top, ox · s + kx - left, c] · w[ky, kx, c] over images
 * [n][h][w][c] (float32, addresses in bytes): 16 channels at a time, of the rest four, of the rest one, sums in
 * registers. Four round as one does, so that a training ends the same whichever is at work.
 */
import { fma, highLanes, storeDoubles } from "./lanes";

/** dx[iy, ix, c] = Σ dy[(iy + top - ky) / s, (ix + left - kx) / s, c] · w[ky, kx, c] over the taps with whole quotients */
export function depthwiseInputGradient(
  dy: usize, weights: usize, dx: usize, n: i32, h: i32, w: i32, c: i32, outH: i32, outW: i32, filterH: i32, filterW: i32,
  strideH: i32, strideW: i32, top: i32, left: i32,
): void {
  const pixel = usize(c) * 4;
  for (let i: i32 = 0; i < n; i++) {
    for (let iy: i32 = 0; iy < h; iy++) {
      for (let ix: i32 = 0; ix < w; ix++) {
        let k: i32 = 0;
        for (; k + 16 <= c; k += 16) {
          let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
          for (let ky: i32 = 0; ky < filterH; ky++) {
            const y = iy + top - ky;
            if (y < 0 || y % strideH !== 0 || y / strideH >= outH) continue;
            for (let kx: i32 = 0; kx < filterW; kx++) {
              const x = ix + left - kx;
              if (x < 0 || x % strideW !== 0 || x / strideW >= outW) continue;
              const g = dy + usize((i * outH + y / strideH) * outW + x / strideW) * pixel + k * 4;
              const t = weights + usize(ky * filterW + kx) * pixel + k * 4;
              s0 = fma(v128.load(g), v128.load(t), s0);
              s1 = fma(v128.load(g, 16), v128.load(t, 16), s1);
              s2 = fma(v128.load(g, 32), v128.load(t, 32), s2);
              s3 = fma(v128.load(g, 48), v128.load(t, 48), s3);
            }
          }
          const to = dx + k * 4;
          v128.store(to, s0); v128.store(to, s1, 16); v128.store(to, s2, 32); v128.store(to, s3, 48);
        }
        for (; k + 4 <= c; k += 4) {
          let sum = f32x4.splat(0);
          for (let ky: i32 = 0; ky < filterH; ky++) {
            const y = iy + top - ky;
            if (y < 0 || y % strideH !== 0 || y / strideH >= outH) continue;
            for (let kx: i32 = 0; kx < filterW; kx++) {
              const x = ix + left - kx;
              if (x < 0 || x % strideW !== 0 || x / strideW >= outW) continue;
              const g = dy + usize((i * outH + y / strideH) * outW + x / strideW) * pixel + k * 4;
              const t = weights + usize(ky * filterW + kx) * pixel + k * 4;
              sum = f32x4.add(sum, f32x4.mul(v128.load(g), v128.load(t)));
            }
          }
          v128.store(dx + k * 4, sum);
        }
        for (; k < c; k++) {
          let sum: f32 = 0;
          for (let ky: i32 = 0; ky < filterH; ky++) {
            const y = iy + top - ky;
            if (y < 0 || y % strideH !== 0 || y / strideH >= outH) continue;
            for (let kx: i32 = 0; kx < filterW; kx++) {
              const x = ix + left - kx;
              if (x < 0 || x % strideW !== 0 || x / strideW >= outW) continue;
              sum += load<f32>(dy + usize((i * outH + y / strideH) * outW + x / strideW) * pixel + k * 4) *
                load<f32>(weights + usize(ky * filterW + kx) * pixel + k * 4);
            }
          }
          store<f32>(dx + k * 4, sum);
        }
        dx += pixel;
      }
    }
  }
}

/** dw[ky, kx, c] = Σ x[oy · s + ky - top, ox · s + kx - left, c] · dy[oy, ox, c]; sums of a row of pixels are added up */
export function depthwiseFilterGradient(
  x: usize, dy: usize, dw: usize, n: i32, h: i32, w: i32, c: i32, outH: i32, outW: i32, filterH: i32, filterW: i32,
  strideH: i32, strideW: i32, top: i32, left: i32,
): void {
  const pixel = usize(c) * 4;
  const step = pixel * strideW;
  for (let k: i32 = 0; k < c;) {
    const count = k + 16 <= c ? 16 : k + 4 <= c ? 4 : 1;
    for (let ky: i32 = 0; ky < filterH; ky++) {
      for (let kx: i32 = 0; kx < filterW; kx++) {
        // The output columns under which this tap lies inside the image.
        const shift = kx - left;
        let first: i32 = 0;
        if (shift < 0) first = (strideW - 1 - shift) / strideW;
        const last = shift >= w ? first : min(outW, (w - 1 - shift) / strideW + 1);
        let t0 = f32x4.splat(0), t1 = t0, t2 = t0, t3 = t0;
        let totals0 = f64x2.splat(0), totals1 = totals0, total: f64 = 0;
        for (let i: i32 = 0; i < n; i++) {
          for (let oy: i32 = 0; oy < outH; oy++) {
            const iy = oy * strideH + ky - top;
            if (iy < 0 || iy >= h) continue;
            let a = x + usize((i * h + iy) * w + first * strideW + shift) * pixel + k * 4;
            let g = dy + usize((i * outH + oy) * outW + first) * pixel + k * 4;
            if (count === 16) {
              let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
              for (let ox = first; ox < last; ox++) {
                s0 = fma(v128.load(a), v128.load(g), s0);
                s1 = fma(v128.load(a, 16), v128.load(g, 16), s1);
                s2 = fma(v128.load(a, 32), v128.load(g, 32), s2);
                s3 = fma(v128.load(a, 48), v128.load(g, 48), s3);
                a += step;
                g += pixel;
              }
              t0 = f32x4.add(t0, s0); t1 = f32x4.add(t1, s1); t2 = f32x4.add(t2, s2); t3 = f32x4.add(t3, s3);
            } else if (count === 4) {
              for (let ox = first; ox < last; ox++) {
                const product = f32x4.mul(v128.load(a), v128.load(g));
                totals0 = f64x2.add(totals0, f64x2.promote_low_f32x4(product));
                totals1 = f64x2.add(totals1, highLanes(product));
                a += step;
                g += pixel;
              }
            } else {
              for (let ox = first; ox < last; ox++) {
                total += load<f32>(a) * load<f32>(g);
                a += step;
                g += pixel;
              }
            }
          }
        }
        const to = dw + usize(ky * filterW + kx) * pixel + k * 4;
        if (count === 16) {
          v128.store(to, t0); v128.store(to, t1, 16); v128.store(to, t2, 32); v128.store(to, t3, 48);
        } else if (count === 4) {
          storeDoubles(to, totals0, totals1);
        } else {
          store<f32>(to, f32(total));
        }
      }
    }
    k += count;
  }
}
