import type { ClassifierTrainingOptions } from "../classifier/training_options.ts";
import { UsageError } from "../cli/errors.ts";
import { fullSegmentation, type SegmentationScale, smallSegmentation } from "./segmentation_plans.ts";
import {
  fullFurtherTeaching,
  fullTeaching,
  smallFurtherTeaching,
  smallTeaching,
  type TeachingScale,
} from "./teaching_plans.ts";

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
const scales: Readonly<Record<ScaleName, Scale>> = {
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

/** How much of what a scale says is trained on: as it says, where left out. */
export interface TrainingAmounts {
  /** Random patches that each classifier sees, at most. */
  readonly patches?: number;
  /** Photos that each segmentation network of the paper's tables is trained on, at most. */
  readonly trainingPhotos?: number;
}

/**
 * A scale, with other amounts to train on where they are named.
 *
 * @throws {UsageError} for patches at the scale whose classifiers see all patches of a grid.
 */
export function scaleOf(name: ScaleName, { patches, trainingPhotos }: TrainingAmounts = {}): Scale {
  const { classifiers, segmentation, ...scale } = scales[name];
  if (patches !== undefined && classifiers.some(({ settings }) => settings.patches === undefined)) {
    throw new UsageError(
      `Cannot train on ${patches} patches at the scale ${name}, which trains on all patches of a grid: leave out --patches, or use another scale.`,
    );
  }
  return {
    ...scale,
    classifiers: patches === undefined
      ? classifiers
      : classifiers.map((plan) => ({ ...plan, settings: { ...plan.settings, patches } })),
    segmentation: trainingPhotos === undefined ? segmentation : { ...segmentation, trainingPhotos },
  };
}
