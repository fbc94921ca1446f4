import type { Classifier } from "../classifier.ts";
import type { Compute } from "../../gpu/compute.ts";
import { denseCrf, type DenseCrfOptions } from "./dense_crf.ts";
import { gradCam } from "../class_activation.ts";

/** Options of {@linkcode camCrfLabel}. */
export interface CamCrfOptions {
  /** Says where the photo shows crack. */
  classifier: Classifier;
  /** The random field's; there are none that suit every classifier: look for them on photos with masks. */
  parameters: DenseCrfOptions;
}

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

/** No pixel's class is surer than this before its neighbours are heard. */
const SUREST = 0.99;

/**
 * Labels the crack pixels of a photo in the manner of Dong et al., "Patch-based weakly supervised semantic segmentation network for crack
 * detection", Construction and Building Materials 258 (2020), doi:10.1016/j.conbuildmat.2020.120291: the labels that König et al.
 * (arXiv:2109.00456, section IV-D) compare theirs with.
 *
 * 1. Grad-CAM of the crack class (Selvaraju et al. 2017, doi:10.1109/ICCV.2017.74) at the photo's size, divided by its maximum, is taken for
 *    the probability p of crack;
 * 2. −log p and −log(1 − p) are the unary term of a fully connected random field, p within 0.01..0.99;
 * 3. mean field (Krähenbühl and Koltun 2011, arXiv:1210.5644) brings it to the photo's edges: see {@linkcode denseCrf};
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
 * @throws {RangeError} if a parameter is out of range.
 */
export async function camCrfLabel(
  compute: Compute,
  image: ImageData,
  { classifier, parameters }: CamCrfOptions,
): Promise<CamCrfLabel> {
  const { width, height } = image;
  const probability = denseCrf(image, camUnary(await gradCam(compute, image, { classifier })), parameters);
  const mask = Uint8Array.from(probability, (p) => Number(p > 0.5));
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
