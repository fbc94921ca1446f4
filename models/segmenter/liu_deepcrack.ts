import type { Plane } from "../../core/gpu/compute.ts";
import { guidedFilter } from "../../core/kernels/guided_filter.ts";
import { binarise } from "../../core/kernels/pointwise.ts";
import type { LayerGraph } from "../layers/layer_graph.ts";
import { defineNetwork } from "../layers/network.ts";
import { concatenate, enlarge, maxPool } from "../layers/operations.ts";
import type { NetworkVariant, SegmentationNetwork } from "./segmentation_network.ts";

const ARCH = "deepcrack_liu";

/** Channels and convolutions of each stage: those of VGG-16. */
const STAGES = [
  { channels: 64, convolutions: 2 },
  { channels: 128, convolutions: 2 },
  { channels: 256, convolutions: 3 },
  { channels: 512, convolutions: 3 },
  { channels: 512, convolutions: 3 },
] as const;

/** That of the batch norms, as PyTorch has it by default. */
const EPSILON = 1e-5;

/**
 * DeepCrack (Liu, Yao, Lu, Xie & Li 2019, doi:10.1016/j.neucom.2019.01.036), whose auxiliary outputs are those of its five stages, enlarged
 * to the size of the image. The prediction is their weighted sum.
 *
 * @throws {RangeError} for a width outside (0, 1].
 */
export function liuDeepcrack({ width = 1, scaling }: NetworkVariant = {}): SegmentationNetwork {
  return defineNetwork({
    arch: ARCH,
    width,
    multiple: 2 ** (STAGES.length - 1),
    outputs: ["fused", ...STAGES.map((_, i) => `side${i + 1}`)],
    // 0..1, less ½, by ½.
    input: scaling ?? { offset: 127.5, divisor: 127.5 },
    forward<T>(x: T, graph: LayerGraph<T>): T[] {
      const sides: T[] = [];
      let features = x;
      for (const [i, { channels, convolutions }] of STAGES.entries()) {
        const stage = i + 1;
        const [next, side] = graph.scope(() => {
          let y = i === 0 ? features : graph.operation(maxPool(`pool${i}`), features);
          for (let k = 1; k <= convolutions; k++) {
            y = graph.layer(y, {
              name: `stage${stage}_${k}_conv`,
              outputs: Math.max(1, Math.round(channels * width)),
              batchNorm: { name: `stage${stage}_${k}_bn`, epsilon: EPSILON },
              activation: "relu",
            });
          }
          const score = graph.layer(y, { name: `side${stage}`, side: 1, outputs: 1 });
          return [y, i === 0 ? score : graph.operation(enlarge(`side${stage}_full`, 2 ** i), score)];
        });
        features = next;
        sides.push(side);
      }
      const joined = graph.operation(concatenate("sides"), ...sides);
      return [graph.layer(joined, { name: "fused", side: 1, outputs: 1 }), ...sides];
    },
  });
}

/** Options of {@linkcode refineLiuDeepcrack}. */
export interface RefineNetworkVariant {
  /** Fused confidences above this are crack. Defaults to 0.31. */
  readonly threshold?: number;
}

/**
 * The last step of Liu's DeepCrack (Liu et al. 2019, doi:10.1016/j.neucom.2019.01.036): the fused confidences, thresholded, are smoothed along
 * the edges of the first side output, which sees the image at full size.
 *
 * @param fused H × W × 1, confidences 0..1: the sigmoid of the network's first output.
 * @param side1 H × W × 1, those of its output `side1`.
 * @returns H × W × 1, about 0..1.
 * @throws {RangeError} if the sizes differ or a plane has several channels.
 */
export function refineLiuDeepcrack(
  fused: Plane,
  side1: Plane,
  { threshold = 0.31 }: RefineNetworkVariant = {},
): Plane {
  using crack = binarise(fused, { threshold });
  return guidedFilter(side1, crack, { radius: 5, epsilon: 0.065 });
}
