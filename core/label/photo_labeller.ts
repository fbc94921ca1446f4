import { argumentsSchema, optional, type OptionSchemas, optionsSchema, type Schema } from "../arguments.ts";
import type { Compute, Plane } from "../gpu/compute.ts";
import { COMPUTE } from "../gpu/schemas.ts";
import { coverTransparent } from "../images/cover_transparent.ts";
import { uploadImage } from "../images/upload_image.ts";
import { grayscale } from "../kernels/grayscale.ts";
import { SEGMENTING } from "../predict/segmenting.ts";
import { CLASSIFIER } from "./classifier.ts";
import type { Labeller, LabellerNetworks } from "./labeller.ts";
import type { MethodDescription } from "./method_description.ts";
import { recipes } from "./recipe.ts";
import { clearedStages, type StageKind, StageMaps } from "./stages.ts";

/** Options of a labeller that asks some networks, or none; others that it is handed all the same are left alone. */
export type PhotoLabellerOptions<
  Settings extends object = Record<never, never>,
  Asked extends keyof LabellerNetworks = never,
> =
  & Pick<LabellerNetworks, Asked>
  & Partial<LabellerNetworks>
  & {
    /** Settings that differ from the defaults. */
    readonly settings?: Partial<Settings>;
  };

/** The types of a factory's arguments, by its settings and the networks that it asks. */
export function labellerArguments<Settings extends object, Asked extends keyof LabellerNetworks = never>(
  settings: OptionSchemas<Partial<Settings>>,
  asked: readonly Asked[] = [],
): Schema<{ compute: Compute; options: PhotoLabellerOptions<Settings, Asked> }> {
  const wanted = <Network>(kind: keyof LabellerNetworks, schema: Schema<Network>) =>
    asked.some((one) => one === kind) ? schema : optional(schema);
  return argumentsSchema<{ compute: Compute; options: PhotoLabellerOptions<Settings, Asked> }>({
    compute: COMPUTE,
    options: optionsSchema<object>({
      classifier: wanted("classifier", CLASSIFIER),
      segmenter: wanted("segmenter", SEGMENTING),
      settings: optional(optionsSchema<object>(settings)),
    }) as Schema<PhotoLabellerOptions<Settings, Asked>>,
  });
}

/** What a method is made of that looks at the whole of a photo's grey values: without a network, or beside what one says. */
export interface PhotoMethod extends Pick<Labeller, "id" | "settings"> {
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
export function photoLabeller(
  compute: Compute,
  { id, about, settings, threshold = 0.5, stages: before, find }: PhotoMethod,
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
