import type { ParameterSpecs } from "../layers/parameters.ts";

/** A convolution or dense layer, and the batch norm after it, by the names before their parameters' own. */
export interface LayerNames {
  readonly kernel: string;
  readonly batchNorm?: string;
}

/** A layer of ours and where its weights are in a file. */
export interface LayerPair {
  readonly ours: LayerNames;
  readonly theirs: LayerNames;
}

/** Names of layers before `/kernel` and `/depthwise_kernel`, in order. */
function kernelLayers(specs: ParameterSpecs): string[] {
  return [...specs.keys()].flatMap((name) => name.match(/^(.*)\/(depthwise_)?kernel$/)?.[1] ?? []);
}

/** ResNets: `conv2_block1_0_conv` of ours and Keras' is `layer1.0.downsample.0` of torchvision's and timm's. */
export function resnetPairs(specs: ParameterSpecs, names: "Keras" | "torchvision"): LayerPair[] {
  return kernelLayers(specs).map((kernel) => {
    const unit = kernel.match(/^(.*)_conv$/)?.[1];
    const ours = unit === undefined ? { kernel } : { kernel, batchNorm: `${unit}_bn` };
    if (names === "Keras") return { ours, theirs: ours };
    if (kernel === "predictions") return { ours, theirs: { kernel: "fc" } };
    if (unit === "conv1") return { ours, theirs: { kernel: "conv1", batchNorm: "bn1" } };
    const match = kernel.match(/^conv(\d)_block(\d+)_(\d)_conv$/);
    if (!match) return { ours, theirs: ours };
    const [stage, block, layer] = match.slice(1).map(Number);
    const prefix = `layer${stage - 1}.${block - 1}.`;
    const theirs = layer === 0
      ? { kernel: `${prefix}downsample.0`, batchNorm: `${prefix}downsample.1` }
      : { kernel: `${prefix}conv${layer}`, batchNorm: `${prefix}bn${layer}` };
    return { ours, theirs };
  });
}

/** Their dense layers after the mean of the features. */
const EFFICIENTNET_HEADS = { Keras: "predictions", timm: "classifier", torchvision: "classifier.1" } as const;

/**
 * EfficientNets, as classifiers or in front of a decoder: `block2a_dwconv` of ours and Keras' is `blocks.1.0.conv_dw` of timm's and
 * `features.2.0.block.1.0` of torchvision's. Layers of a decoder, and of a head's own, have no pair.
 */
export function efficientnetPairs(
  specs: ParameterSpecs,
  names: "Keras" | "timm" | "torchvision",
): LayerPair[] {
  const layers = kernelLayers(specs);
  const known = new Set(layers);
  return layers.flatMap((kernel): LayerPair[] => {
    if (kernel === "predictions") {
      return [{ ours: { kernel }, theirs: { kernel: EFFICIENTNET_HEADS[names] } }];
    }
    const end = kernel.match(/^(stem|top)_conv$/)?.[1];
    if (end !== undefined) {
      const ours = { kernel, batchNorm: `${end}_bn` };
      if (names === "Keras") return [{ ours, theirs: ours }];
      const theirs = names === "timm"
        ? end === "stem" ? ["conv_stem", "bn1"] : ["conv_head", "bn2"]
        : [`features.${end === "stem" ? 0 : 8}.0`, `features.${end === "stem" ? 0 : 8}.1`];
      return [{ ours, theirs: { kernel: theirs[0], batchNorm: theirs[1] } }];
    }
    const match = kernel.match(
      /^(block(\d)([a-z]))_(expand_conv|dwconv|se_reduce|se_expand|project_conv)$/,
    );
    if (!match) return [];
    const [, block, stage, letter, layer] = match;
    const batchNorm = {
      expand_conv: `${block}_expand_bn`,
      dwconv: `${block}_bn`,
      project_conv: `${block}_project_bn`,
    }[layer];
    const ours = { kernel, ...batchNorm !== undefined && { batchNorm } };
    if (names === "Keras") return [{ ours, theirs: ours }];
    const index = letter.charCodeAt(0) - "a".charCodeAt(0);
    const expands = known.has(`${block}_expand_conv`);
    const theirs = names === "timm" ? timmLayer(layer, expands) : torchvisionLayer(layer, expands);
    const prefix = names === "timm"
      ? `blocks.${Number(stage) - 1}.${index}`
      : `features.${stage}.${index}.block`;
    return [{
      ours,
      theirs: {
        kernel: `${prefix}.${theirs.kernel}`,
        ...theirs.batchNorm !== undefined && { batchNorm: `${prefix}.${theirs.batchNorm}` },
      },
    }];
  });
}

/** A layer of a block of timm's: their batch norms are counted. */
function timmLayer(layer: string, expands: boolean): LayerNames {
  switch (layer) {
    case "expand_conv":
      return { kernel: "conv_pw", batchNorm: "bn1" };
    case "dwconv":
      return { kernel: "conv_dw", batchNorm: expands ? "bn2" : "bn1" };
    case "project_conv":
      return expands ? { kernel: "conv_pwl", batchNorm: "bn3" } : { kernel: "conv_pw", batchNorm: "bn2" };
    default:
      return { kernel: `se.conv_${layer.slice("se_".length)}` };
  }
}

/** A layer of a block of torchvision's: steps are counted, one fewer without an expansion. */
function torchvisionLayer(layer: string, expands: boolean): LayerNames {
  const step = (index: number) => ({ kernel: `${index}.0`, batchNorm: `${index}.1` });
  const depthwise = expands ? 1 : 0;
  switch (layer) {
    case "expand_conv":
      return step(0);
    case "dwconv":
      return step(depthwise);
    case "project_conv":
      return step(depthwise + 2);
    default:
      return { kernel: `${depthwise + 1}.fc${layer === "se_reduce" ? 1 : 2}` };
  }
}

/** Convolutions of each stage of VGG-16. */
const VGG16 = [2, 2, 3, 3, 3];

/**
 * VGG-16 without its dense layers, as the encoders of both DeepCracks have it: `block1_conv2` of Keras' is `features.2` of torchvision's,
 * where pooling and ReLU, and in `vgg16_bn` the batch norms, count, too.
 */
export function vgg16Pairs(
  arch: "deepcrack_liu" | "deepcrack_zou",
  names: "Keras" | "torchvision" | "torchvision_bn",
): LayerPair[] {
  let position = 0;
  return VGG16.flatMap((count, i) => {
    const pairs = Array.from({ length: count }, (_, k): LayerPair => {
      const at = `${i + 1}_${k + 1}`;
      const ours = arch === "deepcrack_liu"
        ? { kernel: `stage${at}_conv`, batchNorm: `stage${at}_bn` }
        : { kernel: `encoder${at}` };
      if (names === "Keras") return { ours, theirs: { kernel: `block${i + 1}_conv${k + 1}` } };
      const kernel = `features.${position}`;
      if (names === "torchvision") {
        position += 2;
        return { ours, theirs: { kernel } };
      }
      const batchNorm = `features.${position + 1}`;
      position += 3;
      return { ours, theirs: { kernel, batchNorm } };
    });
    position++;
    return pairs;
  });
}
