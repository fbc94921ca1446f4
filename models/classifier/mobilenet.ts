import type { InputScaling } from "../layers/input_scaling.ts";
import type { LayerOptions } from "../layers/layer.ts";
import type { LayerGraph } from "../layers/layer_graph.ts";
import { addition } from "../layers/operations.ts";
import { type ClassifierNetwork, defineClassifierNetwork } from "./classifier_network.ts";
import { type BlockShape, blocksOf, roundChannels, type Stage } from "./residual_stages.ts";

/** Expansion, channels, blocks and first stride of the stages up to the fourth halving (Sandler et al. 2018, table 2). */
const STAGES: readonly Stage[] = [
  { expansion: 1, side: 3, channels: 16, blocks: 1, stride: 1 },
  { expansion: 6, side: 3, channels: 24, blocks: 2, stride: 2 },
  { expansion: 6, side: 3, channels: 32, blocks: 3, stride: 2 },
  { expansion: 6, side: 3, channels: 64, blocks: 4, stride: 2 },
  { expansion: 6, side: 3, channels: 96, blocks: 3, stride: 1 },
];

const STEM = 32;

/** The expansion that is the last layer: six times the channels of the stage before it. */
const LAST = 6;

/** Images are enlarged so many times: networks of ImageNet look for what is larger than a crack. */
const ENLARGE = 2;

/** How RGB 0..255 is scaled: to −1..1, as its weights of ImageNet were trained. */
export const MOBILENET_SCALING: InputScaling = { offset: 127, divisor: 127.5 };

/**
 * Lays out MobileNetV2 (Sandler et al. 2018, doi:10.1109/CVPR.2018.00474) up to the expansion of block 13, where segmentation networks
 * take their features from, too: 576 channels at a sixteenth of the size that it is given, and it is given the image enlarged twice. The
 * names are Keras'. Its batch norms are folded into the convolutions, so it wants weights of ImageNet to start from.
 *
 * @param options `width` scales the channels, rounded to multiples of 8 as Keras does; `scaling`: how RGB 0..255 is scaled, by default
 * {@linkcode MOBILENET_SCALING}.
 * @throws {RangeError} for a width outside (0, 1].
 */
export function describeMobilenet(
  { width = 1, scaling }: { readonly width?: number; readonly scaling?: InputScaling } = {},
): ClassifierNetwork {
  const { stem, blocks, last } = stepsOf({ width });
  return defineClassifierNetwork({
    arch: "mobilenet_v2",
    width,
    strideAt: "first",
    input: { enlarge: ENLARGE, ...scaling ?? MOBILENET_SCALING },
    forward<T>(x: T, graph: LayerGraph<T>): T[] {
      return [
        graph.chain(x, [
          (x) => graph.layer(x, stem),
          ...blocks.map((block) => (x: T) => invertedResidual(x, graph, block)[0]),
          (x) => graph.layer(x, last),
        ]),
      ];
    },
  });
}

/** Which MobileNetV2. */
interface EncoderOptions {
  /** Scales the channels, to multiples of 8. */
  readonly width: number;
  /** Share of the learning rate that its layers learn by. Default 1. */
  readonly rate?: number;
}

/**
 * Part of an encoder: from what the part before it handed on, or from the image, to the features that a decoder takes and those that it hands
 * on itself.
 */
export type EncoderPart = <T>(x: T, graph: LayerGraph<T>) => readonly [taken: T, next: T];

/**
 * The layers of {@linkcode describeMobilenet} for a decoder, cut behind each block that halves the image: it takes the features of that
 * block's expansion, at half the size to an eighth, and of the last expansion, at a sixteenth. They have 96, 144, 192 and 576 channels at width 1;
 * height and width of the image are multiples of 16.
 */
export function mobilenetParts(options: EncoderOptions): EncoderPart[] {
  const { stem, blocks, last } = stepsOf(options);
  const ends = blocks.flatMap(({ stride }, i) => stride === 1 ? [] : [i + 1]);
  return [...ends, blocks.length].map((end, k) => <T>(x: T, graph: LayerGraph<T>) => {
    let features = k === 0 ? graph.layer(x, stem) : x;
    for (const block of blocks.slice(k === 0 ? 0 : ends[k - 1], end)) {
      const before = features;
      const [after, expansion] = graph.scope(() => invertedResidual(before, graph, block));
      if (expansion !== undefined) return [expansion, after];
      features = after;
    }
    const expansion = graph.layer(features, last);
    return [expansion, expansion];
  });
}

/** What it consists of, in its order. */
function stepsOf({ width, rate }: EncoderOptions) {
  const channels = (full: number) => roundChannels(full * width);
  const stem = folded("Conv1", { side: 3, stride: 2, outputs: channels(STEM), rate });
  const stages = STAGES.map((stage) => ({ ...stage, channels: channels(stage.channels) }));
  const blocks = blocksOf(
    stages,
    stem.outputs,
    ({ index }) => index === 0 ? "expanded_conv" : `block_${index}`,
  ).map((block): Block => ({ ...block, rate }));
  const { outputs } = blocks[blocks.length - 1];
  return { stem, blocks, last: folded(`block_${blocks.length}_expand`, { outputs: LAST * outputs, rate }) };
}

type Block = BlockShape & Pick<LayerOptions, "rate">;

/**
 * Expands, filters and projects; plus the input where the shapes are equal. The second result, of blocks that halve the image, is the
 * expansion.
 */
function invertedResidual<T>(
  x: T,
  graph: LayerGraph<T>,
  { name, expansion, side, stride, inputs, outputs, rate }: Block,
): T[] {
  const inner = expansion * inputs;
  const expand = `${name}_expand`, filter = `${name}_depthwise`;
  const expanded = expansion === 1 ? x : graph.layer(x, folded(expand, { outputs: inner, rate }));
  const projected = graph.scope(() => {
    const filtered = graph.layer(
      expanded,
      folded(filter, { kind: "depthwise", side, stride, outputs: inner, rate }),
    );
    const projected = graph.layer(
      filtered,
      folded(`${name}_project`, { outputs, activation: "linear", rate }),
    );
    if (stride !== 1 || inputs !== outputs) return projected;
    // The sum is called after the first layer of its branch.
    return graph.operation(addition(`${expansion === 1 ? filter : expand}_add`), x, projected);
  });
  return stride === 1 ? [projected] : [projected, expanded];
}

/** A convolution whose batch norm was folded into its kernel and bias. */
function folded(name: string, options: Omit<LayerOptions, "name">): LayerOptions {
  return { name, side: 1, bias: true, biasApart: true, activation: "relu6", ...options };
}
