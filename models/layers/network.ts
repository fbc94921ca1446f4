import { tf } from "../tfjs.ts";
import { type NetworkInput, prepareImages } from "./input_scaling.ts";
import { type ImageSize, layerSpecs, type LayerSummary } from "./layer.ts";
import { type Footprint, type Forward, tensorGraph, traceGraph } from "./layer_graph.ts";
import type { ParameterSpecs } from "./parameters.ts";
import type { LayerRun } from "./run_layer.ts";

/** A network as {@linkcode defineNetwork} takes it. */
export interface NetworkDefinition<Arch extends string> {
  readonly arch: Arch;
  /** Scale of its channels. */
  readonly width: number;
  /** Channels of what it is shown. Default 3, RGB. */
  readonly channels?: number;
  /** What becomes of RGB 0..255, or of what else it is shown, before the first layer. */
  readonly input: NetworkInput;
  /** Heights and widths that it takes are multiples of this: the caller pads and crops. */
  readonly multiple: number;
  /** Names of its outputs; the first is what it is for, the others are auxiliary and only trained on. */
  readonly outputs: readonly string[];
  /** The outputs of a scaled image, the layers and operations being those of a graph. */
  readonly forward: Forward;
}

/** How a network is run. */
export interface NetworkRun extends LayerRun {
  /** Whether a prediction computes the auxiliary outputs, too: without, the first alone is returned. Default true. */
  readonly auxiliary?: boolean;
}

/** The layers of a network, not their values. */
export interface Network<Arch extends string = string> extends NetworkDefinition<Arch> {
  /** Shapes and first values of its parameters, by name. */
  readonly specs: ParameterSpecs;
  /**
   * Its outputs. Differentiable in training.
   *
   * @param x N × H × W × 3, RGB 0..255, or with its own channels.
   */
  run(x: tf.Tensor4D, run: NetworkRun): tf.Tensor4D[];
  /** Its layers in order, for an image of that size. */
  summary(size: ImageSize): readonly LayerSummary[];
  /** What a prediction for an image of that size takes. */
  footprint(size: ImageSize): Footprint;
}

/**
 * A network from its text.
 *
 * @throws {RangeError} for a width outside (0, 1].
 */
export function defineNetwork<Arch extends string>(definition: NetworkDefinition<Arch>): Network<Arch> {
  const { arch, width, channels, input, multiple, forward } = definition;
  if (!(width > 0 && width <= 1)) {
    throw new RangeError(
      `Cannot lay out ${arch} of width ${width}: the width must be above 0 and at most 1.`,
    );
  }
  const { enlarge = 1 } = input;
  const trace = ({ height, width }: ImageSize) =>
    traceGraph(forward, { height: enlarge * height, width: enlarge * width, channels });
  return {
    ...definition,
    specs: new Map(trace({ height: multiple, width: multiple }).layers.flatMap(layerSpecs)),
    run(x, run) {
      const [, height, width] = x.shape;
      if (height % multiple !== 0 || width % multiple !== 0) {
        throw new RangeError(
          `Cannot run ${arch} on pictures of ${width} × ${height}: both sides must be multiples of ${multiple}.`,
        );
      }
      const auxiliary = run.training || (run.auxiliary ?? true);
      return tf.tidy(() => {
        const outputs = forward(prepareImages(x, input), tensorGraph({ ...run, auxiliary }));
        return auxiliary ? outputs : outputs.slice(0, 1);
      });
    },
    summary: (size) => trace(size).lines,
    footprint: (size) => trace(size).footprint,
  };
}

/** Such as `resnet18 × 0.5`; the architecture alone at full width. */
export function networkName({ arch, width }: Pick<Network, "arch" | "width">): string {
  return width === 1 ? arch : `${arch} × ${width}`;
}
