import { tf } from "../tfjs.ts";
import { requireWidth } from "../require_width.ts";
import { convolveEnlarged } from "./bilinear.ts";
import { foldLayer, type Layer, layerSpecs, runLayer } from "./layer.ts";
import { layerSummary } from "./layer_summary.ts";
import { maxPool, maxUnpool, type Pooled } from "./max_unpool.ts";
import type {
  LayerSummary,
  PictureSize,
  SegmentationNetwork,
  SegmentationRun,
} from "./segmentation_network.ts";

/** Channels of the convolutions going down and coming up, from the full size to a sixteenth of it. */
const LEVELS = [
  { encoder: [64, 64], decoder: [64, 64] },
  { encoder: [128, 128], decoder: [128, 64] },
  { encoder: [256, 256, 256], decoder: [256, 256, 128] },
  { encoder: [512, 512, 512], decoder: [512, 512, 256] },
  { encoder: [512, 512, 512], decoder: [512, 512, 512] },
] as const;

/** Channels of a fusion's first convolution. */
const FUSED = 64;

/** One size of picture in the network. */
interface Level {
  /** How many times smaller than the picture it is. */
  readonly scale: number;
  readonly encoder: readonly Layer[];
  readonly decoder: readonly Layer[];
  /** On both ends of the level, one after the other, enlarged to the full size: features, then a logit. */
  readonly fuse: readonly [features: Layer, logit: Layer];
}

/**
 * Lays out DeepCrack (Zou et al. 2019, doi:10.1109/TIP.2018.2878966): an encoder that pools by maxima and remembers where they lay, a decoder
 * that puts values back there, and a prediction from both ends of each level and from all levels. 30,905,011 parameters at width 1.
 *
 * The outputs are those of training: the prediction `final`, then `fuse5` (the smallest level) to `fuse1`.
 *
 * @param options `width` scales the channels, rounded, at least 1.
 * @throws {RangeError} for a width outside (0, 1].
 */
export function zouDeepcrack({ width = 1 }: { readonly width?: number } = {}): SegmentationNetwork {
  requireWidth("deepcrack_zou", width);
  const levels = layOut((full) => Math.max(1, Math.round(full * width)));
  const final = convolution("final", { inputs: levels.length, outputs: 1, activation: "linear" });
  const layers = [
    ...levels.flatMap(({ encoder }) => encoder),
    ...levels.toReversed().flatMap(({ decoder }) => decoder),
    ...levels.toReversed().flatMap(({ fuse }) => fuse),
    final,
  ];
  return {
    arch: "deepcrack_zou",
    width,
    specs: new Map(layers.flatMap(layerSpecs)),
    multiple: 2 ** levels.length,
    outputs: ["final", ...levels.toReversed().map((_, i) => `fuse${levels.length - i}`)],
    logits: (x, run) => predict(x, { levels, final }, run),
    summary: (size) => summarize(size, { levels, final }),
  };
}

function layOut(channels: (full: number) => number): Level[] {
  let above = 3;
  return LEVELS.map(({ encoder, decoder }, i) => {
    const down = chain(`encoder${i + 1}`, above, encoder.map(channels));
    above = down[down.length - 1].outputs;
    const up = chain(`decoder${i + 1}`, above, decoder.map(channels));
    const features = convolution(`fuse${i + 1}_features`, {
      inputs: above + up[up.length - 1].outputs,
      outputs: channels(FUSED),
      activation: "relu",
    });
    const logit = convolution(`fuse${i + 1}_logit`, {
      inputs: features.outputs,
      outputs: 1,
      activation: "linear",
    });
    return { scale: 2 ** i, encoder: down, decoder: up, fuse: [features, logit] };
  });
}

function chain(name: string, inputs: number, channels: readonly number[]): Layer[] {
  return channels.map((outputs, i) =>
    convolution(`${name}_${i + 1}`, {
      inputs: i === 0 ? inputs : channels[i - 1],
      outputs,
      activation: "relu",
    })
  );
}

function convolution(
  name: string,
  ends: Pick<Layer, "inputs" | "outputs" | "activation">,
): Layer {
  return { name, kind: "convolution", side: 3, stride: 1, padding: 1, shift: "bias", ...ends };
}

interface Layers {
  readonly levels: readonly Level[];
  /** On the logits of all levels, the smallest level's first. */
  readonly final: Layer;
}

function predict(x: tf.Tensor4D, { levels, final }: Layers, run: SegmentationRun): tf.Tensor4D[] {
  const { training, auxiliary = true } = run;
  return tf.tidy(() => {
    const encoded: Pooled[] = [];
    let features = x.div<tf.Tensor4D>(255);
    for (const { encoder } of levels) {
      const before = features;
      const x = tf.tidy(() => encoder.reduce((x, layer) => runLayer(x, layer, run), before));
      features = maxPool(x);
      encoded.push({ x, y: features });
    }
    const logits: tf.Tensor4D[] = [];
    for (const [i, { scale, decoder, fuse }] of [...levels.entries()].toReversed()) {
      const below = features, pooled = encoded[i];
      features = tf.tidy(() =>
        decoder.reduce((x, layer) => runLayer(x, layer, run), maxUnpool(below, pooled))
      );
      logits.push(fuseLevel([pooled.x as tf.Tensor4D, features], { scale, fuse }, run));
      if (!training) tf.dispose([below, pooled.x, pooled.y]);
    }
    const prediction = runLayer(tf.concat(logits, 3), final, run);
    return auxiliary ? [prediction, ...logits] : [prediction];
  });
}

/** The logits of a level at full size, of its encoder's and decoder's last features. */
function fuseLevel(
  ends: readonly tf.Tensor4D[],
  { scale, fuse: [first, logit] }: Pick<Level, "scale" | "fuse">,
  run: SegmentationRun,
): tf.Tensor4D {
  return tf.tidy(() => {
    const both = tf.concat([...ends], 3);
    const features = scale === 1
      ? runLayer(both, first, run)
      : convolveEnlarged(both, foldLayer(first, run.parameters), scale).relu<tf.Tensor4D>();
    return runLayer(features, logit, run);
  });
}

function summarize(size: PictureSize, { levels, final }: Layers): LayerSummary[] {
  const at = (scale: number): PictureSize => ({ height: size.height / scale, width: size.width / scale });
  const lines: LayerSummary[] = [];
  const plain = (name: string, kind: string, scale: number, channels: number) => {
    const { height, width } = at(scale);
    lines.push({ name, kind, output: [height, width, channels], parameters: 0, multiplyAdds: 0 });
  };
  for (const [i, { scale, encoder }] of levels.entries()) {
    lines.push(...encoder.map((layer) => layerSummary(layer, at(scale))));
    plain(`pool${i + 1}`, "max-pool 2 × 2", 2 * scale, encoder[encoder.length - 1].outputs);
  }
  for (const [i, { scale, decoder, fuse }] of [...levels.entries()].toReversed()) {
    plain(`unpool${i + 1}`, "max-unpool 2 × 2", scale, decoder[0].inputs);
    lines.push(...decoder.map((layer) => layerSummary(layer, at(scale))));
    plain(`fuse${i + 1}_concat`, "concatenation", scale, fuse[0].inputs);
    if (scale > 1) plain(`fuse${i + 1}_enlarge`, `bilinear × ${scale}`, 1, fuse[0].inputs);
    lines.push(...fuse.map((layer) => layerSummary(layer, size)));
  }
  plain("logits", "concatenation", 1, levels.length);
  return [...lines, layerSummary(final, size)];
}
