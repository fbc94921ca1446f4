import type { ConvUnit } from "../layers/conv_unit.ts";
import type { Arch, Block, Network } from "../layers/network.ts";
import { requireWidth } from "../layers/require_width.ts";

/** Names of the residual networks. */
export type ResnetArch = Exclude<Arch, "mobilenet_v2">;

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

/**
 * Lays out a residual network with Keras' v1 layers and names; ResNet-18 and 34, which Keras lacks, are named alike
 * (`conv2_block1_1_conv`, `conv2_block1_2_conv`, `…_0_conv` for a projection).
 *
 * @throws {RangeError} for an unknown architecture or a width outside (0, 1].
 */
export function describeResnet(options: ResnetOptions): Network {
  const { arch, width = 1, strideAt = "first", zeroInitResidual = false } = options;
  if (!Object.hasOwn(ARCHITECTURES, arch)) {
    const names = RESNET_ARCHS.map((name) => `"${name}"`).join(", ");
    throw new RangeError(
      `Cannot lay out a network called ${JSON.stringify(arch)}: it must be one of ${names}.`,
    );
  }
  requireWidth(arch, width);
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
    kind: "convolution",
    side: 7,
    stride: 2,
    inputs: 3,
    outputs: channels(64),
    activation: "relu",
    batchNorm: { initialGamma: 1 },
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
          kind: "convolution",
          ...shape,
          activation: number > 0 && !last ? "relu" : "linear",
          batchNorm: { initialGamma: last ? lastGamma : 1 },
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
      blocks.push({
        branch,
        ...projects && { shortcut: unit(0, { side: 1, stride, inputs, outputs }) },
        join: "relu",
      });
      inputs = outputs;
    }
  }
  return {
    arch,
    width,
    strideAt,
    input: { enlarge: 1, offset: 0, divisor: 255 },
    stem,
    pool: true,
    blocks,
    outputs: inputs,
  };
}
