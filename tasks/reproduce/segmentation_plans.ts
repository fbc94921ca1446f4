import type { SegmentationArch } from "../../models/segmenter/segmentation_network.ts";
import type { SegmenterTrainingOptions } from "../segmenter/training_options.ts";
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
export const smallSegmentation: SegmentationScale = {
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
export const fullSegmentation: SegmentationScale = {
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
