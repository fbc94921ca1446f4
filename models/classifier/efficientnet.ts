import { IMAGENET_SCALING, type InputScaling } from "../layers/input_scaling.ts";
import type { LayerOptions } from "../layers/layer.ts";
import type { LayerGraph } from "../layers/layer_graph.ts";
import { addition, globalAveragePool, product } from "../layers/operations.ts";
import { type Arch, type ClassifierNetwork, defineClassifierNetwork } from "./classifier_network.ts";
import { type BlockShape, blocksOf, roundChannels, type Stage } from "./residual_stages.ts";

/** Members of the family, by their size. */
export type EfficientnetSize = "b0" | "b1" | "b2" | "b3" | "b4" | "b5";

/** Names of the classifiers. */
export type EfficientnetArch = Extract<Arch, `efficientnet_${string}`>;

/** Scales of channels and of blocks a stage (Tan & Le 2019, and their published code). */
const SCALES: Readonly<Record<EfficientnetSize, { readonly channels: number; readonly blocks: number }>> = {
  b0: { channels: 1.0, blocks: 1.0 },
  b1: { channels: 1.0, blocks: 1.1 },
  b2: { channels: 1.1, blocks: 1.2 },
  b3: { channels: 1.2, blocks: 1.4 },
  b4: { channels: 1.4, blocks: 1.8 },
  b5: { channels: 1.6, blocks: 2.2 },
};

/** The stages of B0 (Tan & Le 2019, table 1). */
const STAGES: readonly Stage[] = [
  { expansion: 1, side: 3, blocks: 1, channels: 16, stride: 1 },
  { expansion: 6, side: 3, blocks: 2, channels: 24, stride: 2 },
  { expansion: 6, side: 5, blocks: 2, channels: 40, stride: 2 },
  { expansion: 6, side: 3, blocks: 3, channels: 80, stride: 2 },
  { expansion: 6, side: 5, blocks: 3, channels: 112, stride: 1 },
  { expansion: 6, side: 5, blocks: 4, channels: 192, stride: 2 },
  { expansion: 6, side: 3, blocks: 1, channels: 320, stride: 1 },
];

const STEM = 32;
const TOP = 1280;
/** Channels that a block's gates are computed from, as a share of the block's input. */
const SQUEEZED = 0.25;
const EPSILON = 1e-3;

/** Sizes by the names of the classifiers. */
const SIZES: Readonly<Record<EfficientnetArch, EfficientnetSize>> = {
  efficientnet_b0: "b0",
  efficientnet_b1: "b1",
  efficientnet_b2: "b2",
  efficientnet_b3: "b3",
  efficientnet_b4: "b4",
  efficientnet_b5: "b5",
};

/** The names that {@linkcode describeEfficientnet} takes. */
export const EFFICIENTNET_ARCHS = Object.keys(SIZES) as readonly EfficientnetArch[];

/** Options of {@linkcode describeEfficientnet}. */
export interface EfficientnetOptions {
  readonly arch: EfficientnetArch;
  /** Scales the channels beyond what the member of the family does, to multiples of 8. Default 1: Keras' layers. */
  readonly width?: number;
  /** How RGB 0..255 is scaled: as the weights were trained. Default: by ImageNet's means and deviations. */
  readonly scaling?: InputScaling;
}

/**
 * Lays out an EfficientNet (Tan & Le 2019, https://arxiv.org/abs/1905.11946) up to its last features, at a thirty-second of the image's size,
 * with Keras' names. Neither blocks nor features are dropped in training, where the authors drop a fifth to two fifths of them.
 *
 * @throws {RangeError} for a width outside (0, 1].
 */
export function describeEfficientnet(
  { arch, width = 1, scaling }: EfficientnetOptions,
): ClassifierNetwork {
  const { stem, blocks, top } = stepsOf({ size: SIZES[arch], width });
  return defineClassifierNetwork({
    arch,
    width,
    strideAt: "first",
    input: scaling ?? IMAGENET_SCALING,
    forward<T>(x: T, graph: LayerGraph<T>): T[] {
      return [
        graph.chain(x, [
          (x) => graph.layer(x, stem),
          ...blocks.map((block) => (x: T) => invertedResidual(x, graph, block)[0]),
          (x) => graph.layer(x, top),
        ]),
      ];
    },
  });
}

/** Which EfficientNet. */
interface EncoderOptions {
  readonly size: EfficientnetSize;
  /** Scales the channels beyond what the member of the family does, to multiples of 8. 1 gives Keras' layers. */
  readonly width: number;
}

/**
 * The layers of {@linkcode describeEfficientnet} for a decoder. With running statistics B5 has 28,513,520 parameters; Keras counts 7 more,
 * for the normalisation of its input.
 *
 * @param x N × H × W × 3, normalised; H and W are multiples of 32.
 * @returns the features of the expansion in each block that halves the image, the largest first (half the size to a sixteenth), then the
 * last features, at a thirty-second of the size.
 */
export function efficientnet<T>(x: T, graph: LayerGraph<T>, options: EncoderOptions): T[] {
  const { stem, blocks, top } = stepsOf(options);
  const expansions: T[] = [];
  let features = graph.layer(x, stem);
  for (const block of blocks) {
    const before = features;
    const [after, ...expansion] = graph.scope(() => invertedResidual(before, graph, block));
    expansions.push(...expansion);
    features = after;
  }
  return [...expansions, graph.layer(features, top)];
}

/** What an EfficientNet consists of, in its order. */
function stepsOf({ size, width }: EncoderOptions) {
  const scales = SCALES[size];
  const channels = (full: number) => roundChannels(full * scales.channels * width);
  const stem = normalized({ name: "stem_conv", stride: 2, outputs: channels(STEM) });
  const stages = STAGES.map((stage) => ({
    ...stage,
    blocks: Math.ceil(stage.blocks * scales.blocks),
    channels: channels(stage.channels),
  }));
  // Keras names the blocks of a stage a, b, c, …
  const blocks = blocksOf(
    stages,
    stem.outputs,
    ({ i, j }) => `block${i + 1}${String.fromCharCode("a".charCodeAt(0) + j)}`,
  );
  return { stem, blocks, top: normalized({ name: "top_conv", side: 1, outputs: channels(TOP) }) };
}

/** A convolution or depthwise convolution with batch norm, whose name has `bn` where the convolution's has `conv`. */
function normalized(options: LayerOptions): LayerOptions {
  const batchNorm = { name: options.name.replace(/(dw)?conv$/, "bn"), epsilon: EPSILON };
  return { activation: "swish", batchNorm, ...options };
}

/**
 * An inverted residual with gates (Sandler et al. 2018, doi:10.1109/CVPR.2018.00474; Hu et al. 2018, doi:10.1109/CVPR.2018.00745): expand,
 * filter, multiply each channel by a factor computed from all channels' means, project; plus the input where the shapes are equal.
 * The second result, of blocks that halve the image, is the expansion.
 */
function invertedResidual<T>(
  x: T,
  graph: LayerGraph<T>,
  { name, expansion, side, stride, inputs, outputs }: BlockShape,
): T[] {
  const inner = expansion * inputs;
  const expanded = expansion === 1
    ? x
    : graph.layer(x, normalized({ name: `${name}_expand_conv`, side: 1, outputs: inner }));
  const projected = graph.scope(() => {
    const filtered = graph.layer(
      expanded,
      normalized({ name: `${name}_dwconv`, kind: "depthwise", side, stride, outputs: inner }),
    );
    const gate = (x: T, of: string, rest: Pick<LayerOptions, "outputs" | "activation">) =>
      graph.layer(x, { name: `${name}_se_${of}`, side: 1, bias: true, ...rest });
    const means = graph.operation(globalAveragePool(`${name}_se_squeeze`), filtered);
    const squeezed = gate(means, "reduce", {
      outputs: Math.max(1, Math.floor(SQUEEZED * inputs)),
      activation: "swish",
    });
    const gates = gate(squeezed, "expand", { outputs: inner, activation: "sigmoid" });
    const gated = graph.operation(product(`${name}_se_excite`), filtered, gates);
    const projected = graph.layer(
      gated,
      normalized({ name: `${name}_project_conv`, side: 1, outputs, activation: "linear" }),
    );
    return stride === 1 && inputs === outputs
      ? graph.operation(addition(`${name}_add`), projected, x)
      : projected;
  });
  return stride === 1 ? [projected] : [projected, expanded];
}
