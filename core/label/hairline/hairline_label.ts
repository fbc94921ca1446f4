import { coverTransparent } from "../../images/cover_transparent.ts";
import { argumentsSchema, checkArguments, optional, optionsSchema } from "../../arguments.ts";
import type { Compute } from "../../gpu/compute.ts";
import { COMPUTE } from "../../gpu/schemas.ts";
import { type Prediction, predictionOf } from "../../predict/predict_image.ts";
import { detailSpectrum, startingScale } from "../../predict/detail_spectrum.ts";
import { predictAtScales, sizeAt } from "../../predict/predict_scales.ts";
import { resampledPicture } from "../../predict/resampled_picture.ts";
import { SEGMENTING, type Segmenting } from "../../predict/segmenting.ts";
import { CLASSIFIER, type Classifier } from "../classifier.ts";
import type { Label, Labeller, LabellerOptions } from "../labeller.ts";
import { denseLocalisation } from "./dense_localisation.ts";
import { fitToPhoto } from "./fit_to_photo.ts";
import { flippedSegmenter } from "./flipped_segmenter.ts";
import { joinConfidences, stretch } from "./join_confidences.ts";
import { defaultHairline, HAIRLINE_SETTINGS, type HairlineSettings, requireHairline } from "./settings.ts";
import { plausibleLabel } from "./plausible_label.ts";
import { judgePieces } from "./plausible_pieces.ts";
import { levelStage, MapRecorder, STAGES, stagesOf } from "./stages.ts";

/** Options of {@linkcode hairlineLabeller}. */
export interface HairlineOptions {
  /** Says how sure it is of crack at each pixel. */
  readonly segmenter: Segmenting;
  /** Says where in the photo patches show crack: not asked without a localisation. */
  readonly classifier?: Classifier;
  /** The parameters of the method. Default: {@linkcode defaultHairline}. */
  readonly settings?: HairlineSettings;
}

const ARGUMENTS = argumentsSchema({
  compute: COMPUTE,
  options: optionsSchema<HairlineOptions>({
    segmenter: SEGMENTING,
    classifier: optional(CLASSIFIER),
    settings: optional(HAIRLINE_SETTINGS),
  }),
});

/**
 * A labeller by a network that sees single pixels, and by a classifier's look at the whole:
 *
 * 1. one look of the classifier at the whole photo localises cracks roughly: a logit for each cell of its last feature map, from which
 *    the scores of all patches follow;
 * 2. a segmentation network looks at the photo at several scales, each half of the one before, and the levels are joined, the more decided one
 *    counting more: see {@linkcode predictAtScales};
 * 3. a guided filter (He et al. 2013, doi:10.1109/TPAMI.2012.213) draws the result to the edges of the photo;
 * 4. √(network · localisation) is the confidence, high where both find crack;
 * 5. divided by a high percentile of the photo's own plus an offset, what the photo is surest of counts as sure;
 * 6. half of it gives way to how surely a pixel is crack by its grey value, crack and ground being what is surely either around it: so edges are where the
 *    photo has them. Where that exceeds a threshold is crack, of which those pieces stay that can be one: long for their area, not straight as along a ruler, no shade, in a photo that shows a crack of
 *    some length somewhere for sure. Where something broad is marked that cannot be one, stage 2 is joined anew without its coarsest level; and
 *    where nearly all runs along straight lines at right angles, as joints do, none is called crack and a warning says so;
 * 7. a crack goes on, and its gaps are closed, where it is thin and the confidence exceeds half the threshold;
 * 8. where the network is not sure of what is marked, cracks are as wide as what exceeds a lower threshold around it;
 * 9. confidences are adjusted to what came out, so that exactly the mask exceeds the threshold.
 *
 * Each of 1, 3, 4, 5 and 7 to 9, and the choice of pieces or of shade alone, can be left out: {@linkcode HairlineSettings}. Stages 1 and 2 look at the photo from the same scale on, and at the same time.
 *
 * @example
 * ```ts
 * import { decodeImage, hairlineLabeller, loadClassifier, loadSegmenter, openCompute } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * using classifier = await loadClassifier();
 * using segmenter = await loadSegmenter();
 * const labeller = hairlineLabeller(compute, { classifier, segmenter });
 * const { crackPixels, scales } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(`${crackPixels} pixels are crack; seen at the scales ${scales?.map(({ scale }) => scale).join(", ")}`);
 * ```
 *
 * @throws {RangeError} if a setting is out of range.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown, or if the settings want a localisation and there is no
 * classifier.
 */
export function hairlineLabeller(
  compute: Compute,
  options: HairlineOptions,
): Labeller {
  checkArguments("label by the method hairline", ARGUMENTS, { compute, options });
  const { segmenter, classifier, settings = defaultHairline } = options;
  requireHairline(settings);
  const localiser = settings.localisation === "none" ? undefined : classifier;
  if (settings.localisation !== "none" && localiser === undefined) {
    throw new TypeError(
      `Cannot label by the method hairline with the localisation ${settings.localisation}: there is no classifier; give one, or ` +
        "the localisation none.",
    );
  }
  const networks: Networks = { segmenter: flippedSegmenter(segmenter, settings.flips), localiser };
  const { name: title, ...parameters } = settings;
  return {
    id: "hairline",
    title,
    settings: parameters,
    minCrackPixels: settings.minCrackPixels,
    stages: stagesOf(settings),
    label: (image, options) => labelByHairline(compute, image, { ...options, ...networks, settings }),
  };
}

/** What looks at a photo. */
interface Networks {
  readonly segmenter: Segmenting;
  readonly localiser: Classifier | undefined;
}

async function labelByHairline(
  compute: Compute,
  photo: ImageData,
  { segmenter, localiser, settings, stages, onProgress }: Networks & LabellerOptions & {
    readonly settings: HairlineSettings;
  },
): Promise<Label> {
  const { image, clear } = coverTransparent(photo);
  const { width, height } = image;
  const { localisationWindow: window, localisationTile: tile, labelThreshold: threshold } = settings;
  const recorder = new MapRecorder(stages, clear);
  const { scales } = settings;
  const spectrum = scales.start === "auto" ? await detailSpectrum(compute, image) : undefined;
  const start = scales.start === "auto"
    ? startingScale(spectrum ?? [], { width, height, enlargement: scales.enlargement })
    : scales.start;
  // Both at once: networks that run on the host have threads of their own.
  const localising = localiser &&
    denseLocalisation(compute, resampledPicture(compute, image, sizeAt(image, start)), {
      classifier: localiser,
      ...{ window, tile, width, height },
    });
  let level = 0;
  const looking = predictAtScales(compute, image, {
    ...{ segmenter, ...scales, start, spectrum, threshold, onProgress },
    onLevel: (map) => recorder.keep(levelStage(++level), map),
    ...(settings.pieces === "all"
      ? {}
      : { accept: (joined: Prediction) => !judgePieces({ ...joined, scale: start }).broad }),
  });
  await Promise.allSettled([localising, looking]);
  using localisation = await localising;
  const { confidence: seen, scales: scalesSeen, warning } = await looking;
  recorder.add(STAGES.network, { width, height, first: 0, data: seen });
  const joined = await joinConfidences(compute, image, { seen, localisation, settings, recorder });
  clear(joined);
  const sure = settings.stretchPercentile > 0 ? stretch(joined, settings) : joined;
  const { fitShare: share } = settings;
  const confidence = share > 0 ? fitToPhoto(image, sure, { share, scale: start }) : sure;
  recorder.add(STAGES.confidence, { width, height, first: 0, data: confidence });
  const exceeding = predictionOf(confidence, { segmenter, width, height, threshold });
  const { label, doubt = warning } = plausibleLabel(exceeding, {
    sure,
    scale: start,
    photo: image,
    settings,
  });
  return {
    ...label,
    usableForTraining: label.crackPixels >= settings.minCrackPixels,
    stages: recorder.all,
    scales: scalesSeen,
    ...(doubt === undefined ? {} : { warning: doubt }),
  };
}
