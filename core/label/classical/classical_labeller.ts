import {
  argumentsSchema,
  optional,
  type OptionSchemas,
  optionsSchema,
  type Schema,
} from "../../arguments.ts";
import type { Compute, Plane } from "../../gpu/compute.ts";
import { COMPUTE } from "../../gpu/schemas.ts";
import { coverTransparent } from "../../images/cover_transparent.ts";
import { uploadImage } from "../../images/upload_image.ts";
import { grayscale } from "../../kernels/grayscale.ts";
import { maximum } from "../../kernels/maximum.ts";
import { otsuThresholds } from "../../kernels/otsu_thresholds.ts";
import { normalise, scale } from "../../kernels/pointwise.ts";
import { SEGMENTING } from "../../predict/segmenting.ts";
import { CLASSIFIER } from "../classifier.ts";
import type { Labeller, LabellerNetworks } from "../labeller.ts";
import type { MethodDescription } from "../method_description.ts";
import { recipes } from "../recipe.ts";
import { clearedStages, type StageKind, StageMaps } from "../stages.ts";

/** Options of a labeller that asks no network; those that it is handed all the same are left alone. */
export type ClassicalOptions<Settings extends object = Record<never, never>> = Partial<LabellerNetworks> & {
  /** Settings that differ from the defaults. */
  readonly settings?: Partial<Settings>;
};

/** The types of a factory's arguments. */
export function classicalArguments<Settings extends object>(
  settings: OptionSchemas<Partial<Settings>>,
): Schema<{ compute: Compute; options: ClassicalOptions<Settings> }> {
  return argumentsSchema<{ compute: Compute; options: ClassicalOptions<Settings> }>({
    compute: COMPUTE,
    options: optionsSchema<ClassicalOptions<object>>({
      classifier: optional(CLASSIFIER),
      segmenter: optional(SEGMENTING),
      settings: optional(optionsSchema<object>(settings)),
    }),
  });
}

/** What a method is made of that looks at the whole of a photo's grey values: without a network, or beside what one says. */
export interface ClassicalMethod extends Pick<Labeller, "id" | "settings"> {
  readonly about: MethodDescription;
  /** Crack is where the confidence exceeds this. Default: 0.5. */
  readonly threshold?: number;
  /** The maps before the confidence, in the order of {@linkcode Finding.stages}. */
  readonly stages: readonly Omit<StageKind, "number">[];
  /**
   * Looks for crack.
   *
   * @param grey H × W × 1, 0..255, transparent pixels covered.
   * @param stages whether the maps before the confidence are wanted: what nobody looks at is not read off the device.
   * @param image the photo itself, transparent pixels covered.
   */
  find(grey: Plane, stages: boolean, image: ImageData): Promise<Finding>;
}

/** What such a method finds in a photo; all maps are row-major. */
export interface Finding {
  /** Exceeds the threshold where there is crack. */
  readonly confidence: Float32Array<ArrayBuffer>;
  /** A map for each of the method's stages, where they are wanted. */
  readonly stages?: readonly Float32Array<ArrayBuffer>[];
}

const CONFIDENCE = { key: "confidence", title: "Confidence", range: [0, 1] } as const;

/** Such a method as a labeller: labels need as many crack pixels for training as those of the paper's recipe. */
export function classicalLabeller(
  compute: Compute,
  { id, about, settings, threshold = 0.5, stages: before, find }: ClassicalMethod,
): Labeller {
  const { minCrackPixels } = recipes.paper;
  const note = `Above ${threshold} where the method finds crack: the label.`;
  const kinds = [...before, { ...CONFIDENCE, note }].map((kind, i): StageKind => ({
    ...kind,
    number: i + 1,
  }));
  return {
    ...{ id, title: about.title, settings, minCrackPixels, stages: kinds },
    label: async (photo, { stages } = {}) => {
      const { image, clear } = coverTransparent(photo);
      const { width, height } = image;
      using colours = uploadImage(compute, image);
      using grey = grayscale(colours);
      const { confidence, stages: maps = [] } = await find(
        grey,
        stages !== undefined && stages !== false,
        image,
      );
      clear(confidence);
      const kept = new StageMaps();
      const receive = clearedStages(stages === true ? kept.add.bind(kept) : stages || undefined, clear);
      for (const [i, data] of receive ? [...maps, confidence].entries() : []) {
        receive?.({ ...kinds[i], width, height, channels: 1, first: 0, data });
      }
      const mask = new Uint8Array(confidence.length).map((_, i) => Number(confidence[i] > threshold));
      const crackPixels = mask.reduce((sum, value) => sum + value, 0);
      const usableForTraining = crackPixels >= minCrackPixels;
      return { width, height, confidence, mask, crackPixels, usableForTraining, stages: kept.all };
    },
  };
}

/** How a threshold on an evidence becomes a confidence: e / (e + t), which is above 0.5 where e > t, and 0 where there is none. */
export function relativeTo(threshold: number, evidence: number): number {
  return evidence > 0 && threshold < Infinity ? evidence / (evidence + threshold) : 0;
}

/**
 * Otsu's threshold of an evidence whose range is not known, below its highest class: of 256 equal steps up to its maximum. Three classes take the texture
 * of a surface for one of its own; where there are two values only, they are two.
 *
 * @param evidence H × W × 1, any unit; what is below 0 counts as 0.
 * @returns in the unit of the evidence; infinite where all of it is alike.
 */
export async function otsuOf(evidence: Plane, classes: 2 | 3): Promise<number> {
  using max = maximum(evidence);
  using share = normalise(evidence, max);
  using levels = scale(share, 255);
  let level = (await otsuThresholds(levels, { classes }))[classes - 2];
  if (level < 0 && classes > 2) [level] = await otsuThresholds(levels);
  const [greatest] = await max.read();
  // Values are rounded to the nearest level, those halfway up to the higher.
  return level < 0 ? Infinity : (level + 0.5) / 255 * greatest;
}

/** The confidences next to a half, of those that a file of 8 bits holds. */
const [SURE_ENOUGH, NOT_SURE] = [128 / 255, 127 / 255];

/** A confidence that is above 0.5 where a mask is 1, and not elsewhere: cut to that, in place. */
export function agreeing(
  confidence: Float32Array<ArrayBuffer>,
  mask: Uint8Array,
): Float32Array<ArrayBuffer> {
  for (let i = 0; i < mask.length; i++) {
    confidence[i] = mask[i] === 1 ? Math.max(confidence[i], SURE_ENOUGH) : Math.min(confidence[i], NOT_SURE);
  }
  return confidence;
}
