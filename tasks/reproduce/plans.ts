import type { GridOptions } from "../../core/sampling/training_grid.ts";
import type { SegmentationArch } from "../../models/segmenter/segmentation_network.ts";
import type { ClassifierTrainingOptions } from "../classifier/training_options.ts";
import { SHIPPED } from "../segmenter/read_segmenter.ts";
import type { SegmenterTrainingOptions } from "../segmenter/training_options.ts";
import type { TeachOptions } from "../teach/teach_options.ts";
import type { PublishedSegmenter } from "./published.ts";

/** How a segmentation network is trained: what decides its result, its photos apart. */
export type SegmenterPlanSettings =
  & Required<Pick<SegmenterTrainingOptions, "arch" | "width">>
  & Pick<
    SegmenterTrainingOptions,
    "loss" | "epochs" | "batch" | "crop" | "zoom" | "crops" | "learningRate" | "schedule" | "augment" | "seed"
  >;

/** A segmentation network of an experiment. */
export interface SegmenterPlan {
  /** Names its file, and the paper's network whose figures stand beside its own. */
  readonly id: PublishedSegmenter;
  readonly title: string;
  readonly settings: SegmenterPlanSettings;
}

/** What the experiments with segmentation networks take at a scale. */
export interface SegmentationScale {
  readonly networks: readonly SegmenterPlan[];
  /** Of these, the ones that are run unless others are named. */
  readonly defaults: readonly PublishedSegmenter[];
  /** The same for Table VIII. */
  readonly defaultsForTable8: readonly PublishedSegmenter[];
  /** The same for Table IX, whose networks no other table has a use for. */
  readonly defaultsForTable9: readonly PublishedSegmenter[];
  /** Photos of a training part that networks are trained on, spread uniformly over it; all where left out. */
  readonly trainingPhotos?: number;
  /** Photos of a test part that are predicted, spread uniformly over it; all where left out. */
  readonly testPhotos?: number;
}

const TITLES: Readonly<Record<PublishedSegmenter, string>> = {
  unet: "U-Net",
  deepcrack_liu: "DeepCrack [4]",
  deepcrack_zou: "DeepCrack [31]",
  oed: "OED",
};

/**
 * 600 steps of eight crops, from scratch: narrow networks, as steps are worth more than width. Where several outputs are trained, their
 * losses add up, and the rate is lower. Crops are zoomed, so that cracks are learnt at other widths than the training photos show them:
 * sets differ in scale.
 */
function narrowSegmenter(
  id: PublishedSegmenter,
  { arch, width, learningRate }: {
    readonly arch: SegmentationArch;
    readonly width: number;
    readonly learningRate: number;
  },
): SegmenterPlan {
  return {
    id,
    title: `${TITLES[id]} × ${width}`,
    settings: {
      arch,
      width,
      loss: "bce",
      epochs: 1,
      batch: 8,
      crop: 128,
      zoom: 2.5,
      crops: 8 * 600,
      learningRate,
      schedule: "one-cycle",
      augment: true,
      seed: 1,
    },
  };
}

/** Section IV-E of the paper, which says nothing of crops: its photos differ in size, and a batch does not. */
function paperSegmenter(id: PublishedSegmenter, arch: SegmentationArch): SegmenterPlan {
  return {
    id,
    title: TITLES[id],
    settings: {
      arch,
      width: 1,
      loss: "bce",
      epochs: 30,
      batch: 4,
      crop: 256,
      zoom: 1,
      learningRate: 1e-3,
      schedule: "step",
      augment: true,
      seed: 1,
    },
  };
}

const ALL = [
  "unet",
  "deepcrack_liu",
  "deepcrack_zou",
  "oed",
] as const satisfies readonly PublishedSegmenter[];

/** What two cores do in minutes a network. */
const smallSegmentation: SegmentationScale = {
  networks: [
    narrowSegmenter("unet", { arch: "unet", width: 0.125, learningRate: 0.05 }),
    narrowSegmenter("deepcrack_liu", { arch: "deepcrack_liu", width: 0.125, learningRate: 0.02 }),
    narrowSegmenter("deepcrack_zou", { arch: "deepcrack_zou", width: 0.125, learningRate: 0.02 }),
    narrowSegmenter("oed", { arch: "oed_b0", width: 0.25, learningRate: 0.02 }),
  ],
  defaults: ALL,
  defaultsForTable8: ["unet"],
  defaultsForTable9: ["unet"],
  trainingPhotos: 100,
  testPhotos: 60,
};

/** The paper's setting. */
const fullSegmentation: SegmentationScale = {
  networks: [
    paperSegmenter("unet", "unet"),
    paperSegmenter("deepcrack_liu", "deepcrack_liu"),
    paperSegmenter("deepcrack_zou", "deepcrack_zou"),
    paperSegmenter("oed", "oed_b5"),
  ],
  defaults: ALL,
  defaultsForTable8: ["oed"],
  defaultsForTable9: ALL,
};

/** What a table of teaching takes at a scale. */
export interface TeachingScale {
  /** Begins the names of its networks. */
  readonly prefix: string;
  /** Patches that masks are cut into, a row of the table each; the first are the paper's. */
  readonly grids: readonly GridOptions[];
  /** How networks are taught: what decides their result, photos and seed apart. */
  readonly settings:
    & Pick<TeachOptions, "arch" | "width" | "start" | "rounds" | "crops" | "earlierCrops">
    & Pick<TeachOptions, "crop" | "batch" | "learningRate" | "augment">;
  /** Photos of each training part, spread uniformly over it; all where left out. */
  readonly trainingPhotos?: number;
}

/** Each asks for four times the labels of the one before. */
const TAUGHT_GRIDS = [
  { size: 128, stride: 64 },
  { size: 64, stride: 32 },
  { size: 32, stride: 16 },
] as const;

/** As many crops in all as {@linkcode narrowSegmenter} sees. */
const smallTeaching: TeachingScale = {
  prefix: "taught",
  grids: TAUGHT_GRIDS,
  trainingPhotos: smallSegmentation.trainingPhotos,
  settings: {
    arch: "unet",
    width: 0.125,
    rounds: 2,
    crops: 8 * 300,
    crop: 128,
    batch: 8,
    learningRate: 0.05,
    augment: true,
  },
};

/** What `teach` does by default, with the narrower network that its examples name. */
const fullTeaching: TeachingScale = {
  prefix: "taught",
  grids: TAUGHT_GRIDS,
  settings: {
    arch: "unet",
    width: 0.25,
    rounds: 2,
    crops: 16_000,
    crop: 192,
    batch: 6,
    learningRate: 0.05,
    augment: true,
  },
};

/** The network that ships knows drawn cracks: its first round has to be there, and is short. */
const furtherTeaching = {
  prefix: "further",
  grids: [TAUGHT_GRIDS[0], TAUGHT_GRIDS[2]],
  settings: {
    start: SHIPPED,
    rounds: 1,
    earlierCrops: 6 * 100,
    batch: 6,
    learningRate: 0.05,
    augment: true,
  },
} as const;

/** 1,000 steps, a quarter of an hour on two cores. */
const smallFurtherTeaching: TeachingScale = {
  ...furtherTeaching,
  trainingPhotos: 300,
  settings: { ...furtherTeaching.settings, crops: 6 * 1000, crop: 160 },
};

const fullFurtherTeaching: TeachingScale = {
  ...furtherTeaching,
  settings: { ...furtherTeaching.settings, crops: 16_000, crop: 192 },
};

/** How a classifier is trained: what decides its result, its photos apart. */
export type ClassifierSettings = Pick<
  ClassifierTrainingOptions,
  | "arch"
  | "width"
  | "start"
  | "epochs"
  | "batch"
  | "learningRate"
  | "schedule"
  | "patchSizes"
  | "stride"
  | "patches"
  | "rim"
  | "zoom"
  | "augment"
  | "seed"
>;

/** A classifier of an experiment. */
export interface ClassifierPlan {
  /** Names its file. */
  readonly id: string;
  readonly title: string;
  /** The paper's classifier whose figures stand beside its own. */
  readonly published?: "resnet50" | "resnet101" | "resnet152";
  /** Where patches are random: fewer where a set has few photos. */
  readonly maxPatchesPerPhoto?: number;
  readonly settings: ClassifierSettings;
}

/** How much of an experiment is run: `full` is the paper's setting, `small` what two cores do in an hour or so. */
export const SCALES = ["small", "full"] as const;

/** How much of an experiment is run. */
export type ScaleName = typeof SCALES[number];

/** What an experiment takes at a scale. */
export interface Scale {
  readonly name: ScaleName;
  /** The classifiers of Tables I and II, the first of which the others are run with. */
  readonly classifiers: readonly ClassifierPlan[];
  /** Photos of a training part that are labelled, spread uniformly over it; all where left out. */
  readonly trainingPhotos?: number;
  /** Random photos of the training part on which the parameters of CRF labels are searched, with their masks. */
  readonly searchPhotos: number;
  readonly segmentation: SegmentationScale;
  readonly teaching: TeachingScale;
  /** The same of the network that ships, taught further. */
  readonly furtherTeaching: TeachingScale;
}

const RANDOM_PATCHES = {
  epochs: 1,
  batch: 32,
  schedule: "one-cycle",
  patchSizes: [32, 48, 64, 96],
  rim: 0.125,
  zoom: 2,
  augment: true,
  seed: 1,
} as const;

/** From scratch: the paper's rate of 10⁻³ presumes pretrained weights. */
function halfWidthClassifier(arch: "resnet18" | "resnet50"): ClassifierPlan {
  return {
    id: arch,
    title: `${arch.replace("resnet", "ResNet-")} × 0.5, from scratch`,
    published: arch === "resnet50" ? arch : undefined,
    settings: { ...RANDOM_PATCHES, arch, width: 0.5, patches: 32_000, learningRate: 0.03 },
  };
}

/** Section IV-C of the paper: patches of 128 every 64 pixels, in eight orientations. */
function paperClassifier(arch: "resnet50" | "resnet101" | "resnet152"): ClassifierPlan {
  return {
    id: arch,
    title: arch.replace("resnet", "ResNet-"),
    published: arch,
    settings: {
      arch,
      width: 1,
      epochs: 3,
      batch: 16,
      learningRate: 1e-3,
      schedule: "step",
      patchSizes: [128],
      stride: 64,
      rim: 0,
      zoom: 1,
      augment: true,
      seed: 1,
    },
  };
}

/** The scales by name. */
export const scales: Readonly<Record<ScaleName, Scale>> = {
  small: {
    name: "small",
    classifiers: [
      {
        id: "mobilenet_v2",
        title: "MobileNetV2, from the shipped classifier",
        published: "resnet50",
        maxPatchesPerPhoto: 500,
        settings: { ...RANDOM_PATCHES, start: "shipped", patches: 96_000, learningRate: 0.004 },
      },
      halfWidthClassifier("resnet18"),
      halfWidthClassifier("resnet50"),
    ],
    trainingPhotos: 60,
    searchPhotos: 12,
    segmentation: smallSegmentation,
    teaching: smallTeaching,
    furtherTeaching: smallFurtherTeaching,
  },
  full: {
    name: "full",
    classifiers: (["resnet50", "resnet101", "resnet152"] as const).map(paperClassifier),
    searchPhotos: 100,
    segmentation: fullSegmentation,
    teaching: fullTeaching,
    furtherTeaching: fullFurtherTeaching,
  },
};
