import { tf } from "../tfjs.ts";
import { type Layer, layerSpecs, runLayer } from "./layer.ts";
import { layerOutputSize, layerSummary } from "./layer_summary.ts";
import type { ParameterSpec } from "../parameters.ts";
import type { LayerSummary, PictureSize, SegmentationRun } from "./segmentation_network.ts";

/** Names of the members of the family, by their size. */
export type EfficientNetArch = "b0" | "b1" | "b2" | "b3" | "b4" | "b5";

/** Scales of channels and of blocks a stage (Tan & Le 2019, and their published code). */
const SCALES: Readonly<Record<EfficientNetArch, { readonly channels: number; readonly blocks: number }>> = {
  b0: { channels: 1.0, blocks: 1.0 },
  b1: { channels: 1.0, blocks: 1.1 },
  b2: { channels: 1.1, blocks: 1.2 },
  b3: { channels: 1.2, blocks: 1.4 },
  b4: { channels: 1.4, blocks: 1.8 },
  b5: { channels: 1.6, blocks: 2.2 },
};

/** The stages of B0 (Tan & Le 2019, table 1). */
const STAGES = [
  { expansion: 1, side: 3, blocks: 1, channels: 16, stride: 1 },
  { expansion: 6, side: 3, blocks: 2, channels: 24, stride: 2 },
  { expansion: 6, side: 5, blocks: 2, channels: 40, stride: 2 },
  { expansion: 6, side: 3, blocks: 3, channels: 80, stride: 2 },
  { expansion: 6, side: 5, blocks: 3, channels: 112, stride: 1 },
  { expansion: 6, side: 5, blocks: 4, channels: 192, stride: 2 },
  { expansion: 6, side: 3, blocks: 1, channels: 320, stride: 1 },
] as const;

const STEM = 32;
const TOP = 1280;
/** Channels are multiples of this. */
const DIVISOR = 8;
/** Channels that a block's gates are computed from, as a share of the block's input. */
const SQUEEZED = 0.25;
const EPSILON = 1e-3;

/** An inverted residual with gates (Sandler et al. 2018; Hu et al. 2018): expand, filter, gate, project. */
interface InvertedResidual {
  /** Missing where the expansion is 1. */
  readonly expand?: Layer;
  readonly depthwise: Layer;
  /** Two 1 × 1 convolutions of the mean of each channel: a factor for each channel. */
  readonly gates: readonly [reduce: Layer, expand: Layer];
  readonly project: Layer;
  /** Whether the input is added to the output: where their shapes are equal. */
  readonly residual: boolean;
}

/** The layers of an EfficientNet without its classifier. */
export interface EfficientNet {
  readonly arch: EfficientNetArch;
  readonly stem: Layer;
  readonly blocks: readonly InvertedResidual[];
  readonly top: Layer;
}

/** A feature map that was kept: of the expansion in the block that halves the picture. */
export interface Skip {
  /** How many times smaller than the picture it is. */
  readonly scale: number;
  readonly channels: number;
}

/**
 * Lays out an EfficientNet without its classifier (Tan & Le 2019, https://arxiv.org/abs/1905.11946), with Keras' names, so that its weights
 * import by name. With running statistics B5 has 28,513,520 parameters; Keras counts 7 more, for the normalisation of its input.
 *
 * @param options `width` scales the channels beyond what the member of the family does; 1 gives Keras' layers.
 */
export function efficientnet(
  arch: EfficientNetArch,
  { width = 1 }: { readonly width?: number } = {},
): EfficientNet {
  const scales = SCALES[arch];
  const channels = (full: number) => roundChannels(full * scales.channels * width);
  const blocks: InvertedResidual[] = [];
  const stem = layer({ name: "stem_conv", side: 3, stride: 2, inputs: 3, outputs: channels(STEM) });
  let inputs = stem.outputs;
  for (const [i, stage] of STAGES.entries()) {
    const outputs = channels(stage.channels);
    const count = Math.ceil(stage.blocks * scales.blocks);
    for (let j = 0; j < count; j++) {
      const stride = j === 0 ? stage.stride : 1;
      // Keras names the blocks of a stage a, b, c, …; the longest has nine.
      const name = `block${i + 1}${String.fromCharCode("a".charCodeAt(0) + j)}`;
      blocks.push(invertedResidual(name, { ...stage, stride, inputs, outputs }));
      inputs = outputs;
    }
  }
  const top = layer({ name: "top_conv", side: 1, inputs, outputs: channels(TOP) });
  return { arch, stem, blocks, top };
}

/** To the nearest multiple of the divisor, but by no more than a tenth down. */
function roundChannels(channels: number): number {
  const rounded = Math.max(DIVISOR, DIVISOR * Math.floor(channels / DIVISOR + 0.5));
  return rounded < 0.9 * channels ? rounded + DIVISOR : rounded;
}

interface BlockShape {
  readonly expansion: number;
  readonly side: number;
  readonly stride: number;
  readonly inputs: number;
  readonly outputs: number;
}

function invertedResidual(
  name: string,
  { expansion, side, stride, inputs, outputs }: BlockShape,
): InvertedResidual {
  const inner = expansion * inputs;
  const squeezed = Math.max(1, Math.floor(SQUEEZED * inputs));
  const gate = (of: string, rest: Pick<Layer, "inputs" | "outputs" | "activation">): Layer => ({
    ...layer({ name: `${name}_se_${of}`, side: 1, ...rest }),
    shift: "bias",
  });
  return {
    ...expansion > 1 && { expand: layer({ name: `${name}_expand_conv`, side: 1, inputs, outputs: inner }) },
    depthwise: {
      ...layer({ name: `${name}_dwconv`, side, stride, inputs: inner, outputs: inner }),
      kind: "depthwise",
      shift: { name: `${name}_bn`, epsilon: EPSILON },
    },
    gates: [
      gate("reduce", { inputs: inner, outputs: squeezed, activation: "swish" }),
      gate("expand", { inputs: squeezed, outputs: inner, activation: "sigmoid" }),
    ],
    project: layer({ name: `${name}_project_conv`, side: 1, inputs: inner, outputs, activation: "linear" }),
    residual: stride === 1 && inputs === outputs,
  };
}

/** A convolution with batch norm, whose name has `bn` where the convolution's has `conv`. */
function layer(
  { name, stride = 1, activation = "swish", ...rest }:
    & Pick<Layer, "name" | "side" | "inputs" | "outputs">
    & Partial<Pick<Layer, "stride" | "activation">>,
): Layer {
  const shift = { name: name.replace(/conv$/, "bn"), epsilon: EPSILON };
  return { name, kind: "convolution", stride, padding: "same", activation, shift, ...rest };
}

/** Layers in the order in which they are computed. */
function layersOf({ stem, blocks, top }: EfficientNet): Layer[] {
  const inner = blocks.flatMap(({ expand, depthwise, gates, project }) => [
    ...expand ? [expand] : [],
    depthwise,
    ...gates,
    project,
  ]);
  return [stem, ...inner, top];
}

/** Shapes and first values of the parameters, by Keras' names. */
export function efficientnetSpecs(network: EfficientNet): [string, ParameterSpec][] {
  return layersOf(network).flatMap(layerSpecs);
}

/** The feature maps that {@linkcode efficientnetFeatures} keeps, the largest first. */
export function efficientnetSkips({ blocks }: EfficientNet): Skip[] {
  let scale = 2;
  return blocks.flatMap(({ expand, depthwise: { stride } }) => {
    if (!expand || stride === 1) return [];
    const skip = { scale, channels: expand.outputs };
    scale *= stride;
    return [skip];
  });
}

/**
 * Features of a picture: of the expansion in each block that halves it, the largest first, then the last features, at a
 * thirty-second of its size.
 *
 * Differentiable. Whole blocks are never dropped in training, where the authors drop up to a fifth.
 *
 * @param x N × H × W × 3, normalised; H and W are multiples of 32.
 */
export function efficientnetFeatures(
  x: tf.Tensor4D,
  { stem, blocks, top }: EfficientNet,
  run: SegmentationRun,
): tf.Tensor4D[] {
  const kept: tf.Tensor4D[] = [];
  let features = runLayer(x, stem, run);
  for (const block of blocks) {
    const before = features;
    const { expanded, projected } = tf.tidy(() => runBlock(before, block, run));
    if (block.expand && block.depthwise.stride > 1) kept.push(expanded);
    else if (!run.training && expanded !== before) expanded.dispose();
    if (!run.training) before.dispose();
    features = projected;
  }
  return [...kept, runLayer(features, top, run)];
}

function runBlock(
  x: tf.Tensor4D,
  block: InvertedResidual,
  run: SegmentationRun,
): { readonly expanded: tf.Tensor4D; readonly projected: tf.Tensor4D } {
  const { expand, depthwise, project, residual } = block;
  const expanded = expand ? runLayer(x, expand, run) : x;
  const filtered = runLayer(expanded, depthwise, run);
  const projected = runLayer(filtered.mul<tf.Tensor4D>(gatesOf(filtered, block, run)), project, run);
  return { expanded, projected: residual ? projected.add(x) : projected };
}

/** A factor for each channel of each picture, N × 1 × 1 × C, of the channels' means. */
function gatesOf(x: tf.Tensor4D, { gates }: InvertedResidual, run: SegmentationRun): tf.Tensor4D {
  return gates.reduce((x, gate) => runLayer(x, gate, run), x.mean<tf.Tensor4D>([1, 2], true));
}

/** The lines of the summary. */
export function efficientnetSummary({ stem, blocks, top }: EfficientNet, size: PictureSize): LayerSummary[] {
  const lines = [layerSummary(stem, size)];
  let at = layerOutputSize(stem, size);
  const single = { height: 1, width: 1 };
  for (const { expand, depthwise, gates, project } of blocks) {
    if (expand) lines.push(layerSummary(expand, at));
    lines.push(layerSummary(depthwise, at));
    at = layerOutputSize(depthwise, at);
    lines.push(...gates.map((gate) => layerSummary(gate, single)), layerSummary(project, at));
  }
  return [...lines, layerSummary(top, at)];
}
