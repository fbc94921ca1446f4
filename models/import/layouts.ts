import type { Arch } from "../classifier/classifier_network.ts";
import type { EfficientnetArch } from "../classifier/efficientnet.ts";
import { BATCH_NORM_EPSILON, type ResnetArch } from "../classifier/resnet.ts";
import { IMAGENET_SCALING, type InputScaling } from "../layers/input_scaling.ts";
import type { ParameterSpecs } from "../layers/parameters.ts";
import type { SegmentationArch } from "../segmenter/segmentation_network.ts";
import { efficientnetPairs, type LayerPair, resnetPairs, vgg16Pairs } from "./layer_pairs.ts";

/** Networks whose encoder is VGG-16. */
type Vgg16Arch = Extract<SegmentationArch, `deepcrack_${string}`>;

/** Networks that are an EfficientNet, or whose encoder is one. */
type WithEfficientnet = EfficientnetArch | Extract<SegmentationArch, `oed_${string}`>;

/** Networks that weights of other libraries fit: they are one of theirs, or their encoder is. */
export type ImportableArch = ResnetArch | Vgg16Arch | WithEfficientnet;

/** How a library lays out and names the weights of a kind of network. */
export interface Layout {
  /** Such as `torchvision`. */
  readonly name: string;
  /** Names of parameters and the order of a kernel's axes: Keras' (height × width × inputs × outputs), or PyTorch's (outputs first). */
  readonly convention: "keras" | "pytorch";
  /** What it adds to the variance of a batch norm, and what our network adds. */
  readonly epsilon: { readonly theirs: number; readonly ours: number };
  /** Where its bottlenecks halve the image. */
  readonly strideAt: "first" | "middle";
  /** How its weights of ImageNet want RGB 0..255 to be scaled, and whether in the order blue, green, red. */
  readonly input: InputScaling & { readonly bgr: boolean };
  /** Where a file may say itself how RGB 0..255 is scaled. */
  readonly normalisation?: Normalisation;
  /** Our layers and theirs. */
  pairs(specs: ParameterSpecs): LayerPair[];
}

/** The tensors of a layer that scales images, for a network that was trained with it. */
interface Normalisation {
  /** Of R, G, B in 0..1. */
  readonly mean: string;
  readonly variance: string;
  /** What else the layer holds. */
  readonly others: readonly string[];
}

/** What Keras' EfficientNets do to images, after the division by 255. */
const KERAS_NORMALISATION: Normalisation = {
  mean: "normalization/mean",
  variance: "normalization/variance",
  others: ["normalization/count"],
};

/**
 * How RGB 0..255 is scaled by the means and variances of a file. Keras' weights of ImageNet have deviations in the place of variances, which a
 * second division by their roots makes up for.
 */
export function normalisationScaling(mean: Float32Array, variance: Float32Array): InputScaling {
  const imagenet = IMAGENET_SCALING.divisor;
  const mistaken = variance.every((value, i) => Math.abs(255 * value - imagenet[i]) < 0.01);
  const [offset, divisor] = [mean, variance.map((value) => mistaken ? value : Math.sqrt(value))]
    .map(([red, green, blue]) => [255 * red, 255 * green, 255 * blue] as const);
  return { offset, divisor };
}

/** As PyTorch's networks were trained, and Keras' EfficientNets. */
const STANDARDISED = { ...IMAGENET_SCALING, bgr: false } as const;

/** As Caffe's networks were trained: blue, green, red, less their means. Offsets here are of R, G, B. */
const CENTRED = { offset: [123.68, 116.779, 103.939], divisor: 1, bgr: true } as const;

/** What Keras' EfficientNets add to a variance. PyTorch's own default is in use for the smaller of torchvision's. */
const EFFICIENTNET_EPSILON = 1e-3, PYTORCH_EPSILON = 1e-5;

/** The layouts that weights for a network may come in, the likelier first. */
export function layoutsOf(arch: ImportableArch): Layout[] {
  if (isResnet(arch)) return resnetLayouts();
  return hasVgg16(arch) ? vgg16Layouts(arch) : efficientnetLayouts(arch);
}

/** Whether {@linkcode layoutsOf} knows a network. */
export function isImportable(arch: Arch | SegmentationArch): arch is ImportableArch {
  return isResnet(arch) || hasVgg16(arch) || hasEfficientnet(arch);
}

function isResnet(arch: Arch | SegmentationArch): arch is ResnetArch {
  return arch.startsWith("resnet");
}

function hasVgg16(arch: Arch | SegmentationArch): arch is Vgg16Arch {
  return arch.startsWith("deepcrack_");
}

function hasEfficientnet(arch: Arch | SegmentationArch): arch is WithEfficientnet {
  return arch.startsWith("efficientnet_") || arch.startsWith("oed_");
}

/** timm names a ResNet's layers as torchvision does. */
function resnetLayouts(): Layout[] {
  const ours = BATCH_NORM_EPSILON;
  return [{
    name: "torchvision",
    convention: "pytorch",
    epsilon: { theirs: PYTORCH_EPSILON, ours },
    strideAt: "middle",
    input: STANDARDISED,
    pairs: (specs) => resnetPairs(specs, "torchvision"),
  }, {
    name: "Keras",
    convention: "keras",
    epsilon: { theirs: BATCH_NORM_EPSILON, ours },
    strideAt: "first",
    input: CENTRED,
    pairs: (specs) => resnetPairs(specs, "Keras"),
  }];
}

/**
 * Keras and timm's `tf_efficientnet_…` pad as TensorFlow does, and so do our networks. torchvision pads alike on all sides: where a
 * layer halves an image of even size, its weights find everything one pixel further left and up than they were trained with.
 */
function efficientnetLayouts(arch: WithEfficientnet): Layout[] {
  const shared = { strideAt: "first", input: STANDARDISED } as const;
  const own = { theirs: EFFICIENTNET_EPSILON, ours: EFFICIENTNET_EPSILON };
  const small = !arch.endsWith("_b5");
  return [{
    ...shared,
    name: "Keras",
    convention: "keras",
    epsilon: own,
    normalisation: KERAS_NORMALISATION,
    pairs: (specs) => efficientnetPairs(specs, "Keras"),
  }, {
    ...shared,
    name: "timm",
    convention: "pytorch",
    epsilon: own,
    pairs: (specs) => efficientnetPairs(specs, "timm"),
  }, {
    ...shared,
    name: "torchvision",
    convention: "pytorch",
    epsilon: { ...own, ...small && { theirs: PYTORCH_EPSILON } },
    pairs: (specs) => efficientnetPairs(specs, "torchvision"),
  }];
}

/** Of the two networks only Liu's has batch norms, with PyTorch's ε; `vgg16_bn` is torchvision's network with them. */
function vgg16Layouts(arch: Vgg16Arch): Layout[] {
  const shared = {
    convention: "pytorch",
    epsilon: { theirs: PYTORCH_EPSILON, ours: PYTORCH_EPSILON },
    strideAt: "first",
    input: STANDARDISED,
  } as const;
  return [
    { ...shared, name: "torchvision", pairs: () => vgg16Pairs(arch, "torchvision") },
    { ...shared, name: "torchvision with batch norm", pairs: () => vgg16Pairs(arch, "torchvision_bn") },
    {
      ...shared,
      name: "Keras",
      convention: "keras",
      input: CENTRED,
      pairs: () => vgg16Pairs(arch, "Keras"),
    },
  ];
}
