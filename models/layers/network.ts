import { type ConvUnit, convUnitSpecs } from "./conv_unit.ts";
import type { ParameterSpec } from "./parameters.ts";
import { tf } from "../tfjs.ts";

/** Names of the networks that a classifier can be made of. */
export type Arch = "resnet18" | "resnet34" | "resnet50" | "resnet101" | "resnet152" | "mobilenet_v2";

/** One block: its branch, and what becomes of the block's input. */
export interface Block {
  readonly branch: readonly ConvUnit[];
  /** 1 × 1 projection of the input where the shape changes; else the identity. */
  readonly shortcut?: ConvUnit;
  /**
   * - `relu`: relu(branch(x) + shortcut(x)), as in ResNets;
   * - `linear`: branch(x) + shortcut(x), as in inverted residuals;
   * - `none`: branch(x).
   */
  readonly join: "relu" | "linear" | "none";
}

/**
 * What becomes of RGB 0..255 before the first layer: (x − offset) / divisor, alike for all channels or with a value for each of R, G, B.
 * It comes before any padding with zeros: part of a first kernel and its bias it would be wrong along the edges.
 */
export interface InputScaling {
  /** Subtracted, on the scale of 0..255. */
  readonly offset: number | readonly [red: number, green: number, blue: number];
  /** What is left is divided by it. */
  readonly divisor: number | readonly [red: number, green: number, blue: number];
}

/** The layers of a classifier before its head, not their values. */
export interface Network {
  readonly arch: Arch;
  /** Scale of its channels. */
  readonly width: number;
  /** Where a bottleneck ResNet halves the picture; of no matter elsewhere. */
  readonly strideAt: "first" | "middle";
  /** What becomes of RGB 0..255: enlarged so many times, linearly, then scaled. */
  readonly input: InputScaling & { readonly enlarge: number };
  readonly stem: ConvUnit;
  /** Whether 3 × 3 maxima, every second pixel, follow the stem. */
  readonly pool: boolean;
  readonly blocks: readonly Block[];
  /** Channels of the last feature map. */
  readonly outputs: number;
}

/** The parameters of a network without a head. */
export function networkSpecs({ stem, blocks }: Network): [string, ParameterSpec][] {
  const units = [stem];
  for (const { branch, shortcut } of blocks) units.push(...(shortcut ? [shortcut] : []), ...branch);
  return units.flatMap(convUnitSpecs);
}

/** Options of {@linkcode networkFeatures}. */
export interface NetworkFeaturesOptions {
  /** Computes one unit: training and inference differ in nothing else. */
  readonly run: (x: tf.Tensor4D, unit: ConvUnit) => tf.Tensor4D;
  /** Whether each block's input is freed once its output exists; false where gradients are wanted. */
  readonly release: boolean;
}

/**
 * The last feature map of a network. None of its values is negative: its last step is a rectifier.
 *
 * @param x N × H × W × 3, RGB 0..255, any H, W ≥ 1.
 * @returns N × h × w × `outputs`, h and w as large as H and W enlarged and halved by each stride, rounded up.
 */
export function networkFeatures(
  x: tf.Tensor4D,
  network: Network,
  { run, release }: NetworkFeaturesOptions,
): tf.Tensor4D {
  const { stem, pool, blocks } = network;
  let features = tf.tidy((): tf.Tensor4D => {
    const first = run(prepare(x, network), stem);
    // Keras pads the max-pool with zeros, tfjs with −∞: the same after a ReLU.
    return pool ? tf.maxPool(first, 3, 2, 1) : first;
  });
  for (const block of blocks) {
    const next = tf.tidy(() => runBlock(features, block, run));
    if (release) features.dispose();
    features = next;
  }
  return features;
}

function prepare(x: tf.Tensor4D, { input }: Network): tf.Tensor4D {
  const [, height, width] = x.shape;
  const { enlarge } = input;
  const large = enlarge === 1
    ? x
    : tf.image.resizeBilinear(x, [enlarge * height, enlarge * width], false, true);
  return scalePictures(large, input);
}

/**
 * Pictures as the first layer sees them.
 *
 * @param x N × H × W × 3, RGB 0..255.
 */
export function scalePictures(x: tf.Tensor4D, { offset, divisor }: InputScaling): tf.Tensor4D {
  const operand = (value: InputScaling["offset"]) => typeof value === "number" ? value : [...value];
  return (offset === 0 ? x : x.sub<tf.Tensor4D>(operand(offset))).div(operand(divisor));
}

function runBlock(
  x: tf.Tensor4D,
  { branch, shortcut, join }: Block,
  run: NetworkFeaturesOptions["run"],
): tf.Tensor4D {
  if (join === "none") return branch.reduce(run, x);
  const kept = shortcut ? run(x, shortcut) : x;
  const sum = branch.reduce(run, x).add<tf.Tensor4D>(kept);
  return join === "relu" ? sum.relu() : sum;
}

/** Such as `resnet18 × 0.5`; the architecture alone at full width. */
export function networkName({ arch, width }: { readonly arch: string; readonly width: number }): string {
  return width === 1 ? arch : `${arch} × ${width}`;
}
