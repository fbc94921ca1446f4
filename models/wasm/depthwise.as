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
  // From one tap of a row to the next that has a whole quotient, which is of the output pixel before.
  const nextWeight = usize(strideW) * pixel, nextRow = usize(strideH * filterW) * pixel;
  for (let i: i32 = 0; i < n; i++) {
    for (let iy: i32 = 0; iy < h; iy++) {
      // Taps ky = firstY, firstY + s … belong to output rows y = lastY, lastY - 1 … that are there.
      const belowY = max(0, (iy + top) / strideH - outH + 1);
      const firstY = (iy + top) % strideH + belowY * strideH, lastY = (iy + top) / strideH - belowY;
      const rows = firstY < filterH ? min((filterH - 1 - firstY) / strideH, lastY) + 1 : 0;
      for (let ix: i32 = 0; ix < w; ix++) {
        const belowX = max(0, (ix + left) / strideW - outW + 1);
        const firstX = (ix + left) % strideW + belowX * strideW, lastX = (ix + left) / strideW - belowX;
        const columns = firstX < filterW ? min((filterW - 1 - firstX) / strideW, lastX) + 1 : 0;
        const g0 = dy + usize((i * outH + lastY) * outW + lastX) * pixel;
        const t0 = weights + usize(firstY * filterW + firstX) * pixel;
        let k: i32 = 0;
        for (; k + 16 <= c; k += 16) {
          let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
          for (let row: i32 = 0; row < rows; row++) {
            let g = g0 - usize(row * outW) * pixel + k * 4, t = t0 + usize(row) * nextRow + k * 4;
            for (let column: i32 = 0; column < columns; column++) {
              s0 = fma(v128.load(g), v128.load(t), s0);
              s1 = fma(v128.load(g, 16), v128.load(t, 16), s1);
              s2 = fma(v128.load(g, 32), v128.load(t, 32), s2);
              s3 = fma(v128.load(g, 48), v128.load(t, 48), s3);
              g -= pixel;
              t += nextWeight;
            }
          }
          const to = dx + k * 4;
          v128.store(to, s0); v128.store(to, s1, 16); v128.store(to, s2, 32); v128.store(to, s3, 48);
        }
        for (; k + 4 <= c; k += 4) {
          let sum = f32x4.splat(0);
          for (let row: i32 = 0; row < rows; row++) {
            let g = g0 - usize(row * outW) * pixel + k * 4, t = t0 + usize(row) * nextRow + k * 4;
            for (let column: i32 = 0; column < columns; column++) {
              sum = f32x4.add(sum, f32x4.mul(v128.load(g), v128.load(t)));
              g -= pixel;
              t += nextWeight;
            }
          }
          v128.store(dx + k * 4, sum);
        }
        for (; k < c; k++) {
          let sum: f32 = 0;
          for (let row: i32 = 0; row < rows; row++) {
            let g = g0 - usize(row * outW) * pixel + k * 4, t = t0 + usize(row) * nextRow + k * 4;
            for (let column: i32 = 0; column < columns; column++) {
              sum += load<f32>(g) * load<f32>(t);
              g -= pixel;
              t += nextWeight;
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
  memory.fill(dw, 0, usize(filterH * filterW) * pixel);
  let k: i32 = 0;
  // All taps of a row of pixels in turn, whose 16 channels stay in the cache meanwhile.
  for (; k + 16 <= c; k += 16) {
    for (let i: i32 = 0; i < n; i++) {
      for (let oy: i32 = 0; oy < outH; oy++) {
        const row = dy + usize((i * outH + oy) * outW) * pixel + k * 4;
        for (let ky: i32 = 0; ky < filterH; ky++) {
          const iy = oy * strideH + ky - top;
          if (iy < 0 || iy >= h) continue;
          for (let kx: i32 = 0; kx < filterW; kx++) {
            const shift = kx - left;
            const first = firstColumn(shift, strideW), last = lastColumn(shift, first, w, outW, strideW);
            let a = x + usize((i * h + iy) * w + first * strideW + shift) * pixel + k * 4;
            let g = row + usize(first) * pixel;
            let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
            for (let ox = first; ox < last; ox++) {
              s0 = fma(v128.load(a), v128.load(g), s0);
              s1 = fma(v128.load(a, 16), v128.load(g, 16), s1);
              s2 = fma(v128.load(a, 32), v128.load(g, 32), s2);
              s3 = fma(v128.load(a, 48), v128.load(g, 48), s3);
              a += step;
              g += pixel;
            }
            const to = dw + usize(ky * filterW + kx) * pixel + k * 4;
            v128.store(to, f32x4.add(v128.load(to), s0));
            v128.store(to, f32x4.add(v128.load(to, 16), s1), 16);
            v128.store(to, f32x4.add(v128.load(to, 32), s2), 32);
            v128.store(to, f32x4.add(v128.load(to, 48), s3), 48);
          }
        }
      }
    }
  }
  // One tap after the other, whose sums are float64.
  while (k < c) {
    const four = k + 4 <= c;
    for (let ky: i32 = 0; ky < filterH; ky++) {
      for (let kx: i32 = 0; kx < filterW; kx++) {
        const shift = kx - left;
        const first = firstColumn(shift, strideW), last = lastColumn(shift, first, w, outW, strideW);
        let low = f64x2.splat(0), high = low, total: f64 = 0;
        for (let i: i32 = 0; i < n; i++) {
          for (let oy: i32 = 0; oy < outH; oy++) {
            const iy = oy * strideH + ky - top;
            if (iy < 0 || iy >= h) continue;
            let a = x + usize((i * h + iy) * w + first * strideW + shift) * pixel + k * 4;
            let g = dy + usize((i * outH + oy) * outW + first) * pixel + k * 4;
            if (four) {
              for (let ox = first; ox < last; ox++) {
                const product = f32x4.mul(v128.load(a), v128.load(g));
                low = f64x2.add(low, f64x2.promote_low_f32x4(product));
                high = f64x2.add(high, highLanes(product));
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
        if (four) storeDoubles(to, low, high);
        else store<f32>(to, f32(total));
      }
    }
    k += four ? 4 : 1;
  }
}

/** The first output column under which a tap that is so far right of the window's middle lies inside the image. */
// @ts-ignore: decorator
@inline
function firstColumn(shift: i32, stride: i32): i32 {
  return shift < 0 ? (stride - 1 - shift) / stride : 0;
}

/** The column after the last of them, or the first where there is none. */
// @ts-ignore: decorator
@inline
function lastColumn(shift: i32, first: i32, w: i32, outW: i32, stride: i32): i32 {
  return shift >= w ? first : min(outW, (w - 1 - shift) / stride + 1);
}
