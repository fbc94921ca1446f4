/**
 * The gradients of a convolution with stride 1 in float64: one loop a dimension, from y[i, j] = Σ x[i + a - pad, j + b - pad] · w[a, b].
 *
 * @module
 */
import type { Batch } from "./resnet.ts";

/** Those of its input and filter. */
export function convolutionGradients(
  x: Batch,
  { shape: [rows, columns, inputs, outputs], data: filter }: {
    readonly shape: readonly number[];
    readonly data: Float64Array;
  },
  dy: Batch,
  pad: number,
): { readonly dx: Float64Array; readonly dw: Float64Array } {
  const dx = new Float64Array(x.data.length), dw = new Float64Array(filter.length);
  for (let n = 0; n < dy.n; n++) {
    for (let i = 0; i < dy.h; i++) {
      for (let j = 0; j < dy.w; j++) {
        for (let a = 0; a < rows; a++) {
          for (let b = 0; b < columns; b++) {
            const row = i + a - pad, column = j + b - pad;
            if (row < 0 || row >= x.h || column < 0 || column >= x.w) continue;
            for (let c = 0; c < inputs; c++) {
              const atX = ((n * x.h + row) * x.w + column) * inputs + c;
              for (let o = 0; o < outputs; o++) {
                const atW = ((a * columns + b) * inputs + c) * outputs + o;
                const gradient = dy.data[((n * dy.h + i) * dy.w + j) * outputs + o];
                dx[atX] += gradient * filter[atW];
                dw[atW] += gradient * x.data[atX];
              }
            }
          }
        }
      }
    }
  }
  return { dx, dw };
}
