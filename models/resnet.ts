import { type ConvUnit, convUnitSpecs } from "./conv_unit.ts";
import type { ParameterSpec } from "./parameters.ts";
import { tf } from "./tfjs.ts";

/** Names of the residual networks. */
export type ResnetArch = "resnet18" | "resnet34" | "resnet50" | "resnet101" | "resnet152";

/** Residual blocks a stage, and whether they are bottlenecks (1 × 1, 3 × 3, 1 × 1) or basic (3 × 3, 3 × 3). */
const ARCHITECTURES: Record<ResnetArch, { blocks: readonly number[]; bottleneck: boolean }> = {
  resnet18: { blocks: [2, 2, 2, 2], bottleneck: false },
  resnet34: { blocks: [3, 4, 6, 3], bottleneck: false },
  resnet50: { blocks: [3, 4, 6, 3], bottleneck: true },
  resnet101: { blocks: [3, 4, 23, 3], bottleneck: true },
  resnet152: { blocks: [3, 8, 36, 3], bottleneck: true },
};

/** The names that {@linkcode describeResnet} takes. */
export const RESNET_ARCHS: readonly ResnetArch[] = Object.keys(ARCHITECTURES) as ResnetArch[];

/** Options of {@linkcode describeResnet}. */
export interface ResnetOptions {
  /** Which of the residual networks. */
  readonly arch: ResnetArch;
  /**
   * Scales the channels of every layer, 0 < width ≤ 1: the 64, 128, 256 and 512 of the four stages become the nearest
   * multiple of 8 that is at least 8, and a bottleneck's output four times that. Default 1.
   */
  readonly width?: number;
  /**
   * Where a bottleneck stage halves the picture: in the `first` 1 × 1 of its first block (Keras, and the default) or in the
   * `middle` 3 × 3 (torchvision's weights). Basic blocks have it in their first 3 × 3 in both.
   */
  readonly strideAt?: "first" | "middle";
  /**
   * Starts γ of each block's last batch norm at 0 instead of 1, so that every block begins as the identity
   * (Goyal et al. 2017, arXiv:1706.02677, 5.1): gentler first steps at high learning rates and large batches. Default
   * false: networks of width 0.5 trained for a few minutes from scratch did well without.
   */
  readonly zeroInitResidual?: boolean;
}

/** One residual block: relu(branch(x) + shortcut(x)). */
interface Block {
  readonly branch: readonly ConvUnit[];
  /** 1 × 1 projection where the shape changes (in bottlenecks, as in Keras, in every stage's first block); else the identity. */
  readonly shortcut?: ConvUnit;
}

/** A residual network without a head (He et al. 2016, doi:10.1109/CVPR.2016.90): its layers, not their values. */
export interface Resnet {
  readonly arch: ResnetArch;
  readonly width: number;
  readonly strideAt: "first" | "middle";
  readonly stem: ConvUnit;
  readonly blocks: readonly Block[];
  /** Channels of the last feature map. */
  readonly outputs: number;
}

/**
 * Lays out a residual network with Keras' v1 layers and names; ResNet-18 and 34, which Keras lacks, are named alike
 * (`conv2_block1_1_conv`, `conv2_block1_2_conv`, `…_0_conv` for a projection).
 *
 * @throws {RangeError} for an unknown architecture or a width outside (0, 1].
 */
export function describeResnet(options: ResnetOptions): Resnet {
  const { arch, width = 1, strideAt = "first", zeroInitResidual = false } = options;
  if (!Object.hasOwn(ARCHITECTURES, arch)) {
    const names = RESNET_ARCHS.map((name) => `"${name}"`).join(", ");
    throw new RangeError(
      `Cannot lay out a network called ${JSON.stringify(arch)}: it must be one of ${names}.`,
    );
  }
  if (!(width > 0 && width <= 1)) {
    throw new RangeError(
      `Cannot lay out ${arch} of width ${width}: the width must be above 0 and at most 1.`,
    );
  }
  if (strideAt !== "first" && strideAt !== "middle") {
    throw new RangeError(
      `Cannot lay out ${arch} with its stride at ${
        JSON.stringify(strideAt)
      }: it must be "first" or "middle".`,
    );
  }
  const { blocks: counts, bottleneck } = ARCHITECTURES[arch];
  const channels = (full: number) => Math.max(8, 8 * Math.round(full * width / 8));
  const lastGamma = zeroInitResidual ? 0 : 1;
  const stem: ConvUnit = {
    name: "conv1",
    side: 7,
    stride: 2,
    inputs: 3,
    outputs: channels(64),
    relu: true,
    initialGamma: 1,
  };
  const blocks: Block[] = [];
  let inputs = stem.outputs;
  for (const [stage, count] of counts.entries()) {
    const inner = channels(64 * 2 ** stage);
    const outputs = bottleneck ? 4 * inner : inner;
    for (let index = 0; index < count; index++) {
      const block = `conv${stage + 2}_block${index + 1}`;
      const stride = stage > 0 && index === 0 ? 2 : 1;
      const unit = (
        number: number,
        shape: Pick<ConvUnit, "side" | "stride" | "inputs" | "outputs">,
      ): ConvUnit => {
        const last = number === (bottleneck ? 3 : 2);
        return {
          name: `${block}_${number}`,
          ...shape,
          relu: number > 0 && !last,
          initialGamma: last ? lastGamma : 1,
        };
      };
      const [first, middle] = strideAt === "first" ? [stride, 1] : [1, stride];
      const branch = bottleneck
        ? [
          unit(1, { side: 1, stride: first, inputs, outputs: inner }),
          unit(2, { side: 3, stride: middle, inputs: inner, outputs: inner }),
          unit(3, { side: 1, stride: 1, inputs: inner, outputs }),
        ]
        : [
          unit(1, { side: 3, stride, inputs, outputs: inner }),
          unit(2, { side: 3, stride: 1, inputs: inner, outputs }),
        ];
      const projects = index === 0 && (bottleneck || stride !== 1 || inputs !== outputs);
      blocks.push(
        projects ? { branch, shortcut: unit(0, { side: 1, stride, inputs, outputs }) } : { branch },
      );
      inputs = outputs;
    }
  }
  return { arch, width, strideAt, stem, blocks, outputs: inputs };
}

/** The parameters of a residual network without a head. */
export function resnetSpecs({ stem, blocks }: Resnet): [string, ParameterSpec][] {
  const units = [stem];
  for (const { branch, shortcut } of blocks) units.push(...(shortcut ? [shortcut] : []), ...branch);
  return units.flatMap(convUnitSpecs);
}

/** Options of {@linkcode resnetFeatures}. */
export interface ResnetFeaturesOptions {
  /** Computes one unit: training and inference differ in nothing else. */
  readonly run: (x: tf.Tensor4D, unit: ConvUnit) => tf.Tensor4D;
  /** Whether each block's input is freed once its output exists; false where gradients are wanted. */
  readonly release: boolean;
}

/**
 * The last feature map of a residual network, after its ReLU.
 *
 * @param x N × H × W × 3, RGB 0..255, any H, W ≥ 1.
 * @returns N × ⌈H / 32⌉ × ⌈W / 32⌉ × `outputs`.
 */
export function resnetFeatures(x: tf.Tensor4D, network: Resnet, options: ResnetFeaturesOptions): tf.Tensor4D {
  const { run, release } = options;
  // Keras pads the max-pool with zeros, tfjs with −∞: the same after a ReLU.
  let features: tf.Tensor4D = tf.tidy(() => tf.maxPool(run(x.div(255), network.stem), 3, 2, 1));
  for (const { branch, shortcut } of network.blocks) {
    const next = tf.tidy((): tf.Tensor4D => {
      const kept = shortcut ? run(features, shortcut) : features;
      return branch.reduce(run, features).add<tf.Tensor4D>(kept).relu();
    });
    if (release) features.dispose();
    features = next;
  }
  return features;
}
