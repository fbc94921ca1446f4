import type { Operation } from "./segmentation_graph.ts";

/** The sum of two feature maps of one shape. */
export function addition(name: string): Operation {
  return { name, kind: "addition", shape: (x) => x, run: (x, y) => x.add(y) };
}

/** Each channel of a feature map times a factor of its own, N × 1 × 1 × C. */
export function product(name: string): Operation {
  return { name, kind: "product", shape: (x) => x, run: (x, factors) => x.mul(factors) };
}

/** The mean of each channel of each picture, N × 1 × 1 × C. */
export function channelMeans(name: string): Operation {
  return {
    name,
    kind: "means of channels",
    shape: ({ channels }) => ({ height: 1, width: 1, channels }),
    run: (x) => x.mean([1, 2], true),
  };
}
