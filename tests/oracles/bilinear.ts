/** Images by rows, their channels side by side. */
export interface ImageBatch {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly data: Float64Array;
}

/** Bilinear enlargement by a whole number; pixels are areas, and those of the border go on for ever. */
export function bilinearOracle({ n, h, w, c, data }: ImageBatch, scale: number): ImageBatch {
  const large = { n, h: scale * h, w: scale * w, c, data: new Float64Array(n * scale * h * scale * w * c) };
  const clamp = (i: number, size: number) => Math.min(size - 1, Math.max(0, i));
  let i = 0;
  for (let image = 0; image < n; image++) {
    for (let row = 0; row < large.h; row++) {
      for (let column = 0; column < large.w; column++) {
        for (let channel = 0; channel < c; channel++, i++) {
          const y = (row + 0.5) / scale - 0.5, x = (column + 0.5) / scale - 0.5;
          const top = Math.floor(y), left = Math.floor(x);
          for (const [y0, wy] of [[top, 1 - (y - top)], [top + 1, y - top]]) {
            for (const [x0, wx] of [[left, 1 - (x - left)], [left + 1, x - left]]) {
              const from = ((image * h + clamp(y0, h)) * w + clamp(x0, w)) * c + channel;
              large.data[i] += wy * wx * data[from];
            }
          }
        }
      }
    }
  }
  return large;
}

/** A 3 × 3 convolution with zeros around the image. The kernel lies by row, column, input, output. */
export function convolutionOracle(
  { n, h, w, c, data }: ImageBatch,
  kernel: Float64Array,
  bias: ArrayLike<number>,
): ImageBatch {
  const outputs = bias.length;
  const y = new Float64Array(n * h * w * outputs);
  for (let i = 0; i < y.length; i++) {
    const output = i % outputs, pixel = Math.floor(i / outputs);
    const column = pixel % w, row = Math.floor(pixel / w) % h, image = Math.floor(pixel / w / h);
    y[i] = bias[output];
    for (let ky = 0; ky < 3; ky++) {
      for (let kx = 0; kx < 3; kx++) {
        const [y0, x0] = [row + ky - 1, column + kx - 1];
        if (y0 < 0 || y0 >= h || x0 < 0 || x0 >= w) continue;
        for (let input = 0; input < c; input++) {
          y[i] += data[((image * h + y0) * w + x0) * c + input] *
            kernel[((ky * 3 + kx) * c + input) * outputs + output];
        }
      }
    }
  }
  return { n, h, w, c: outputs, data: y };
}
