import type { InputScaling } from "../layers/input_scaling.ts";
import type { LayerOptions } from "../layers/layer.ts";
import type { LayerGraph } from "../layers/layer_graph.ts";
import { addition, paddedMaxPool, relu } from "../layers/operations.ts";
import { type Arch, type ClassifierNetwork, defineClassifierNetwork } from "./classifier_network.ts";

/** Names of the residual networks. */
export type ResnetArch = Extract<Arch, `resnet${string}`>;

/** Residual blocks a stage, and whether they are bottlenecks (1 × 1, 3 × 3, 1 × 1) or basic (3 × 3, 3 × 3). */
const ARCHITECTURES: Record<ResnetArch, { blocks: readonly number[]; bottleneck: boolean }> = {
  resnet18: { blocks: [2, 2, 2, 2], bottleneck: false },
  resnet34: { blocks: [3, 4, 6, 3], bottleneck: false },
  resnet50: { blocks: [3, 4, 6, 3], bottleneck: true },
  resnet101: { blocks: [3, 4, 23, 3], bottleneck: true },
  resnet152: { blocks: [3, 8, 36, 3], bottleneck: true },
};

/** Added to the variance of every batch norm: Keras' value for its ResNets, which its weights were trained with. */
export const BATCH_NORM_EPSILON = 1.001e-5;

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
   * Where a bottleneck stage halves the image: in the `first` 1 × 1 of its first block (Keras, and the default) or in the
   * `middle` 3 × 3 (torchvision's weights). Basic blocks have it in their first 3 × 3 in both.
   */
  readonly strideAt?: "first" | "middle";
  /**
   * Starts γ of each block's last batch norm at 0 instead of 1, so that every block begins as the identity
   * (Goyal et al. 2017, arXiv:1706.02677, 5.1): gentler first steps at high learning rates and large batches. Default
   * false: networks of width 0.5 trained for a few minutes from scratch did well without.
   */
  readonly zeroInitResidual?: boolean;
  /** How RGB 0..255 is scaled: as the weights were trained. Default: RGB / 255. */
  readonly scaling?: InputScaling;
}

/**
 * Lays out a residual network with Keras' v1 layers and names; ResNet-18 and 34, which Keras lacks, are named alike
 * (`conv2_block1_1_conv`, `conv2_block1_2_conv`, `…_0_conv` for a projection).
 *
 * @throws {RangeError} for an unknown architecture or a width outside (0, 1].
 */
export function describeResnet(options: ResnetOptions): ClassifierNetwork {
  const { arch, width = 1, strideAt = "first", zeroInitResidual = false, scaling } = options;
  if (!Object.hasOwn(ARCHITECTURES, arch)) {
    const names = RESNET_ARCHS.map((name) => `"${name}"`).join(", ");
    throw new RangeError(
      `Cannot lay out a network called ${JSON.stringify(arch)}: it must be one of ${names}.`,
    );
  }
  if (strideAt !== "first" && strideAt !== "middle") {
    throw new RangeError(
      `Cannot lay out ${arch} with its stride at ${
        JSON.stringify(strideAt)
      }: it must be "first" or "middle".`,
    );
  }
  const { blocks, bottleneck } = ARCHITECTURES[arch];
  const channels = (full: number) => Math.max(8, 8 * Math.round(full * width / 8));
  return defineClassifierNetwork({
    arch,
    width,
    strideAt,
    input: scaling ?? { offset: 0, divisor: 255 },
    forward<T>(x: T, graph: LayerGraph<T>): T[] {
      const stem = (x: T): T => {
        const y = graph.layer(x, {
          ...normalized("conv1", { side: 7, stride: 2, outputs: channels(64) }),
          activation: "relu",
        });
        // Keras pads the max-pool with zeros, tfjs with −∞: the same after a ReLU.
        return graph.operation(paddedMaxPool("pool1_pool"), y);
      };
      const shapes = blocks.flatMap((count, stage) =>
        Array.from({ length: count }, (_, index): BlockShape => ({
          name: `conv${stage + 2}_block${index + 1}`,
          bottleneck,
          stride: stage > 0 && index === 0 ? 2 : 1,
          strideAt,
          channels: channels(64 * 2 ** stage),
          projects: index === 0 && (bottleneck || stage > 0),
          lastGamma: zeroInitResidual ? 0 : 1,
        }))
      );
      return [graph.chain(x, [stem, ...shapes.map((shape) => (x: T) => residualBlock(x, graph, shape))])];
    },
  });
}

interface BlockShape extends Required<Pick<ResnetOptions, "strideAt">> {
  readonly name: string;
  readonly bottleneck: boolean;
  readonly stride: number;
  /** Of its convolutions, a bottleneck's last one aside. */
  readonly channels: number;
  /** Whether the shape changes, so that the input is projected to it. */
  readonly projects: boolean;
  /** Of the last batch norm before training. */
  readonly lastGamma: 0 | 1;
}

/** relu(branch(x) + shortcut(x)) (He et al. 2016, doi:10.1109/CVPR.2016.90), the shortcut being x or a 1 × 1 projection of it. */
function residualBlock<T>(x: T, graph: LayerGraph<T>, shape: BlockShape): T {
  const { name, bottleneck, stride, strideAt, channels, projects, lastGamma } = shape;
  const outputs = bottleneck ? 4 * channels : channels;
  const [first, middle] = strideAt === "first" ? [stride, 1] : [1, stride];
  const sides = bottleneck
    ? [{ side: 1, stride: first }, { side: 3, stride: middle }, { side: 1, stride: 1 }]
    : [{ side: 3, stride }, { side: 3, stride: 1 }];
  const shortcut = projects ? graph.layer(x, normalized(`${name}_0`, { side: 1, stride, outputs })) : x;
  const branch = sides.reduce((y, side, i) => {
    const last = i === sides.length - 1;
    return graph.layer(y, {
      ...normalized(`${name}_${i + 1}`, {
        ...side,
        outputs: last ? outputs : channels,
        initialGamma: last ? lastGamma : 1,
      }),
      activation: last ? "linear" : "relu",
    });
  }, x);
  return graph.operation(
    relu(`${name}_1_out`),
    graph.operation(addition(`${name}_1_add`), shortcut, branch),
  );
}

/** A convolution with bias and batch norm, with zeros alike on all sides, under Keras' names. */
function normalized(
  name: string,
  { side, initialGamma, ...shape }: {
    readonly side: number;
    readonly stride: number;
    readonly outputs: number;
    readonly initialGamma?: 0 | 1;
  },
): LayerOptions {
  return {
    name,
    prefix: `${name}_conv`,
    side,
    ...shape,
    padding: (side - 1) / 2,
    bias: true,
    batchNorm: { name: `${name}_bn`, epsilon: BATCH_NORM_EPSILON, initialGamma },
  };
}
