import type { GridOptions } from "../../core/sampling/training_grid.ts";
import { SHIPPED } from "../segmenter/read_segmenter.ts";
import type { TeachOptions } from "../teach/teach_options.ts";
import { smallSegmentation } from "./segmentation_plans.ts";

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
export const smallTeaching: TeachingScale = {
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
export const fullTeaching: TeachingScale = {
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
export const smallFurtherTeaching: TeachingScale = {
  ...furtherTeaching,
  trainingPhotos: 300,
  settings: { ...furtherTeaching.settings, crops: 6 * 1000, crop: 160 },
};

export const fullFurtherTeaching: TeachingScale = {
  ...furtherTeaching,
  settings: { ...furtherTeaching.settings, crops: 16_000, crop: 192 },
};
