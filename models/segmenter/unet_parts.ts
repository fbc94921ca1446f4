import type { LayerGraph } from "../layers/layer_graph.ts";
import { concatenate } from "../layers/operations.ts";

/** That of the batch norms of U-Nets, as PyTorch has it by default. */
export const EPSILON = 1e-5;

/** What a part of a U-Net is called and how many channels it makes. */
export interface Part {
  readonly name: string;
  readonly outputs: number;
}

/** A convolution, 3 × 3 unless `side` says otherwise, with batch norm and ReLU: `NAME_conv` and `NAME_bn`. */
export function convolve<T>(
  x: T,
  graph: LayerGraph<T>,
  { name, outputs, side = 3 }: Part & { readonly side?: 1 | 3 },
): T {
  const batchNorm = { name: `${name}_bn`, epsilon: EPSILON };
  return graph.layer(x, { name: `${name}_conv`, side, outputs, batchNorm, activation: "relu" });
}

/** The two convolutions of a level, `NAME_1` and `NAME_2`, the second perhaps with other channels. */
export function convolveTwice<T>(
  x: T,
  graph: LayerGraph<T>,
  { name, outputs, then = outputs }: Part & { readonly then?: number },
): T {
  return graph.scope(() =>
    [outputs, then].reduce((y, outputs, i) => convolve(y, graph, { name: `${name}_${i + 1}`, outputs }), x)
  );
}

/** Features of a level beside those of the level below, made twice as large by a transposed convolution: `NAME_up` and `NAME_concat`. */
export function joinBelow<T>(
  [features, below]: readonly [features: T, below: T],
  graph: LayerGraph<T>,
  { name, outputs }: Part,
): T {
  const enlarged = graph.layer(below, {
    name: `${name}_up`,
    kind: "transposed",
    side: 2,
    stride: 2,
    outputs,
    bias: true,
  });
  return graph.operation(concatenate(`${name}_concat`), features, enlarged);
}
