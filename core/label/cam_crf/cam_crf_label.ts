import { type CoveredImage, coverTransparent } from "../../images/cover_transparent.ts";
import { argumentsSchema, checkArguments, IMAGE, oneOf, optional, optionsSchema } from "../../arguments.ts";
import type { Compute } from "../../gpu/compute.ts";
import { COMPUTE } from "../../gpu/schemas.ts";
import { SEGMENTING } from "../../predict/segmenting.ts";
import { gradCam } from "../class_activation.ts";
import { CLASSIFIER, type Classifier } from "../classifier.ts";
import type { Labeller, LabellerOptions, OtherNetworks } from "../labeller.ts";
import { recipes } from "../recipe.ts";
import { clearedStages, type StageKind, StageMaps } from "../stages.ts";
import { DENSE_CRF, denseCrf, type DenseCrfOptions } from "./dense_crf.ts";
import { denseCrfOnDevice } from "./random_field.ts";

/** Options of {@linkcode camCrfLabel}. */
export interface CamCrfOptions {
  /** Says where the photo shows crack. */
  classifier: Classifier;
  /** The random field's; there are none that suit every classifier: search for them on photos with masks. */
  parameters: DenseCrfOptions;
  /** Where it is solved; probabilities differ by about 10⁻⁵. */
  solver?: CrfSolver;
}

/** What solves a random field: the processor as {@linkcode denseCrf}, or the device as {@linkcode denseCrfOnDevice}, which is faster. */
export type CrfSolver = "processor" | "device";

/** What {@linkcode camCrfLabel} gives. */
export interface CamCrfLabel {
  /** Pixels in a row. */
  width: number;
  /** Rows. */
  height: number;
  /** Probability of crack, 0..1, row-major. */
  probability: Float32Array;
  /** 1 where crack is the likelier class, else 0, row-major. */
  mask: Uint8Array;
  /** Ones in the mask. */
  crackPixels: number;
}

/** The greatest probability of a class in the unary term. */
const SUREST = 0.99;

const SOLVER = optional(oneOf("processor", "device"));

const CAM_CRF_LABEL = argumentsSchema({
  compute: COMPUTE,
  image: IMAGE,
  options: optionsSchema<CamCrfOptions>({ classifier: CLASSIFIER, parameters: DENSE_CRF, solver: SOLVER }),
});

/**
 * Labels the crack pixels of a photo in the manner of Dong et al., "Patch-based weakly supervised semantic segmentation network for crack
 * detection", Construction and Building Materials 258 (2020), doi:10.1016/j.conbuildmat.2020.120291: the labels that König et al.
 * (arXiv:2109.00456, section IV-D) compare theirs with.
 *
 * 1. Grad-CAM of the crack class (Selvaraju et al. 2017, doi:10.1109/ICCV.2017.74) at the photo's size, divided by its maximum, is taken for
 *    the probability p of crack;
 * 2. −log p and −log(1 − p) are the unary term of a fully connected random field, p within 0.01..0.99;
 * 3. mean field (Krähenbühl and Koltun 2011, arXiv:1210.5644) aligns it with the photo's edges: see {@linkcode denseCrf};
 * 4. a pixel is crack where that is the likelier class.
 *
 * @example
 * ```ts
 * import { camCrfLabel, decodeImage, loadClassifier, openCompute } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * using classifier = await loadClassifier();
 * const image = await decodeImage(await Deno.readFile("tasks/demo/304.jpg"));
 * const { crackPixels } = await camCrfLabel(compute, image, {
 *   classifier,
 *   parameters: {
 *     iterations: 5,
 *     appearance: { weight: 10, sigmaSpace: 80, sigmaColour: 13 },
 *     smoothness: { weight: 3, sigmaSpace: 3 },
 *   },
 * });
 * console.log(`${crackPixels} of ${image.width * image.height} pixels are crack`);
 * ```
 *
 * @param image an upright photo of any size.
 * @param options `solver`: the processor by default.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if a parameter is out of range.
 */
export async function camCrfLabel(
  compute: Compute,
  image: ImageData,
  options: CamCrfOptions,
): Promise<CamCrfLabel> {
  checkArguments("label a photo", CAM_CRF_LABEL, { compute, image, options });
  const { classifier, parameters, solver = "processor" } = options;
  const { image: opaque, clear } = coverTransparent(image);
  const map = await gradCam(compute, opaque, { classifier });
  return await labelOf(compute, opaque, { map, parameters, solver, clear });
}

/**
 * The values that Krähenbühl and Koltun's program is usually run with. They suit things larger than cracks: where some photos have masks,
 * better ones can be found by trying.
 */
export const defaultCrf: Readonly<DenseCrfOptions> = {
  iterations: 5,
  appearance: { weight: 10, sigmaSpace: 80, sigmaColour: 13 },
  smoothness: { weight: 3, sigmaSpace: 3 },
};

/** Maps of {@linkcode camCrfLabel}. */
const STAGES: readonly [activation: StageKind, confidence: StageKind] = [
  {
    key: "activation-map",
    number: 1,
    title: "Class activation",
    note: "Where the classifier finds crack in the whole photo: Grad-CAM.",
    range: [0, 1],
  },
  {
    key: "confidence",
    number: 3,
    title: "Confidence",
    note: "The probability of crack that the random field makes of it: the label.",
    range: [0, 1],
  },
];

const CAM_CRF_LABELLER = argumentsSchema({
  compute: COMPUTE,
  options: optionsSchema<Pick<CamCrfOptions, "classifier"> & Partial<CamCrfOptions> & OtherNetworks>({
    classifier: CLASSIFIER,
    segmenter: optional(SEGMENTING),
    parameters: optional(DENSE_CRF),
    solver: SOLVER,
  }),
});

/**
 * The method of {@linkcode camCrfLabel} as a labeller. Labels need as many crack pixels for training as those of the paper's recipe, so that
 * both are judged alike.
 *
 * @example
 * ```ts
 * import { camCrfLabeller, decodeImage, defaultCrf, loadClassifier, openCompute } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * using classifier = await loadClassifier();
 * const parameters = { ...defaultCrf, smoothness: { weight: 1, sigmaSpace: 1 } };
 * const labeller = camCrfLabeller(compute, { classifier, parameters });
 * const image = await decodeImage(await Deno.readFile("tasks/demo/304.jpg"));
 * const { stages } = await labeller.label(image, { stages: true });
 * console.log(stages.map(({ title }) => title)); // [ "Class activation", "Confidence" ]
 * ```
 *
 * @param options `parameters`: {@linkcode defaultCrf} by default; `solver`: the device, unlike that of {@linkcode camCrfLabel}, which is to give
 * what it always gave, to the bit.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 */
export function camCrfLabeller(
  compute: Compute,
  options: Pick<CamCrfOptions, "classifier"> & Partial<CamCrfOptions>,
): Labeller {
  checkArguments("label by Grad-CAM and a random field", CAM_CRF_LABELLER, { compute, options });
  const { classifier, parameters = defaultCrf, solver = "device" } = options;
  const { minCrackPixels } = recipes.paper;
  return {
    id: "cam-crf",
    title: "Grad-CAM and a fully connected random field",
    settings: parameters,
    minCrackPixels,
    stages: STAGES,
    label: async (image, { stages }: LabellerOptions = {}) => {
      const { image: opaque, clear } = coverTransparent(image);
      const map = await gradCam(compute, opaque, { classifier });
      const { probability: confidence, ...label } = await labelOf(compute, opaque, {
        ...{ map, parameters, solver, clear },
      });
      const { width, height, crackPixels } = label;
      const maps = new StageMaps();
      const receive = clearedStages(stages === true ? maps.add.bind(maps) : stages || undefined, clear);
      for (const [i, data] of [map, confidence].entries()) {
        receive?.({ ...STAGES[i], width, height, channels: 1, first: 0, data });
      }
      return { ...label, confidence, usableForTraining: crackPixels >= minCrackPixels, stages: maps.all };
    },
  };
}

async function labelOf(
  compute: Compute,
  image: ImageData,
  { map, parameters, solver, clear }:
    & { readonly map: Float32Array; readonly parameters: DenseCrfOptions; readonly solver: CrfSolver }
    & Pick<CoveredImage, "clear">,
): Promise<CamCrfLabel> {
  const { width, height } = image;
  const unary = camUnary(map);
  const probability = solver === "processor"
    ? denseCrf(image, unary, parameters)
    : await denseCrfOnDevice(compute, image, unary, parameters);
  clear(probability);
  const mask = new Uint8Array(probability.length).map((_, i) => Number(probability[i] > 0.5));
  const crackPixels = mask.reduce((sum, value) => sum + value, 0);
  return { width, height, probability, mask, crackPixels };
}

/** The unary term of a class activation map: two values a pixel, −log p and −log(1 − p), p being the map's value within 0.01..0.99. */
export function camUnary(map: Float32Array): Float32Array {
  const unary = new Float32Array(map.length * 2);
  for (let i = 0; i < map.length; i++) {
    const p = Math.min(SUREST, Math.max(1 - SUREST, map[i]));
    unary[2 * i] = -Math.log(p);
    unary[2 * i + 1] = -Math.log(1 - p);
  }
  return unary;
}
