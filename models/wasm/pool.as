/* Gradients of pooling over images [n][h][w][c] (float32, addresses in bytes). */

/**
 * dx[first maximum of each window] += dy[window]. A window that reaches beyond the image is cut there.
 *
 * @param done c · 4 bytes rounded up to 16: which channels of a window have found their maximum
 */
export function maxPoolGradients(
  x: usize, y: usize, dy: usize, dx: usize, n: i32, h: i32, w: i32, c: i32, outH: i32, outW: i32,
  windowH: i32, windowW: i32, strideH: i32, strideW: i32, top: i32, left: i32, done: usize,
): void {
  const pixel = usize(c) * 4;
  const vectors = pixel & ~15;
  memory.fill(dx, 0, usize(n) * h * w * pixel);
  for (let i: i32 = 0; i < n; i++) {
    for (let oy: i32 = 0; oy < outH; oy++) {
      const y0 = max(oy * strideH - top, 0), y1 = min(oy * strideH - top + windowH, h);
      for (let ox: i32 = 0; ox < outW; ox++) {
        const x0 = max(ox * strideW - left, 0), x1 = min(ox * strideW - left + windowW, w);
        memory.fill(done, 0, pixel);
        for (let iy = y0; iy < y1; iy++) {
          for (let ix = x0; ix < x1; ix++) {
            const at = usize((i * h + iy) * w + ix) * pixel;
            let k: usize = 0;
            for (; k < vectors; k += 16) {
              const found = v128.load(done + k);
              const here = v128.andnot(f32x4.eq(v128.load(x + at + k), v128.load(y + k)), found);
              v128.store(done + k, v128.or(found, here));
              v128.store(dx + at + k, f32x4.add(v128.load(dx + at + k), v128.and(v128.load(dy + k), here)));
            }
            for (; k < pixel; k += 4) {
              if (load<u32>(done + k) !== 0 || load<f32>(x + at + k) !== load<f32>(y + k)) continue;
              store<u32>(done + k, 1);
              store<f32>(dx + at + k, load<f32>(dx + at + k) + load<f32>(dy + k));
            }
          }
        }
        y += pixel;
        dy += pixel;
      }
    }
  }
}
