/**
 * A residual network with its head in float64, written from the description of Keras' ResNet v1: one loop a dimension, no fusing, no tricks.
 *
 * @module
 */

/** A batch of images: N × H × W × C, row-major. */
export interface Batch {
  n: number;
  h: number;
  w: number;
  c: number;
  data: Float64Array;
}

/** What the oracle needs of a network: its layout in words and its values by name. */
export interface ResnetOracleOptions {
  /** Blocks of each stage. */
  blocks: readonly number[];
  bottleneck: boolean;
  strideAt: "first" | "middle";
  /** Normalise by the running statistics or by the batch's. */
  statistics: "running" | "batch";
  values: Map<string, { shape: number[]; data: Float64Array }>;
}

/** Statistics of the batch that a batch norm saw, before its own ε. */
export type SeenStatistics = Map<string, { mean: number[]; variance: number[]; count: number }>;

export function convolve(
  x: Batch,
  kernel: { shape: number[]; data: Float64Array },
  { stride, pad }: { stride: number; pad: number },
): Batch {
  const [kh, kw, inputs, outputs] = kernel.shape;
  const h = Math.floor((x.h + 2 * pad - kh) / stride) + 1;
  const w = Math.floor((x.w + 2 * pad - kw) / stride) + 1;
  const y = { n: x.n, h, w, c: outputs, data: new Float64Array(x.n * h * w * outputs) };
  for (let n = 0; n < x.n; n++) {
    for (let i = 0; i < h; i++) {
      for (let j = 0; j < w; j++) {
        for (let a = 0; a < kh; a++) {
          for (let b = 0; b < kw; b++) {
            const row = i * stride + a - pad, column = j * stride + b - pad;
            if (row < 0 || row >= x.h || column < 0 || column >= x.w) continue;
            for (let c = 0; c < inputs; c++) {
              const value = x.data[((n * x.h + row) * x.w + column) * inputs + c];
              for (let o = 0; o < outputs; o++) {
                y.data[((n * h + i) * w + j) * outputs + o] += value *
                  kernel.data[((a * kw + b) * inputs + c) * outputs + o];
              }
            }
          }
        }
      }
    }
  }
  return y;
}

/** The last feature map, and what each batch norm saw. */
export function resnetOracle(
  x: Batch,
  options: ResnetOracleOptions,
): { features: Batch; seen: SeenStatistics } {
  const { blocks, bottleneck, strideAt, statistics, values } = options;
  const seen: SeenStatistics = new Map();
  const value = (name: string) => {
    const found = values.get(name);
    if (!found) throw new Error(`the oracle finds no ${name}`);
    return found;
  };

  function unit(input: Batch, name: string, { stride, relu }: { stride: number; relu: boolean }): Batch {
    const kernel = value(`${name}_conv/kernel`);
    const y = convolve(input, kernel, { stride, pad: (kernel.shape[0] - 1) / 2 });
    const bias = value(`${name}_conv/bias`).data;
    y.data.forEach((_, i) => y.data[i] += bias[i % y.c]);
    const count = y.data.length / y.c;
    const mean = Array<number>(y.c).fill(0), variance = Array<number>(y.c).fill(0);
    y.data.forEach((v, i) => mean[i % y.c] += v / count);
    y.data.forEach((v, i) => variance[i % y.c] += (v - mean[i % y.c]) ** 2 / count);
    seen.set(name, { mean, variance, count });
    const m = statistics === "batch" ? mean : value(`${name}_bn/moving_mean`).data;
    const s = statistics === "batch" ? variance : value(`${name}_bn/moving_variance`).data;
    const gamma = value(`${name}_bn/gamma`).data, beta = value(`${name}_bn/beta`).data;
    y.data.forEach((v, i) => {
      const c = i % y.c;
      const normal = gamma[c] * (v - m[c]) / Math.sqrt(s[c] + 1.001e-5) + beta[c];
      y.data[i] = relu ? Math.max(0, normal) : normal;
    });
    return y;
  }

  const scaled = { ...x, data: x.data.map((v) => v / 255) };
  let features = maxPool(unit(scaled, "conv1", { stride: 2, relu: true }));
  blocks.forEach((count, stage) => {
    for (let block = 1; block <= count; block++) {
      const name = `conv${stage + 2}_block${block}`;
      const stride = stage > 0 && block === 1 ? 2 : 1;
      const input = features;
      let y: Batch;
      if (bottleneck) {
        y = unit(input, `${name}_1`, { stride: strideAt === "first" ? stride : 1, relu: true });
        y = unit(y, `${name}_2`, { stride: strideAt === "first" ? 1 : stride, relu: true });
        y = unit(y, `${name}_3`, { stride: 1, relu: false });
      } else {
        y = unit(input, `${name}_1`, { stride, relu: true });
        y = unit(y, `${name}_2`, { stride: 1, relu: false });
      }
      const shortcut = values.has(`${name}_0_conv/kernel`)
        ? unit(input, `${name}_0`, { stride, relu: false })
        : input;
      if (shortcut.data.length !== y.data.length) throw new Error(`${name}: the shortcut does not fit`);
      features = { ...y, data: y.data.map((v, i) => Math.max(0, v + shortcut.data[i])) };
    }
  });
  return { features, seen };
}

/** 3 × 3, stride 2, one zero around: the input is never negative. */
function maxPool(x: Batch): Batch {
  const h = Math.floor((x.h - 1) / 2) + 1, w = Math.floor((x.w - 1) / 2) + 1;
  const y = { ...x, h, w, data: new Float64Array(x.n * h * w * x.c) };
  for (let n = 0; n < x.n; n++) {
    for (let i = 0; i < h; i++) {
      for (let j = 0; j < w; j++) {
        for (let c = 0; c < x.c; c++) {
          let best = 0;
          for (let row = 2 * i - 1; row <= 2 * i + 1; row++) {
            for (let column = 2 * j - 1; column <= 2 * j + 1; column++) {
              if (row < 0 || row >= x.h || column < 0 || column >= x.w) continue;
              best = Math.max(best, x.data[((n * x.h + row) * x.w + column) * x.c + c]);
            }
          }
          y.data[((n * h + i) * w + j) * x.c + c] = best;
        }
      }
    }
  }
  return y;
}

/** The logits of each image, by a head with or without a hidden layer. */
export function headOracle(features: Batch, values: ResnetOracleOptions["values"]): [number, number][] {
  const { n, h, w, c, data } = features;
  return Array.from({ length: n }, (_, image) => {
    let vector = Array<number>(c).fill(0);
    for (let p = 0; p < h * w; p++) {
      for (let k = 0; k < c; k++) vector[k] += data[(image * h * w + p) * c + k] / (h * w);
    }
    for (const layer of ["hidden", "predictions"]) {
      const kernel = values.get(`${layer}/kernel`), bias = values.get(`${layer}/bias`);
      if (!kernel || !bias) continue;
      const [, outputs] = kernel.shape;
      vector = Array.from({ length: outputs }, (_, o) => {
        const sum = vector.reduce((total, v, i) => total + v * kernel.data[i * outputs + o], bias.data[o]);
        return layer === "hidden" ? Math.max(0, sum) : sum;
      });
    }
    return [vector[0], vector[1]];
  });
}
