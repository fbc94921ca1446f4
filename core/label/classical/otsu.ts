import { checkArguments } from "../../arguments.ts";
import type { Compute } from "../../gpu/compute.ts";
import { otsuThresholds } from "../../kernels/otsu_thresholds.ts";
import type { Labeller } from "../labeller.ts";
import type { MethodDescription } from "../method_description.ts";
import { labellerArguments, photoLabeller, type PhotoLabellerOptions } from "../photo_labeller.ts";
import { relativeTo } from "./evidence.ts";

/** What {@linkcode otsuLabeller} does. */
export const OTSU: MethodDescription = {
  title: "Otsu's threshold of the whole photo",
  source: "Otsu 1979, doi:10.1109/TSMC.1979.4310076",
  needs: [],
};

/** What {@linkcode multiOtsuLabeller} does. */
export const MULTI_OTSU: MethodDescription = {
  title: "Otsu's thresholds of the whole photo, three classes, of which the darkest is crack",
  source: "Liao et al. 2001, A fast algorithm for multilevel thresholding, J. Inf. Sci. Eng. 17",
  needs: [],
};

const ARGUMENTS = labellerArguments<Record<never, never>>({});

/**
 * A labeller by one threshold for the whole photo, Otsu's: the darker of two classes is crack. Dark stains and shadows are, too; the paper's method
 * takes thresholds of small patches instead. The confidence is d / (d + t), d being how far a grey value is from white, and t how far the
 * threshold is.
 *
 * @example
 * ```ts
 * import { decodeImage, openCompute, otsuLabeller } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * const labeller = otsuLabeller(compute);
 * const { crackPixels } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(`${crackPixels} pixels are crack`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @see {@linkcode otsuThresholds}
 */
export function otsuLabeller(compute: Compute, options: PhotoLabellerOptions = {}): Labeller {
  checkArguments("label by Otsu's threshold", ARGUMENTS, { compute, options });
  return darkestClass(compute, { id: "otsu", about: OTSU, classes: 2 });
}

/**
 * A labeller by Otsu's thresholds of the whole photo: the darkest of three classes is crack, or of two in a photo of two grey values. See
 * {@linkcode otsuLabeller}.
 *
 * @example
 * ```ts
 * import { decodeImage, multiOtsuLabeller, openCompute } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * const labeller = multiOtsuLabeller(compute);
 * const { crackPixels } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(`${crackPixels} pixels are crack`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 */
export function multiOtsuLabeller(compute: Compute, options: PhotoLabellerOptions = {}): Labeller {
  checkArguments("label by Otsu's thresholds", ARGUMENTS, { compute, options });
  return darkestClass(compute, { id: "multi-otsu", about: MULTI_OTSU, classes: 3 });
}

function darkestClass(
  compute: Compute,
  { classes, ...method }: { readonly id: string; readonly about: MethodDescription; readonly classes: 2 | 3 },
): Labeller {
  return photoLabeller(compute, {
    ...method,
    settings: { classes },
    stages: [],
    find: async (grey) => {
      let [level] = await otsuThresholds(grey, { classes });
      // What has two grey values only has two classes.
      if (level < 0 && classes > 2) [level] = await otsuThresholds(grey);
      // Grey values are rounded to the nearest level, those halfway up to the brighter.
      const threshold = level < 0 ? Infinity : 255 - (level + 0.5);
      return { confidence: (await grey.read()).map((value) => relativeTo(threshold, 255 - value)) };
    },
  });
}
