import { tf } from "../tfjs.ts";
import { requireWidth } from "../require_width.ts";
import { enlarge } from "./bilinear.ts";
import {
  type EfficientNet,
  efficientnet,
  type EfficientNetArch,
  efficientnetFeatures,
  efficientnetSkips,
  efficientnetSpecs,
  efficientnetSummary,
} from "./efficientnet.ts";
import { type Layer, layerSpecs, runLayer } from "./layer.ts";
import { layerSummary } from "./layer_summary.ts";
import { repeatPixels } from "./repeat_pixels.ts";
import type {
  LayerSummary,
  PictureSize,
  SegmentationNetwork,
  SegmentationRun,
} from "./segmentation_network.ts";

/** Channels of the decoder's blocks, from a sixteenth of the size to all of it. */
const DECODER = [256, 128, 64, 32, 16] as const;

/** Keras' own. */
const EPSILON = 1e-3;

/** Mean and deviation of ImageNet's pixels as shares of 255, which the encoder's weights were trained with. */
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

/** Beyond that a sigmoid is 0 or 1 but for 10⁻³⁵: float32 ends at 10⁻³⁸. */
const LARGEST_LOGIT = 80;

/** One size of picture on the way up. */
interface DecoderBlock {
  /** How many times smaller than the picture its output is. */
  readonly scale: number;
  /** On the features from below, every pixel twice along both axes, and the skip, one after the other. */
  readonly convolutions: readonly Layer[];
  /** Branches of two convolutions, whose sum with their input follows. */
  readonly residuals: readonly (readonly [Layer, Layer])[];
  /** The logits of an auxiliary output. */
  readonly head?: Layer;
}

interface Layers {
  /** On the picture itself: the skip of the last block. */
  readonly input: readonly Layer[];
  readonly encoder: EfficientNet;
  readonly decoder: readonly DecoderBlock[];
  readonly main: Layer;
}

/**
 * Lays out OED, the encoder-decoder of König et al. (2021, doi:10.1016/j.dsp.2020.102907): an EfficientNet, up from whose features go blocks
 * with residual branches, each with a prediction of its own in training. 39,824,405 parameters with B5 at width 1, running statistics
 * included.
 *
 * The outputs are `main`, then `aux1` (at a sixteenth of the size) to `aux4` (at half of it).
 *
 * @param encoder the EfficientNet.
 * @param options `width` scales the channels, those of the encoder to multiples of 8 and the others rounded, at least 1.
 * @throws {RangeError} for a width outside (0, 1].
 */
export function oed(
  encoder: EfficientNetArch,
  { width = 1 }: { readonly width?: number } = {},
): SegmentationNetwork {
  const arch = `oed_${encoder}` as const;
  requireWidth(arch, width);
  const layers = layOut(efficientnet(encoder, { width }), (full) => Math.max(1, Math.round(full * width)));
  const { decoder } = layers;
  const auxiliary = decoder.flatMap(({ head }) => head ? [head.name] : []);
  return {
    arch,
    width,
    specs: new Map([
      ...layers.input.flatMap(layerSpecs),
      ...efficientnetSpecs(layers.encoder),
      ...decoder.flatMap(blockLayers).flatMap(layerSpecs),
      ...layerSpecs(layers.main),
    ]),
    multiple: 2 ** DECODER.length,
    outputs: [layers.main.name, ...auxiliary],
    logits: (x, run) => predict(x, layers, run),
    summary: (size) => summarize(size, layers),
  };
}

function layOut(encoder: EfficientNet, channels: (full: number) => number): Layers {
  const last = channels(DECODER[DECODER.length - 1]);
  const input = [
    convolution("input_conv1", { inputs: 3, outputs: last, batchNorm: true }),
    convolution("input_conv2", { inputs: last, outputs: last, batchNorm: true }),
  ];
  const skips = [...efficientnetSkips(encoder).toReversed(), { scale: 1, channels: last }];
  let below = encoder.top.outputs;
  const decoder = DECODER.map((full, i): DecoderBlock => {
    const outputs = channels(full);
    const { scale, channels: skip } = skips[i];
    const first = { inputs: below + skip, outputs, batchNorm: true };
    const inner = { inputs: outputs, outputs };
    below = outputs;
    const name = `decoder${i}`;
    if (scale === 1) {
      return {
        scale,
        convolutions: [
          convolution(`${name}_conv1`, first),
          convolution(`${name}_conv2`, { ...inner, batchNorm: true }),
        ],
        residuals: [],
      };
    }
    return {
      scale,
      convolutions: [convolution(`${name}_preconv`, first)],
      residuals: ["a", "b"].map((branch) => [
        convolution(`${name}${branch}_conv1`, inner),
        convolution(`${name}${branch}_conv2`, inner),
      ]),
      head: { ...convolution(`aux${i + 1}`, { inputs: outputs, outputs: 1 }), side: 1, activation: "linear" },
    };
  });
  const main = convolution("main", { inputs: last, outputs: 1 });
  return { input, encoder, decoder, main: { ...main, activation: "linear" } };
}

/** A 3 × 3 convolution with ReLU: with batch norm, whose name has `bn` where the convolution's has `conv`, or with bias. */
function convolution(
  name: string,
  { batchNorm = false, ...ends }: Pick<Layer, "inputs" | "outputs"> & { readonly batchNorm?: boolean },
): Layer {
  return {
    name,
    kind: "convolution",
    side: 3,
    stride: 1,
    padding: "same",
    shift: batchNorm ? { name: name.replace("conv", "bn"), epsilon: EPSILON } : "bias",
    activation: "relu",
    ...ends,
  };
}

function blockLayers({ convolutions, residuals, head }: DecoderBlock): Layer[] {
  return [...convolutions, ...residuals.flat(), ...head ? [head] : []];
}

function predict(x: tf.Tensor4D, layers: Layers, run: SegmentationRun): tf.Tensor4D[] {
  const { input, encoder, decoder, main } = layers;
  const { training, auxiliary = true } = run;
  return tf.tidy(() => {
    const picture = x.div<tf.Tensor4D>(255).sub<tf.Tensor4D>(tf.tensor1d(MEAN)).div<tf.Tensor4D>(
      tf.tensor1d(DEVIATION),
    );
    const shallow = tf.tidy(() => chain(picture, input, run));
    const features = efficientnetFeatures(picture, encoder, run);
    let below = features[features.length - 1];
    const skips = [...features.slice(0, -1).toReversed(), shallow];
    const others: tf.Tensor4D[] = [];
    for (const [i, block] of decoder.entries()) {
      const before = below;
      below = tf.tidy(() => runBlock(before, skips[i], block, run));
      if (!training) tf.dispose([before, skips[i]]);
      const { head, scale } = block;
      if (head && auxiliary) {
        const features = below;
        others.push(tf.tidy(() => enlargeLogits(runLayer(features, head, run), scale)));
      }
    }
    return [runLayer(below, main, run), ...others];
  });
}

function chain(x: tf.Tensor4D, layers: readonly Layer[], run: SegmentationRun): tf.Tensor4D {
  return layers.reduce((x, layer) => runLayer(x, layer, run), x);
}

function runBlock(
  below: tf.Tensor4D,
  skip: tf.Tensor4D,
  { convolutions, residuals }: DecoderBlock,
  run: SegmentationRun,
): tf.Tensor4D {
  const features = chain(tf.concat([repeatPixels(below), skip], 3), convolutions, run);
  return residuals.reduce((x, branch) => x.add<tf.Tensor4D>(chain(x, branch, run)), features);
}

/**
 * The logits of enlarged probabilities. An auxiliary output of OED is E σ(z), a sigmoid and then the bilinear enlargement E, and what
 * has those probabilities are the logits
 *
 *     log(E σ(z) / (1 − E σ(z))) = log E σ(z) − log E σ(−z),
 *
 * as the weights of E add up to 1: no difference of nearly equal numbers, however sure the network is.
 */
function enlargeLogits(logits: tf.Tensor4D, scale: number): tf.Tensor4D {
  const z = tf.clipByValue(logits, -LARGEST_LOGIT, LARGEST_LOGIT);
  const logOf = (z: tf.Tensor4D) => enlarge(z.sigmoid(), scale).log<tf.Tensor4D>();
  return logOf(z).sub(logOf(z.neg<tf.Tensor4D>()));
}

function summarize(size: PictureSize, { input, encoder, decoder, main }: Layers): LayerSummary[] {
  const lines = [
    ...input.map((layer) => layerSummary(layer, size)),
    ...efficientnetSummary(encoder, size),
  ];
  for (const [i, block] of decoder.entries()) {
    const { scale, convolutions: [first], head } = block;
    const at = { height: size.height / scale, width: size.width / scale };
    const plain = (name: string, kind: string, { height, width }: PictureSize, channels: number) =>
      lines.push({ name, kind, output: [height, width, channels], parameters: 0, multiplyAdds: 0 });
    const below = i === 0 ? encoder.top.outputs : decoder[i - 1].convolutions[0].outputs;
    plain(`decoder${i}_enlarge`, "nearest × 2", at, below);
    plain(`decoder${i}_concat`, "concatenation", at, first.inputs);
    lines.push(...blockLayers(block).map((layer) => layerSummary(layer, at)));
    if (head) plain(`${head.name}_enlarge`, `sigmoid, bilinear × ${scale}`, size, 1);
  }
  return [...lines, layerSummary(main, size)];
}
