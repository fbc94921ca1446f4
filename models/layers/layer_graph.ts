import { tf } from "../tfjs.ts";
import {
  type ImageSize,
  type Layer,
  layerOf,
  type LayerOptions,
  layerOutputSize,
  type LayerSummary,
  layerSummary,
} from "./layer.ts";
import { type LayerRun, runLayer } from "./run_layer.ts";

/** Size of a feature map. */
export interface FeatureShape extends ImageSize {
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

/**
 * What a network is written in, so that one text gives its outputs, its parameters, its summary and its layers in other libraries.
 *
 * @typeParam T a feature map, or what stands for one
 */
export interface LayerGraph<T> {
  /** Whether auxiliary outputs are wanted. Without, a network may compute its first output alone. */
  readonly auxiliary: boolean;
  layer(x: T, options: LayerOptions): T;
  operation(operation: Operation, ...inputs: T[]): T;
  /** Computes something and frees what was computed on the way. */
  scope<R extends T | T[]>(compute: () => R): R;
  /** Takes one step after the other. What a step was given is freed once it is done, `x` too: nothing else may use it. */
  chain(x: T, steps: readonly ((x: T) => T)[]): T;
}

/** The outputs of a network for a scaled image, its layers and operations being those of a graph. */
export type Forward = <T>(x: T, graph: LayerGraph<T>) => T[];

/** The graph that computes. */
export function tensorGraph(run: LayerRun & { readonly auxiliary: boolean }): LayerGraph<tf.Tensor4D> {
  return {
    auxiliary: run.auxiliary,
    layer: (x, options) => runLayer(x, layerOf(options, x.shape[3]), run),
    operation: (operation, ...inputs) => operation.run(...inputs),
    scope: (compute) => tf.tidy(compute),
    chain: (x, steps) =>
      steps.reduce((given, step) => {
        const next = tf.tidy(() => step(given));
        // In training the tape may need it.
        if (!run.training) given.dispose();
        return next;
      }, x),
  };
}

/** Numbers in feature maps that a prediction takes beside the weights and the image. */
export interface Footprint {
  /** The most that are held at one time. */
  readonly peak: number;
  /** Those of the largest feature map. */
  readonly largest: number;
}

/** What a network does with an image of one size. */
export interface Trace {
  /** Its layers in their order. */
  readonly layers: readonly Layer[];
  /** Its layers and operations in their order. */
  readonly lines: readonly LayerSummary[];
  readonly footprint: Footprint;
}

/** Follows a network through its layers, sizes in place of feature maps. An image has 3 channels unless others are named. */
export function traceGraph(
  forward: Forward,
  { height, width, channels = 3 }: ImageSize & Partial<Pick<FeatureShape, "channels">>,
): Trace {
  const layers: Layer[] = [], lines: LayerSummary[] = [];
  let held = 0, peak = 0, largest = 0;
  let scope: FeatureShape[] = [];
  const valuesOf = ({ height, width, channels }: FeatureShape) => height * width * channels;
  const hold = ({ height, width, channels }: FeatureShape): FeatureShape => {
    // An object of its own: operations may give what they were given.
    const made = { height, width, channels };
    scope.push(made);
    held += valuesOf(made);
    peak = Math.max(peak, held);
    largest = Math.max(largest, valuesOf(made));
    return made;
  };
  const graph: LayerGraph<FeatureShape> = {
    auxiliary: true,
    layer(x, options) {
      const layer = layerOf(options, x.channels);
      layers.push(layer);
      lines.push(layerSummary(layer, x));
      return hold({ ...layerOutputSize(layer, x), channels: layer.outputs });
    },
    operation({ name, kind, shape }, ...inputs) {
      const made = hold(shape(...inputs));
      const { height, width, channels } = made;
      lines.push({ name, kind, output: [height, width, channels], parameters: 0, multiplyAdds: 0 });
      return made;
    },
    scope(compute) {
      const outer = scope;
      scope = [];
      const result = compute();
      const kept = new Set(([] as FeatureShape[]).concat(result));
      for (const made of scope) {
        if (kept.has(made)) outer.push(made);
        else held -= valuesOf(made);
      }
      scope = outer;
      return result;
    },
    chain: (x, steps) =>
      steps.reduce((given, step) => {
        const next = graph.scope(() => step(given));
        scope.splice(scope.indexOf(given), 1);
        held -= valuesOf(given);
        return next;
      }, x),
  };
  forward(hold({ height, width, channels }), graph);
  return { layers, lines, footprint: { peak, largest } };
}
