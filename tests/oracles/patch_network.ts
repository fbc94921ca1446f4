/**
 * The networks that see patches, and the maps that come of them, in float64: written from the table of Fan et al. (2018), one loop a dimension.
 *
 * @module
 */
import { mirrorIndex } from "./mirror_index.ts";
import { type Batch, convolve, type ResnetOracleOptions } from "./resnet.ts";

type Values = ResnetOracleOptions["values"];

/** Side of the patches. */
export const SIDE = 27;

/** The 64 values after both dense layers, for patches of RGB 0..255. */
export function patchFeaturesOracle(patches: Batch, values: Values): number[][] {
  let x: Batch = { ...patches, data: patches.data.map((v) => (v - 127.5) / 127.5) };
  for (const stage of [1, 2]) {
    for (const k of [1, 2]) {
      const name = `conv${stage}_${k}`;
      const y = convolve(x, value(`${name}/kernel`), { stride: 1, pad: 1 });
      const bias = value(`${name}/bias`).data;
      x = { ...y, data: y.data.map((v, i) => Math.max(0, v + bias[i % y.c])) };
    }
    x = maxPool(x);
  }
  const length = x.h * x.w * x.c;
  return Array.from({ length: x.n }, (_, n) => {
    const row = Array.from(x.data.subarray(n * length, (n + 1) * length));
    return ["dense1", "dense2"].reduce(
      (row, name) => dense(row, name, values).map((v) => Math.max(0, v)),
      row,
    );
  });

  function value(name: string) {
    return values.get(name)!;
  }
}

/** A dense layer, whose kernel is 1 × 1 × inputs × outputs. */
export function dense(x: readonly number[], name: string, values: Values): number[] {
  const { data } = values.get(`${name}/kernel`)!, bias = values.get(`${name}/bias`)!.data;
  return Array.from(bias, (b, o) => x.reduce((sum, v, i) => sum + v * data[i * bias.length + o], b));
}

/** The patch around each pixel of an image, mirrored outside. */
export function patchesOracle({ h, w, data }: Pick<Batch, "h" | "w" | "data">): Batch {
  const patches: number[] = [], m = (SIDE - 1) / 2;
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      for (let r = -m; r <= m; r++) {
        for (let c = -m; c <= m; c++) {
          const at = (mirrorIndex(y + r, h) * w + mirrorIndex(x + c, w)) * 3;
          patches.push(data[at], data[at + 1], data[at + 2]);
        }
      }
    }
  }
  return { n: h * w, h: SIDE, w: SIDE, c: 3, data: Float64Array.from(patches) };
}

/** The mean, for each pixel, of what the blocks over it say. */
export function meanOfBlocksOracle(
  blocks: readonly (readonly number[])[],
  { h, w, side }: { h: number; w: number; side: number },
): number[] {
  const m = (side - 1) / 2;
  return Array.from({ length: h * w }, (_, i) => {
    const y = Math.floor(i / w), x = i % w;
    const said: number[] = [];
    for (let r = 0; r < side; r++) {
      for (let c = 0; c < side; c++) {
        const row = y - r + m, column = x - c + m;
        if (row < 0 || row >= h || column < 0 || column >= w) continue;
        said.push(blocks[row * w + column][r * side + c]);
      }
    }
    return said.reduce((sum, v) => sum + v) / said.length;
  });
}

/** 2 × 2, an odd last row or column left out. */
function maxPool(x: Batch): Batch {
  const h = x.h >> 1, w = x.w >> 1;
  const y: Batch = { ...x, h, w, data: new Float64Array(x.n * h * w * x.c) };
  y.data.forEach((_, at) => {
    const c = at % x.c, j = Math.floor(at / x.c) % w, i = Math.floor(at / x.c / w) % h;
    const n = Math.floor(at / x.c / w / h);
    const value = (r: number, s: number) => x.data[((n * x.h + 2 * i + r) * x.w + 2 * j + s) * x.c + c];
    y.data[at] = Math.max(value(0, 0), value(0, 1), value(1, 0), value(1, 1));
  });
  return y;
}
