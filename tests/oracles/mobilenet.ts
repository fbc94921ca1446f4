/**
 * MobileNetV2 up to the expansion of block 13, batch norms folded, in float64: written from table 2 of Sandler et al. (2018) and
 * TensorFlow's rule of padding, one loop a dimension.
 *
 * @module
 */
import type { Batch, ResnetOracleOptions } from "./resnet.ts";

/** Expansion, blocks, first stride. */
const STAGES = [[1, 1, 1], [6, 2, 2], [6, 3, 2], [6, 4, 2], [6, 3, 1]];

/** The last feature map of images of RGB 0..255. */
export function mobilenetOracle(x: Batch, values: ResnetOracleOptions["values"]): Batch {
  const large = enlarge(x);
  let features = layer({ ...large, data: large.data.map((v) => (v - 127) / 127.5) }, "Conv1/kernel", 2, true);
  let index = 0;
  for (const [expansion, count, firstStride] of STAGES) {
    for (let i = 0; i < count; i++, index++) {
      const name = index === 0 ? "expanded_conv" : `block_${index}`;
      const input = features, stride = i === 0 ? firstStride : 1;
      if (expansion > 1) features = layer(features, `${name}_expand/kernel`, 1, true);
      features = layer(features, `${name}_depthwise/depthwise_kernel`, stride, true);
      features = layer(features, `${name}_project/kernel`, 1, false);
      const fits = features.c === input.c && stride === 1;
      if (fits) features.data.forEach((v, k) => features.data[k] = v + input.data[k]);
    }
  }
  return layer(features, "block_13_expand/kernel", 1, true);

  function layer(input: Batch, name: string, stride: number, relu6: boolean): Batch {
    const bias = values.get(name.replace(/\w+$/, "bias"))!.data;
    const y = convolveSame(input, values.get(name)!, {
      stride,
      depthwise: name.endsWith("depthwise_kernel"),
    });
    return {
      ...y,
      data: y.data.map((v, i) => relu6 ? Math.min(6, Math.max(0, v + bias[i % y.c])) : v + bias[i % y.c]),
    };
  }
}

/** A convolution with as many zeros around as TensorFlow's `same` adds: what the last window wants, the smaller half of them before the image. */
export function convolveSame(
  input: Batch,
  kernel: { shape: number[]; data: Float64Array },
  { stride, depthwise }: { stride: number; depthwise: boolean },
): Batch {
  const [side, , inputs, outputs] = depthwise ? [...kernel.shape.slice(0, 3), kernel.shape[2]] : kernel.shape;
  const [h, w] = [Math.ceil(input.h / stride), Math.ceil(input.w / stride)];
  const before = (size: number, out: number) => Math.floor(Math.max(0, (out - 1) * stride + side - size) / 2);
  const top = before(input.h, h), left = before(input.w, w);
  const y: Batch = { n: input.n, h, w, c: outputs, data: new Float64Array(input.n * h * w * outputs) };
  for (let n = 0, at = 0; n < y.n; n++) {
    for (let i = 0; i < h; i++) {
      for (let j = 0; j < w; j++) {
        for (let o = 0; o < outputs; o++, at++) {
          for (let a = 0; a < side; a++) {
            for (let b = 0; b < side; b++) {
              const row = i * stride + a - top, column = j * stride + b - left;
              if (row < 0 || row >= input.h || column < 0 || column >= input.w) continue;
              const from = ((n * input.h + row) * input.w + column) * inputs;
              if (depthwise) y.data[at] += input.data[from + o] * kernel.data[(a * side + b) * inputs + o];
              else {
                for (let c = 0; c < inputs; c++) {
                  y.data[at] += input.data[from + c] *
                    kernel.data[((a * side + b) * inputs + c) * outputs + o];
                }
              }
            }
          }
        }
      }
    }
  }
  return y;
}

/** Twice as large, linear between pixel centres, the border repeated. */
function enlarge(x: Batch): Batch {
  const y = { ...x, h: 2 * x.h, w: 2 * x.w, data: new Float64Array(4 * x.data.length) };
  const taps = (i: number, size: number) => {
    const place = Math.min(size - 1, Math.max(0, (i + 0.5) / 2 - 0.5));
    const low = Math.floor(place);
    return { low, high: Math.min(size - 1, low + 1), share: place - low };
  };
  for (let n = 0, at = 0; n < y.n; n++) {
    for (let i = 0; i < y.h; i++) {
      const v = taps(i, x.h);
      for (let j = 0; j < y.w; j++) {
        const u = taps(j, x.w);
        for (let c = 0; c < y.c; c++, at++) {
          const value = (row: number, column: number) => x.data[((n * x.h + row) * x.w + column) * x.c + c];
          const above = value(v.low, u.low) * (1 - u.share) + value(v.low, u.high) * u.share;
          const below = value(v.high, u.low) * (1 - u.share) + value(v.high, u.high) * u.share;
          y.data[at] = above * (1 - v.share) + below * v.share;
        }
      }
    }
  }
  return y;
}
