import { camCrfLabeller } from "./cam_crf/cam_crf_label.ts";
import { aTrousLabeller, cannyLabeller } from "./classical/edges.ts";
import { niblackLabeller, sauvolaLabeller } from "./classical/local_thresholds.ts";
import { multiOtsuLabeller, otsuLabeller } from "./classical/otsu.ts";
import { oliveiraLabeller } from "./classical/oliveira.ts";
import { frangiLabeller, satoLabeller } from "./classical/ridges.ts";
import { tanakaLabeller } from "./classical/tanaka.ts";
import { hairlineLabeller } from "./hairline/hairline_label.ts";
import { fanLabeller } from "./weak/fan.ts";
import { inoueLabeller } from "./weak/inoue.ts";
import { paperLabeller } from "./label_image.ts";
import type { LabellerFactory, NetworklessFactory } from "./labeller.ts";

/** The methods that ask no network and know nothing but the photo. */
export const classicalLabellers = {
  "sato": satoLabeller,
  "frangi": frangiLabeller,
  "otsu": otsuLabeller,
  "multi-otsu": multiOtsuLabeller,
  "niblack": niblackLabeller,
  "sauvola": sauvolaLabeller,
  "tanaka": tanakaLabeller,
  "oliveira": oliveiraLabeller,
  "a-trous": aTrousLabeller,
  "canny": cannyLabeller,
} as const satisfies Readonly<Record<string, NetworklessFactory>>;

/**
 * The methods of labelling by their ids: a rival is a file beside them and a line here.
 *
 * @example
 * ```ts
 * import { decodeImage, labellers, loadClassifier, loadSegmenter, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using classifier = await loadClassifier();
 * using segmenter = await loadSegmenter();
 * const image = await decodeImage(await Deno.readFile("tasks/demo/304.jpg"));
 * for (const factory of [labellers.hairline, labellers["cam-crf"], labellers.sato]) {
 *   const labeller = factory(compute, { classifier, segmenter });
 *   console.log((await labeller.label(image)).crackPixels, labeller.settings);
 * }
 * ```
 */
export const labellers = {
  "hairline": hairlineLabeller,
  "paper": paperLabeller,
  "cam-crf": camCrfLabeller,
  "inoue": inoueLabeller,
  "fan": fanLabeller,
  ...classicalLabellers,
} as const satisfies Readonly<Record<string, LabellerFactory>>;

/** The id of a method of labelling. */
export type LabellerId = keyof typeof labellers;

/** The id of a method that asks no network. */
export type ClassicalId = keyof typeof classicalLabellers;
