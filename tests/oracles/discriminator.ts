import type { ImageBatch } from "./bilinear.ts";

/** A kernel, by row, column, input, output, and a bias for each output. */
export interface Convolution4 {
  readonly kernel: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
}

/** A 4 × 4 convolution of stride 2, a pixel of zeros around the image. */
function convolveHalving({ n, h, w, c, data }: ImageBatch, { kernel, bias }: Convolution4): ImageBatch {
  const half = { n, h: h / 2, w: w / 2, c: bias.length };
  const y = new Float64Array(n * half.h * half.w * half.c);
  for (let i = 0; i < y.length; i++) {
    const output = i % half.c, pixel = Math.floor(i / half.c);
    const column = pixel % half.w, row = Math.floor(pixel / half.w) % half.h;
    const image = Math.floor(pixel / half.w / half.h);
    y[i] = bias[output];
    for (let ky = 0; ky < 4; ky++) {
      for (let kx = 0; kx < 4; kx++) {
        const [y0, x0] = [2 * row + ky - 1, 2 * column + kx - 1];
        if (y0 < 0 || y0 >= h || x0 < 0 || x0 >= w) continue;
        for (let input = 0; input < c; input++) {
          y[i] += data[((image * h + y0) * w + x0) * c + input] *
            kernel[((ky * 4 + kx) * c + input) * half.c + output];
        }
      }
    }
  }
  return { ...half, data: y };
}

/** Bilinear enlargement of one channel, the pixels of the corners staying where they are. */
function enlargeCorners({ n, h, w, data }: ImageBatch, factor: number): ImageBatch {
  const large = { n, h: factor * h, w: factor * w, c: 1 };
  const along = (i: number, from: number, to: number): readonly [at: number, share: number][] => {
    const place = to === 1 ? 0 : i * (from - 1) / (to - 1), before = Math.floor(place);
    return [[before, 1 - (place - before)], [Math.min(before + 1, from - 1), place - before]];
  };
  const y = new Float64Array(n * large.h * large.w);
  for (let i = 0; i < y.length; i++) {
    const column = i % large.w, row = Math.floor(i / large.w) % large.h;
    const image = Math.floor(i / large.w / large.h);
    for (const [y0, wy] of along(row, h, large.h)) {
      for (const [x0, wx] of along(column, w, large.w)) y[i] += wy * wx * data[(image * h + y0) * w + x0];
    }
  }
  return { ...large, data: y };
}

/** The logits of the discriminator for maps of two classes, in float64: five convolutions, leaky ReLUs of slope 0.2 between them. */
export function discriminatorOracle(maps: ImageBatch, layers: readonly Convolution4[]): Float64Array {
  const judged = layers.reduce((x, layer, i) => {
    const y = convolveHalving(x, layer);
    return i === layers.length - 1
      ? y
      : { ...y, data: y.data.map((value) => value > 0 ? value : 0.2 * value) };
  }, maps);
  return enlargeCorners(judged, 32).data;
}
