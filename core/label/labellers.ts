import { camCrfLabeller } from "./cam_crf/cam_crf_label.ts";
import { paperLabeller } from "./label_image.ts";
import type { LabellerFactory } from "./labeller.ts";

/**
 * The methods of labelling by their ids: a rival is a file beside them and a line here.
 *
 * @example
 * ```ts
 * import { decodeImage, labellers, loadClassifier, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using classifier = await loadClassifier();
 * const image = await decodeImage(await Deno.readFile("tasks/demo/304.jpg"));
 * const labeller = labellers["cam-crf"](compute, { classifier });
 * console.log((await labeller.label(image)).crackPixels, labeller.settings);
 * ```
 */
export const labellers = {
  "paper": paperLabeller,
  "cam-crf": camCrfLabeller,
} as const satisfies Readonly<Record<string, LabellerFactory>>;

/** The id of a method of labelling. */
export type LabellerId = keyof typeof labellers;
