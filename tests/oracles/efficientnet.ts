/**
 * EfficientNet-B0 up to its last features in float64: written from table 1 of Tan & Le (2019), Hu et al. (2018) for the gates, and TensorFlow's
 * rule of padding, one loop a dimension.
 *
 * @module
 */
import { convolveSame } from "./mobilenet.ts";
import type { Batch, ResnetOracleOptions } from "./resnet.ts";

/** Blocks and first stride of each stage. */
const STAGES = [[1, 1], [2, 2], [2, 2], [3, 2], [3, 1], [4, 2], [1, 1]];

/** ImageNet's means and deviations of R, G, B in 0..1. */
const MEAN = [0.485, 0.456, 0.406], DEVIATION = [0.229, 0.224, 0.225];

/** The last feature map of images of RGB 0..255. */
export function efficientnetOracle(
  x: Batch,
  { statistics, values }: Pick<ResnetOracleOptions, "statistics" | "values">,
): Batch {
  const scaled = { ...x, data: x.data.map((v, i) => (v / 255 - MEAN[i % 3]) / DEVIATION[i % 3]) };
  let features = unit(scaled, "stem_conv", "stem_bn", { stride: 2 });
  STAGES.forEach(([count, firstStride], stage) => {
    for (let i = 0; i < count; i++) {
      const name = `block${stage + 1}${"abcd"[i]}`, stride = i === 0 ? firstStride : 1;
      const input = features;
      let y = input;
      if (stage > 0) y = unit(y, `${name}_expand_conv`, `${name}_expand_bn`, {});
      y = unit(y, `${name}_dwconv`, `${name}_bn`, { stride, depthwise: true });
      y = gated(y, name);
      y = unit(y, `${name}_project_conv`, `${name}_project_bn`, { linear: true });
      const adds = stride === 1 && y.c === input.c;
      features = adds ? { ...y, data: y.data.map((v, k) => v + input.data[k]) } : y;
    }
  });
  return unit(features, "top_conv", "top_bn", {});

  function unit(
    input: Batch,
    conv: string,
    norm: string,
    { stride = 1, depthwise = false, linear = false },
  ): Batch {
    const y = convolveSame(input, value(`${conv}/${depthwise ? "depthwise_kernel" : "kernel"}`), {
      stride,
      depthwise,
    });
    const count = y.data.length / y.c;
    const mean = Array<number>(y.c).fill(0), variance = Array<number>(y.c).fill(0);
    y.data.forEach((v, i) => mean[i % y.c] += v / count);
    y.data.forEach((v, i) => variance[i % y.c] += (v - mean[i % y.c]) ** 2 / count);
    const m = statistics === "batch" ? mean : value(`${norm}/moving_mean`).data;
    const s = statistics === "batch" ? variance : value(`${norm}/moving_variance`).data;
    const gamma = value(`${norm}/gamma`).data, beta = value(`${norm}/beta`).data;
    return {
      ...y,
      data: y.data.map((v, i) => {
        const c = i % y.c, normal = gamma[c] * (v - m[c]) / Math.sqrt(s[c] + 1e-3) + beta[c];
        return linear ? normal : swish(normal);
      }),
    };
  }

  /** Each channel times a factor computed from the means of all. */
  function gated(y: Batch, name: string): Batch {
    const pixels = y.h * y.w;
    const data = y.data.slice();
    for (let n = 0; n < y.n; n++) {
      const image = y.data.subarray(n * pixels * y.c, (n + 1) * pixels * y.c);
      const means = Array<number>(y.c).fill(0);
      image.forEach((v, i) => means[i % y.c] += v / pixels);
      const gates = dense(dense(means, `${name}_se_reduce`).map(swish), `${name}_se_expand`).map(sigmoid);
      image.forEach((v, i) => data[n * pixels * y.c + i] = v * gates[i % y.c]);
    }
    return { ...y, data };
  }

  function dense(x: readonly number[], name: string): number[] {
    const { data } = value(`${name}/kernel`);
    const bias = value(`${name}/bias`).data;
    return Array.from(bias, (b, o) => x.reduce((sum, v, i) => sum + v * data[i * bias.length + o], b));
  }

  function value(name: string) {
    const found = values.get(name);
    if (!found) throw new Error(`the oracle finds no ${name}`);
    return found;
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function swish(x: number): number {
  return x * sigmoid(x);
}
