import type { RowRange } from "../../core/gpu/bands.ts";
import { NetworkBase, type NetworkValues } from "../layers/network_base.ts";
import { takeData } from "../tensors.ts";
import { tf } from "../tfjs.ts";
import { restoreParameters, type Snapshot } from "../threads/shared_values.ts";
import { describeSegmentationNetwork, type SegmentationNetworkOptions } from "./architectures.ts";
import { meanDirection } from "./crack_direction.ts";
import { askAround, meanOfBlocks, runAround } from "./patch_network.ts";
import type { SegmentationNetwork } from "./segmentation_network.ts";

/** Options of {@linkcode createSegmenter}. */
export interface SegmenterOptions extends SegmentationNetworkOptions {
  /** Seed of the untrained values, any integer. Default 0. */
  readonly seed?: number;
  /** Side of the square crops that it is going to be trained on, in pixels; null (the default) for whole photos. */
  readonly trainingSize?: number | null;
}

/** What a segmenter is, values aside. */
export type SegmenterDescription = Required<SegmenterOptions>;

/** What a {@linkcode BareSegmenter} is made of. */
export interface SegmenterParts extends NetworkValues {
  readonly network: SegmentationNetwork;
  /** Side of the square crops that it is (to be) trained on, in pixels; null for whole photos. */
  readonly trainingSize: number | null;
}

/** Which confidences are wanted. */
export interface ConfidenceOptions {
  /** Height and width, h and w, of the upper left part that they are wanted of. Default: all of it. */
  readonly part?: readonly [height: number, width: number];
  /** Of how many of the network's outputs: the prediction, and auxiliary ones after it. Default 1. */
  readonly outputs?: number;
  /** Of which rows, for a network that sees patches. Default: of all. */
  readonly rows?: RowRange;
}

/**
 * A segmentation network in the thread that it is made in.
 *
 * @internal
 */
export class BareSegmenter extends NetworkBase<SegmentationNetwork, SegmenterDescription> {
  /** Side of the square crops that it is (to be) trained on, in pixels; null for whole photos. */
  readonly trainingSize: number | null;

  constructor({ network, trainingSize, ...values }: SegmenterParts) {
    super({ kind: "segmenter", network, specs: network.specs, ...values });
    this.trainingSize = trainingSize;
  }

  /**
   * What it is, values aside.
   *
   * @internal
   */
  override get description(): SegmenterDescription {
    const { network: { arch, width, input: { offset, divisor } }, seed, trainingSize } = this;
    return { arch, width, scaling: { offset, divisor }, seed, trainingSize };
  }

  /**
   * The logits of all outputs, the prediction first, as training sees them: normalised by the batch's own statistics, which move the
   * running ones; differentiable with respect to the trainable parameters.
   *
   * @param x N × H × W × 3, RGB 0..255, H and W multiples of the network's.
   * @param options `momentum`: share of the running statistics that one step keeps. Default 0.9.
   * @returns N × H × W × 1 each; of a network that sees patches N × b × b × 1, of the block in the middle.
   * @internal
   */
  trainingLogits(x: tf.Tensor4D, { momentum }: { readonly momentum?: number } = {}): tf.Tensor4D[] {
    return this.train(x, { momentum });
  }

  /**
   * The logits by the running statistics.
   *
   * @param x N × H × W × 3, RGB 0..255, H and W multiples of the network's.
   * @param options `auxiliary`: whether to give those of the auxiliary outputs, too. Default false.
   * @returns N × H × W × 1 each.
   * @internal
   */
  logits(x: tf.Tensor4D, { auxiliary = false }: { readonly auxiliary?: boolean } = {}): tf.Tensor4D[] {
    return this.infer(x, { auxiliary });
  }

  /**
   * The confidence of crack by the running statistics: the sigmoids of the first outputs.
   *
   * @param x N × H × W × 3, RGB 0..255, H and W multiples of the network's; 1 × H × W × 3 of any size for a network that sees patches.
   * @returns N × h × w × 1 each, 0..1.
   * @internal
   */
  confidences(x: tf.Tensor4D, { part, outputs = 1, rows }: ConfidenceOptions = {}): tf.Tensor4D[] {
    const { patches } = this.network;
    // Nothing is added to what they are shown, so that nothing is cut off.
    if (patches) {
      const run = { ...this.values, side: patches.side };
      return [
        meanOfBlocks(x, { ...patches, rows }, (around) => runAround(around, this.network, run).sigmoid()),
      ];
    }
    const [height, width] = part ?? x.shape.slice(1);
    return tf.tidy(() =>
      this.logits(x, { auxiliary: outputs > 1 })
        .slice(0, outputs)
        .map((logits) => logits.sigmoid().slice([0, 0, 0, 0], [-1, height, width, 1]))
    );
  }

  /**
   * Which way cracks go at some pixels by the running statistics, for a network that tells.
   *
   * @param x 1 × H × W × 3, RGB 0..255, of any size.
   * @param at the pixels, one at least, counted row by row.
   * @returns a value a pixel, in degrees from the right counter-clockwise, 0 to below 180.
   * @throws {RangeError} for a network that does not.
   * @internal
   */
  directions(x: tf.Tensor4D, at: Int32Array): tf.Tensor1D {
    const { patches, arch } = this.network;
    if (!patches?.directed) {
      throw new RangeError(
        `Cannot say which way cracks go with ${this.name}: ${arch} marks them only; patches_inoue tells.`,
      );
    }
    return askAround(
      x,
      { ...patches, at },
      (shown) => meanDirection(this.logits(shown, { auxiliary: true })[1]),
    );
  }
}

/** The segmenter of a snapshot. Needs an open backend. */
export function restoreSegmenter(
  { description, weights }: Snapshot<SegmenterDescription>,
): BareSegmenter {
  return new BareSegmenter({
    ...description,
    network: describeSegmentationNetwork(description),
    parameters: (specs) => restoreParameters(weights, specs),
  });
}

/** An image on the host whose sides are multiples of a network's, and what is wanted of it. */
export interface WholeImage
  extends Required<Omit<ConfidenceOptions, "rows">>, Pick<ConfidenceOptions, "rows"> {
  /** H × W × 3, RGB 0..255. */
  readonly pixels: Float32Array;
  readonly size: readonly [height: number, width: number];
}

/** The confidence of each wanted output in the wanted part of an image, 0..1, row-major. */
export async function predictOnHost(
  segmenter: BareSegmenter,
  { pixels, size, ...wanted }: WholeImage,
): Promise<Float32Array[]> {
  const maps = tf.tidy(() => segmenter.confidences(tf.tensor4d(pixels, [1, ...size, 3]), wanted));
  return await Promise.all(maps.map(takeData));
}
