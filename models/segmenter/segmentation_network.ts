import type { InputScaling } from "../layers/network.ts";
import type { Parameters, ParameterSpecs } from "../layers/parameters.ts";
import type { SegmentationGraph } from "../layers/segmentation_graph.ts";
import type { tf } from "../tfjs.ts";
import type { FoldedLayers } from "../layers/folded_layers.ts";

/** Names of the networks that mark each pixel. */
export type SegmentationArch =
  | "unet"
  | "deepcrack_liu"
  | "deepcrack_zou"
  | "oed_b0"
  | "oed_b1"
  | "oed_b2"
  | "oed_b3"
  | "oed_b4"
  | "oed_b5";

/** How a network is run. */
export interface SegmentationRun {
  /** Its values, by the names of its specs. */
  readonly parameters: Parameters;
  /** Keeps layers with their batch norms folded in from one prediction to the next. Default: they are folded each time. */
  readonly folded?: FoldedLayers;
  /** Whether batch norms normalise by the batch, which moves their running statistics, or by the running statistics. */
  readonly training: boolean;
  /** Share of the running statistics that one step keeps. Default 0.9. */
  readonly momentum?: number;
  /** Whether a prediction computes the auxiliary outputs, too: without, the first alone is returned. Default true. */
  readonly auxiliary?: boolean;
}

/** Height and width of a picture or feature map, in pixels. */
export interface PictureSize {
  readonly height: number;
  readonly width: number;
}

/** One line of a network's summary, for one picture. */
export interface LayerSummary {
  readonly name: string;
  /** What it does: `convolution 3 × 3`, `max-pool 2 × 2`, … */
  readonly kind: string;
  /** Height, width and channels of its output. */
  readonly output: readonly [height: number, width: number, channels: number];
  /** Numbers that it holds, running statistics included. */
  readonly parameters: number;
  /** Multiplications followed by an addition that its matrix products make. */
  readonly multiplyAdds: number;
}

/** The layers of a segmentation network, not their values. */
export interface SegmentationNetwork {
  readonly arch: SegmentationArch;
  /** Scale of its channels. */
  readonly width: number;
  /** What becomes of RGB 0..255 before the first layer. */
  readonly input: InputScaling;
  /** Shapes and first values of its parameters, by name. */
  readonly specs: ParameterSpecs;
  /** Heights and widths that it takes are multiples of this: the caller pads and crops. */
  readonly multiple: number;
  /** Names of its outputs; the first is the prediction, the others are auxiliary and only trained on. */
  readonly outputs: readonly string[];
  /**
   * Logits (before the sigmoid) of each output at full size, N × H × W × 1. Differentiable in training.
   *
   * @param x N × H × W × 3, RGB 0..255.
   */
  logits(x: tf.Tensor4D, run: SegmentationRun): tf.Tensor4D[];
  /** The outputs of a scaled picture, the layers and operations being those of a graph. */
  forward<T>(x: T, graph: SegmentationGraph<T>): T[];
  /** Its layers in order, for a picture of that size. */
  summary(size: PictureSize): LayerSummary[];
}
