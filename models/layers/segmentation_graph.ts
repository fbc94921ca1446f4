import { scalePictures } from "./network.ts";
import type { ParameterSpec } from "./parameters.ts";
import { tf } from "../tfjs.ts";
import { type Layer, layerSpecs, runLayer } from "./layer.ts";
import { layerOutputSize, layerSummary } from "./layer_summary.ts";
import type { LayerSummary, PictureSize, SegmentationNetwork } from "../segmenter/segmentation_network.ts";

/** Size of a feature map. */
export interface FeatureShape extends PictureSize {
  readonly channels: number;
}

/** A step without parameters or matrix products: pooling, concatenation, enlargement. */
export interface Operation {
  readonly name: string;
  /** What it does, for the summary. */
  readonly kind: string;
  /** Size of its output. */
  shape(...inputs: FeatureShape[]): FeatureShape;
  /** Its output. Differentiable. */
  run(...inputs: tf.Tensor4D[]): tf.Tensor4D;
}

/** A layer as networks write it: its inputs are the channels of what it is given, the rest is that of a 3 × 3 convolution. */
export type LayerOptions = Pick<Layer, "name" | "outputs"> & Partial<Layer>;

/** What a network is written in, so that one text gives its outputs, its parameters and its summary. `T`: a feature map, or its size. */
export interface SegmentationGraph<T> {
  /** Whether auxiliary outputs are wanted. Without, a network may compute its first output alone. */
  readonly auxiliary: boolean;
  layer(x: T, options: LayerOptions): T;
  operation(operation: Operation, ...inputs: T[]): T;
  /** Computes something and frees what was computed on the way. */
  scope<R extends T | T[]>(compute: () => R): R;
}

/** A network as {@linkcode defineSegmentationNetwork} takes it. */
export interface SegmentationDefinition
  extends Pick<SegmentationNetwork, "arch" | "width" | "input" | "multiple" | "outputs" | "forward"> {
}

/** A network from its text. */
export function defineSegmentationNetwork(definition: SegmentationDefinition): SegmentationNetwork {
  const { arch, input, multiple, forward } = definition;
  const trace = (size: PictureSize, visit: (summary: LayerSummary, layer?: Layer) => void): void => {
    forward({ ...size, channels: 3 }, shapeGraph(visit));
  };
  const specs = new Map<string, ParameterSpec>();
  trace({ height: multiple, width: multiple }, (_, layer) => {
    for (const [name, spec] of layer ? layerSpecs(layer) : []) specs.set(name, spec);
  });
  return {
    ...definition,
    specs,
    logits(x, run) {
      const [, height, width] = x.shape;
      if (height % multiple !== 0 || width % multiple !== 0) {
        throw new RangeError(
          `Cannot run ${arch} on pictures of ${width} × ${height}: both sides must be multiples of ${multiple}.`,
        );
      }
      const auxiliary = run.training || (run.auxiliary ?? true);
      return tf.tidy(() => {
        const outputs = forward<tf.Tensor4D>(scalePictures(x, input), {
          auxiliary,
          layer: (x, options) => runLayer(x, layerOf(options, x.shape[3]), run),
          operation: (operation, ...inputs) => operation.run(...inputs),
          scope: (compute) => tf.tidy(compute),
        });
        return auxiliary ? outputs : outputs.slice(0, 1);
      });
    },
    summary(size) {
      const lines: LayerSummary[] = [];
      trace(size, (line) => lines.push(line));
      return lines;
    },
  };
}

/** The layer that a network wrote, for a feature map of so many channels. */
export function layerOf(options: LayerOptions, inputs: number): Layer {
  return {
    kind: "convolution",
    side: 3,
    stride: 1,
    padding: "same",
    inputs,
    shift: "none",
    activation: "linear",
    ...options,
  };
}

/** Sizes in place of feature maps. */
function shapeGraph(
  visit: (summary: LayerSummary, layer?: Layer) => void,
): SegmentationGraph<FeatureShape> {
  return {
    auxiliary: true,
    layer(x, options) {
      const layer = layerOf(options, x.channels);
      visit(layerSummary(layer, x), layer);
      return { ...layerOutputSize(layer, x), channels: layer.outputs };
    },
    operation({ name, kind, shape }, ...inputs) {
      const { height, width, channels } = shape(...inputs);
      visit({ name, kind, output: [height, width, channels], parameters: 0, multiplyAdds: 0 });
      return { height, width, channels };
    },
    scope: (compute) => compute(),
  };
}
