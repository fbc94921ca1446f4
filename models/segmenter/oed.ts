import { efficientnet, type EfficientnetSize } from "../classifier/efficientnet.ts";
import { enlargeHalfPixelCenters } from "../layers/bilinear.ts";
import { IMAGENET_SCALING } from "../layers/input_scaling.ts";
import type { LayerOptions } from "../layers/layer.ts";
import type { LayerGraph, Operation } from "../layers/layer_graph.ts";
import { defineNetwork } from "../layers/network.ts";
import { addition, concatenate } from "../layers/operations.ts";
import { tf } from "../tfjs.ts";
import type { NetworkVariant, SegmentationNetwork } from "./segmentation_network.ts";

/** Channels of the decoder's blocks, from a sixteenth of the size to all of it. */
const DECODER = [256, 128, 64, 32, 16] as const;

/** Of the decoder's batch norms: Keras' own. */
const EPSILON = 1e-3;

/** Options of {@linkcode oed}. */
export interface OedOptions extends NetworkVariant {
  /** The encoder. Default B5, the authors'. */
  readonly encoder?: EfficientnetSize;
}

/**
 * OED, the encoder-decoder of König et al. (2021, doi:10.1016/j.dsp.2020.102907): an EfficientNet, up from whose features go blocks with
 * residual branches, each with a prediction of its own in training. 39,824,405 parameters with B5, running statistics included.
 *
 * The outputs are `main`, then `aux1` (at a sixteenth of the size) to `aux4` (at half of it). The authors do not say how they normalise
 * images: here with ImageNet's means and deviations. The channels of the encoder are scaled to multiples of 8.
 *
 * @throws {RangeError} for a width outside (0, 1].
 */
export function oed({ encoder = "b5", width = 1, scaling }: OedOptions = {}): SegmentationNetwork {
  const arch = `oed_${encoder}` as const;
  const channels = (full: number) => Math.max(1, Math.round(full * width));
  return defineNetwork({
    arch,
    width,
    multiple: 2 ** DECODER.length,
    outputs: ["main", "aux1", "aux2", "aux3", "aux4"],
    input: scaling ?? IMAGENET_SCALING,
    forward<T>(x: T, graph: LayerGraph<T>): T[] {
      const last = channels(DECODER[DECODER.length - 1]);
      const shallow = convolveTwice(x, graph, { name: "input", outputs: last });
      const features = graph.scope(() => efficientnet(x, graph, { size: encoder, width }));
      const skips = [shallow, ...features];
      let below = skips.pop() as T;
      const auxiliary: T[] = [];
      for (const [i, full] of DECODER.entries()) {
        const name = `decoder${i}`, outputs = channels(full);
        const up = below, skip = skips.pop() as T;
        below = graph.scope(() => {
          const joined = graph.operation(
            concatenate(`${name}_concat`),
            graph.operation(repeat(`${name}_repeat`), up),
            skip,
          );
          return i === DECODER.length - 1
            ? convolveTwice(joined, graph, { name, outputs })
            : residualBlock(joined, graph, { name, outputs });
        });
        if (i === DECODER.length - 1 || !graph.auxiliary) continue;
        const side = below;
        auxiliary.push(graph.scope(() => {
          const logits = graph.layer(side, { name: `aux${i + 1}`, side: 1, outputs: 1, bias: true });
          return graph.operation(
            enlargeProbabilities(`aux${i + 1}_enlarge`, 2 ** (DECODER.length - 1 - i)),
            logits,
          );
        }));
      }
      return [graph.layer(below, { name: "main", outputs: 1, bias: true }), ...auxiliary];
    },
  });
}

/** What a part of the decoder is called and how many channels it makes. */
type Part = Pick<LayerOptions, "name" | "outputs">;

function normalized({ name, outputs }: Part): LayerOptions {
  const batchNorm = { name: name.replace("conv", "bn"), epsilon: EPSILON };
  return { name, outputs, batchNorm, activation: "relu" };
}

function convolveTwice<T>(x: T, graph: LayerGraph<T>, { name, outputs }: Part): T {
  return graph.scope(() =>
    [1, 2].reduce((x, i) => graph.layer(x, normalized({ name: `${name}_conv${i}`, outputs })), x)
  );
}

/** A convolution, then twice x + branch(x). */
function residualBlock<T>(x: T, graph: LayerGraph<T>, { name, outputs }: Part): T {
  const first = graph.layer(x, normalized({ name: `${name}_preconv`, outputs }));
  return ["a", "b"].reduce(
    (x, branch) =>
      graph.scope(() => {
        const of = `${name}${branch}`;
        const inner = { outputs, bias: true, activation: "relu" } as const;
        const y = graph.layer(graph.layer(x, { name: `${of}_conv1`, ...inner }), {
          name: `${of}_conv2`,
          ...inner,
        });
        return graph.operation(addition(`${of}_add`), x, y);
      }),
    first,
  );
}

function repeat(name: string): Operation {
  return {
    name,
    kind: "nearest × 2",
    shape: ({ height, width, channels }) => ({ height: 2 * height, width: 2 * width, channels }),
    run: repeatPixels,
  };
}

/**
 * Each pixel twice along both axes: enlargement by its nearest pixel. The gradient of a pixel is the sum over its four copies.
 *
 * @param x N × h × w × C
 * @returns N × 2h × 2w × C
 */
export function repeatPixels(x: tf.Tensor4D): tf.Tensor4D {
  return tf.customGrad((...inputs) => {
    const [x] = inputs as [tf.Tensor4D];
    const [, height, width] = x.shape;
    return {
      value: tf.image.resizeNearestNeighbor(x, [2 * height, 2 * width]),
      gradFunc: (dy: tf.Tensor) => tf.avgPool(dy as tf.Tensor4D, 2, 2, "valid").mul(4),
    };
  })(x) as tf.Tensor4D;
}

/** Beyond that a sigmoid is 0 or 1 but for 10⁻³⁵: float32 ends at 10⁻³⁸. */
const LARGEST_LOGIT = 80;

/**
 * Bilinear enlargement of the probabilities that logits stand for, as logits again. An auxiliary output of OED is E σ(z), a sigmoid and then
 * the bilinear enlargement E, and what has those probabilities are the logits
 *
 *     log(E σ(z) / (1 − E σ(z))) = log E σ(z) − log E σ(−z),
 *
 * as the weights of E add up to 1: no difference of nearly equal numbers, however sure the network is.
 */
export function enlargeProbabilities(name: string, scale: number): Operation {
  return {
    name,
    kind: `bilinear × ${scale} of probabilities`,
    shape: ({ height, width, channels }) => ({ height: scale * height, width: scale * width, channels }),
    run: (logits) => {
      const z = logits.clipByValue(-LARGEST_LOGIT, LARGEST_LOGIT) as tf.Tensor4D;
      const logOf = (z: tf.Tensor4D) => enlargeHalfPixelCenters(z.sigmoid(), scale).log<tf.Tensor4D>();
      return logOf(z).sub(logOf(z.neg<tf.Tensor4D>()));
    },
  };
}
