import { argumentsSchema, checkArguments, IMAGE, NUMBER, optional, optionsSchema } from "../arguments.ts";
import { allOrDispose } from "../concurrency.ts";
import type { Compute, Plane } from "../gpu/compute.ts";
import { COMPUTE } from "../gpu/schemas.ts";
import { coverTransparent } from "../images/cover_transparent.ts";
import { bilateralFilter } from "../kernels/bilateral_filter.ts";
import { grayscale } from "../kernels/grayscale.ts";
import { close, erode } from "../kernels/morphology.ts";
import { patchThreshold } from "../kernels/patch_threshold.ts";
import { localise, multiply, scale } from "../kernels/pointwise.ts";
import { ON_PROGRESS, type OnProgress } from "../photo_progress.ts";
import { SEGMENTING } from "../predict/segmenting.ts";
import { classActivationMap } from "./class_activation.ts";
import { CLASSIFIER, type Classifier } from "./classifier.ts";
import { type Label, type Labeller, type OtherNetworks, STAGES_OPTION } from "./labeller.ts";
import { patchScoreMap, replace } from "./patch_scores.ts";
import { type PhotoMap, PhotoWindow } from "./photo_window.ts";
import { RECIPE, type Recipe, type RecipeName, recipeOf } from "./recipe.ts";
import { clearedStages, StageMaps, StageRecorder, type StageRows, STAGES } from "./stages.ts";
import { layStrips } from "./strips.ts";

/** Options of {@linkcode labelImage}. */
export interface LabelOptions {
  /** Says where the photo shows crack. */
  classifier: Classifier;
  /** The parameters of the method, or the name of one of {@linkcode recipes}; `paper` by default. */
  recipe?: RecipeName | Recipe;
  /**
   * Keep every intermediate map, too, or pass it on in parts, strip by strip: the maps of a large photo take far more memory
   * than the photo.
   */
  stages?: boolean | ((rows: StageRows) => void);
  /**
   * Pixels on the device at a time, to a strip's height. A larger photo is labelled in strips, with the same result. A pixel takes
   * about 50 bytes on the device, with the intermediate maps about 100. Defaults to 2²³, with the intermediate maps to 2²².
   */
  stripPixels?: number;
  /** Told how many patches the classifier has scored, then how many strips are labelled. */
  onProgress?: OnProgress;
}

const LABEL_IMAGE = argumentsSchema({
  compute: COMPUTE,
  image: IMAGE,
  options: optionsSchema<LabelOptions>({
    classifier: CLASSIFIER,
    recipe: optional(RECIPE),
    stages: optional(STAGES_OPTION),
    stripPixels: optional(NUMBER),
    onProgress: optional(ON_PROGRESS),
  }),
});

/**
 * Labels the crack pixels of a photo by the method of König et al., "Weakly-Supervised Surface Crack Segmentation by
 * Generating Pseudo-Labels using Localization with a Classifier and Thresholding", section III:
 *
 * 1. the photo is shown to the classifier,
 * 2. in small overlapping patches,
 * 3. whose scores make a patch map;
 * 4. its class activation map is taken of the whole photo;
 * 5. the mean of both, cut at 0.5 and eroded, localises cracks roughly;
 * 6. the photo is denoised by a bilateral filter,
 * 7. turned grey,
 * 8. and thresholded in small overlapping patches by Otsu's method with three classes;
 * 9. the product of 5 and 8 is a confidence map,
 * 10. which is denoised by the bilateral filter again
 * 11. and closed;
 * 12. where it exceeds a threshold is crack.
 *
 * @example
 * ```ts
 * import { decodeImage, labelImage, loadClassifier, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using classifier = await loadClassifier();
 * const image = await decodeImage(await Deno.readFile("tasks/demo/304.jpg"));
 * const label = await labelImage(compute, image, { classifier });
 * console.log(`${label.crackPixels} of ${label.mask.length} pixels are crack`);
 * ```
 *
 * @param image an upright photo of any size, such as {@linkcode decodeImage} gives; its transparent pixels are never crack.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if a parameter of the recipe is out of range or the photo exceeds the device's memory.
 */
export async function labelImage(
  compute: Compute,
  image: ImageData,
  options: LabelOptions,
): Promise<Label> {
  checkArguments("label a photo", LABEL_IMAGE, { compute, image, options });
  const { classifier, stages = false, onProgress, stripPixels = stages ? 2 ** 22 : 2 ** 23 } = options;
  const recipe = recipeOf(options.recipe ?? "paper");
  if (!(stripPixels > 0)) {
    throw new RangeError(
      `Cannot label a photo in strips of ${stripPixels} pixels: a positive number is wanted.`,
    );
  }
  const { width, height } = image;
  const { image: opaque, clear } = coverTransparent(image);
  const { strips, rows, alignment } = layStrips(opaque, { recipe, pixels: stripPixels });
  using photo = new PhotoWindow(compute, opaque, { rows, alignment });
  const maps = new StageMaps();
  using recorder = new StageRecorder(
    clearedStages(stages === true ? (rows) => maps.add(rows) : stages || undefined, clear),
  );
  // Let the device work on the first threshold while the classifier works on the patches.
  using firstDark = thresholdCracks(photo.show(strips[0].outer), recipe, recorder);
  compute.submit();
  const [patches, activations] = await classifierMaps(photo, { classifier, onProgress }, recipe);
  using patchMap = patches;
  using activationMap = activations;

  const confidence = new Float32Array(width * height);
  for (const [i, { inner: [first, end], outer }] of strips.entries()) {
    const strip = first === 0 ? undefined : photo.show(outer);
    const top = first === 0 ? 0 : photo.top;
    using dark = strip ? thresholdCracks(strip, recipe, recorder) : firstDark;
    const range = [top, top + dark.height] as const;
    using patches = recorder.keep("patch-map", patchMap.rows(range));
    using activation = activationMap && recorder.keep("activation-map", activationMap.rows(range));
    // Without the activation map the patch map stands alone: its mean with itself.
    using located = localiseCracks(patches, activation ?? patches, recipe, recorder);
    using joined = joinMaps(located, dark, recipe, recorder);
    const values = await joined.read();
    confidence.set(values.subarray((first - top) * width, (end - top) * width), first * width);
    await recorder.collect([first, end], { top, height });
    onProgress?.({ unit: "strip", done: i + 1, total: strips.length });
  }

  clear(confidence);
  const mask = new Uint8Array(confidence.length);
  let crackPixels = 0;
  for (let i = 0; i < mask.length; i++) {
    mask[i] = Number(confidence[i] > recipe.labelThreshold);
    crackPixels += mask[i];
  }
  return {
    width,
    height,
    confidence,
    mask,
    crackPixels,
    usableForTraining: crackPixels >= recipe.minCrackPixels,
    stages: maps.all,
  };
}

const PAPER_LABELLER = argumentsSchema({
  compute: COMPUTE,
  options: optionsSchema<Pick<LabelOptions, "classifier" | "recipe"> & OtherNetworks>({
    classifier: CLASSIFIER,
    segmenter: optional(SEGMENTING),
    recipe: optional(RECIPE),
  }),
});

/**
 * The method of {@linkcode labelImage} as a labeller. Its title is the recipe's name.
 *
 * @example
 * ```ts
 * import { decodeImage, loadClassifier, openCompute, paperLabeller } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using classifier = await loadClassifier();
 * const labeller = paperLabeller(compute, { classifier, recipe: "reference" });
 * const { mask } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(labeller.title, mask.length); // reference 153600
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 */
export function paperLabeller(
  compute: Compute,
  options: Pick<LabelOptions, "classifier" | "recipe">,
): Labeller {
  checkArguments("label by the paper's method", PAPER_LABELLER, { compute, options });
  const { classifier } = options;
  const recipe = recipeOf(options.recipe ?? "paper");
  const { name: title, ...settings } = recipe;
  return {
    id: "paper",
    title,
    settings,
    minCrackPixels: recipe.minCrackPixels,
    stages: Object.values(STAGES),
    label: (image, { stages, onProgress } = {}) =>
      labelImage(compute, image, { classifier, recipe, stages, onProgress }),
  };
}

/**
 * Stages 2 to 4: the patch map and, where the recipe wants it, the activation map. Both are found at once, unless the photo's window
 * has to move for them: threads of the classifier that are done with one go on with the other.
 */
async function classifierMaps(
  photo: PhotoWindow,
  { classifier, onProgress }: Pick<LabelOptions, "classifier" | "onProgress">,
  recipe: Recipe,
): Promise<[patches: PhotoMap, activations?: PhotoMap]> {
  const patches = patchScoreMap(photo, classifier, recipe, onProgress);
  if (recipe.cam === "none") return [await patches];
  const activate = () => classActivationMap(photo, classifier, recipe);
  const whole = photo.rows >= photo.height;
  const [patchMap, activationMap] = await allOrDispose([
    patches,
    whole ? activate() : patches.then(activate),
  ]);
  return [patchMap, activationMap];
}

/** Stage 5: H × W × 1, 0..1, roughly where crack is. */
function localiseCracks(patchMap: Plane, activation: Plane, recipe: Recipe, recorder: StageRecorder): Plane {
  const localised = localise(patchMap, activation, { threshold: recipe.localisationThreshold });
  if (recipe.erosionIterations === 0) return recorder.keep("localisation", localised);
  using rough = localised;
  const { erosionSize: size, erosionIterations: iterations } = recipe;
  return recorder.keep("localisation", erode(rough, { size, iterations }));
}

/** Stages 6 to 8: H × W × 1, 1 where the photo is dark against its surroundings. */
export function thresholdCracks(
  photo: Plane,
  recipe: Recipe,
  recorder: StageRecorder = new StageRecorder(),
): Plane {
  using denoised = recipe.bilateralRadius > 0 ? recorder.keep("denoised", denoise(photo, recipe)) : undefined;
  using grey = recorder.keep("grey", grayscale(denoised ?? photo, { weights: recipe.greyWeights }));
  return recorder.keep(
    "threshold",
    patchThreshold(grey, {
      patchSize: recipe.thresholdPatchSize,
      stride: recipe.thresholdStride,
      classes: recipe.thresholdClasses,
    }),
  );
}

/** Stages 9 to 11: the confidence map, H × W × 1, 0..1. */
export function joinMaps(
  located: Plane,
  dark: Plane,
  recipe: Recipe,
  recorder: StageRecorder = new StageRecorder(),
): Plane {
  using product = recorder.keep("product", multiply(located, dark));
  let confidence = scale(product, 255, { round: recipe.bilateralRound });
  if (recipe.bilateralRadius > 0) confidence = replace(confidence, denoise(confidence, recipe));
  if (recipe.closingIterations > 0) {
    const { closingSize: size, closingIterations: iterations } = recipe;
    confidence = replace(confidence, close(confidence, { size, iterations }));
  }
  return replace(confidence, recorder.keep("confidence", scale(confidence, 1 / 255)));
}

/** Stages 6 and 10. */
function denoise(plane: Plane, recipe: Recipe): Plane {
  return bilateralFilter(plane, {
    radius: recipe.bilateralRadius,
    sigmaSpace: recipe.bilateralSigmaSpace,
    sigmaRange: recipe.bilateralSigmaRange,
    window: recipe.bilateralWindow,
    distance: recipe.bilateralDistance,
    round: recipe.bilateralRound,
  });
}
