import type { ConvUnit } from "../layers/conv_unit.ts";
import type { Block, Network } from "../layers/network.ts";
import { requireWidth } from "../layers/require_width.ts";

/** Expansion, channels, blocks and first stride of the stages up to the fourth halving (Sandler et al. 2018, table 2). */
const STAGES = [
  { expansion: 1, channels: 16, blocks: 1, stride: 1 },
  { expansion: 6, channels: 24, blocks: 2, stride: 2 },
  { expansion: 6, channels: 32, blocks: 3, stride: 2 },
  { expansion: 6, channels: 64, blocks: 4, stride: 2 },
  { expansion: 6, channels: 96, blocks: 3, stride: 1 },
] as const;

const STEM = 32;

/** The expansion that is the last layer: six times the channels of the stage before it. */
const LAST = 6;

/** Pictures are enlarged so many times: networks of ImageNet look for what is larger than a crack. */
const ENLARGE = 2;

/**
 * Lays out MobileNetV2 (Sandler et al. 2018, doi:10.1109/CVPR.2018.00474) up to the expansion of block 13, where segmentation networks
 * take their features from, too: 576 channels at a sixteenth of the size that it is given, and it is given the picture enlarged twice. The
 * names are Keras'. Its batch norms are folded into the convolutions, so it wants weights of ImageNet to start from.
 *
 * @param width scales the channels, rounded to multiples of 8 as Keras does.
 * @throws {RangeError} for a width outside (0, 1].
 */
export function describeMobilenet({ width = 1 }: { readonly width?: number } = {}): Network {
  requireWidth("mobilenet_v2", width);
  const channels = (full: number) => {
    const rounded = Math.max(8, 8 * Math.floor((full * width + 4) / 8));
    return rounded < 0.9 * full * width ? rounded + 8 : rounded;
  };
  const stem = convolution("Conv1", { side: 3, stride: 2, inputs: 3, outputs: channels(STEM) });
  const blocks: Block[] = [];
  let inputs = stem.outputs, index = 0;
  for (const { expansion, channels: full, blocks: count, stride: firstStride } of STAGES) {
    const outputs = channels(full);
    for (let i = 0; i < count; i++, index++) {
      const name = index === 0 ? "expanded_conv" : `block_${index}`;
      const stride = i === 0 ? firstStride : 1;
      const inner = expansion * inputs;
      const branch = [
        ...expansion === 1 ? [] : [convolution(`${name}_expand`, { inputs, outputs: inner })],
        depthwise(`${name}_depthwise`, { stride, channels: inner }),
        convolution(`${name}_project`, { inputs: inner, outputs, activation: "linear" }),
      ];
      blocks.push({ branch, join: stride === 1 && inputs === outputs ? "linear" : "none" });
      inputs = outputs;
    }
  }
  const last = convolution(`block_${index}_expand`, { inputs, outputs: LAST * inputs });
  blocks.push({ branch: [last], join: "none" });
  return {
    arch: "mobilenet_v2",
    width,
    strideAt: "first",
    // To −1..1, as its weights of ImageNet were trained.
    input: { enlarge: ENLARGE, offset: 127, divisor: 127.5 },
    stem,
    pool: false,
    blocks,
    outputs: last.outputs,
  };
}

function convolution(
  name: string,
  { side = 1, stride = 1, activation = "relu6", ...ends }:
    & Pick<ConvUnit, "inputs" | "outputs">
    & Partial<Pick<ConvUnit, "side" | "stride" | "activation">>,
): ConvUnit {
  return { name, kind: "convolution", side, stride, activation, ...ends };
}

function depthwise(
  name: string,
  { stride, channels }: { readonly stride: number; readonly channels: number },
): ConvUnit {
  return {
    name,
    kind: "depthwise",
    side: 3,
    stride,
    inputs: channels,
    outputs: channels,
    activation: "relu6",
  };
}
