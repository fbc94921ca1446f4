import { tf } from "../tfjs.ts";
import { enlargeAlignCorners } from "./bilinear.ts";
import type { Operation } from "./layer_graph.ts";

/** The greatest value of each 2 × 2 pixels, each channel by itself: half as high and wide. */
export function maxPool(name: string): Operation {
  return {
    name,
    kind: "max-pool 2 × 2",
    shape: ({ height, width, channels }) => ({ height: height >> 1, width: width >> 1, channels }),
    run: (x) => tf.maxPool(x, 2, 2, 0),
  };
}

/** The greatest value of each 3 × 3 pixels around every second pixel, a pixel beyond the edges included. For values that are not negative. */
export function paddedMaxPool(name: string): Operation {
  return {
    name,
    kind: "max-pool 3 × 3",
    shape: ({ height, width, channels }) => ({
      height: (height + 1) >> 1,
      width: (width + 1) >> 1,
      channels,
    }),
    run: (x) => tf.maxPool(x, 3, 2, 1),
  };
}

/** max(0, x) of each value. */
export function relu(name: string): Operation {
  return { name, kind: "ReLU", shape: (x) => x, run: (x) => x.relu() };
}

/** x where it is positive, `slope` · x elsewhere (Maas, Hannun & Ng 2013). */
export function leakyRelu(name: string, slope: number): Operation {
  return { name, kind: "leaky ReLU", shape: (x) => x, run: (x) => tf.leakyRelu(x, slope) };
}

/** The channels of all inputs, one after the other. */
export function concatenate(name: string): Operation {
  return {
    name,
    kind: "concatenation",
    shape: (first, ...rest) => ({
      ...first,
      channels: rest.reduce((sum, { channels }) => sum + channels, first.channels),
    }),
    run: (...inputs) => tf.concat(inputs, 3),
  };
}

/** Bilinear interpolation to `factor` times the size, the pixels of the corners staying where they are: {@linkcode enlargeAlignCorners}. */
export function enlarge(name: string, factor: number): Operation {
  return {
    name,
    kind: `bilinear × ${factor}`,
    shape: ({ height, width, channels }) => ({ height: factor * height, width: factor * width, channels }),
    run: (x) => enlargeAlignCorners(x, factor),
  };
}

/** The sum of two feature maps of one shape. */
export function addition(name: string): Operation {
  return { name, kind: "addition", shape: (x) => x, run: (x, y) => x.add(y) };
}

/** Each channel of a feature map times a factor of its own, N × 1 × 1 × C. */
export function product(name: string): Operation {
  return { name, kind: "product", shape: (x) => x, run: (x, factors) => x.mul(factors) };
}

/** The mean of each channel of each image, N × 1 × 1 × C. */
export function globalAveragePool(name: string): Operation {
  return {
    name,
    kind: "means of channels",
    shape: ({ channels }) => ({ height: 1, width: 1, channels }),
    run: (x) => x.mean([1, 2], true),
  };
}
