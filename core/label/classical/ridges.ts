import { checkArguments, listOf, NUMBER, optional } from "../../arguments.ts";
import type { Compute, Plane } from "../../gpu/compute.ts";
import { scale } from "../../kernels/pointwise.ts";
import { frangiFilter, satoFilter } from "../../kernels/ridge_filter.ts";
import type { Labeller } from "../labeller.ts";
import type { MethodDescription } from "../method_description.ts";
import { labellerArguments, photoLabeller, type PhotoLabellerOptions } from "../photo_labeller.ts";
import { otsuOf, relativeTo } from "./evidence.ts";

/** Settings of {@linkcode satoLabeller}. */
export interface SatoSettings {
  /** The scales in pixels: see {@linkcode satoFilter}. Default: 3, 5 and 7, since grain answers at less. */
  readonly sigmas: readonly number[];
}

/** Settings of {@linkcode frangiLabeller}. */
export interface FrangiSettings extends SatoSettings {
  /** How much the two curvatures of a line may be alike: see {@linkcode frangiFilter}. Default: 0.5, as in scikit-image. */
  readonly beta: number;
}

/** What {@linkcode satoLabeller} does. */
export const SATO: MethodDescription = {
  title: "Sato's ridge filter",
  source: "Sato et al. 1998, doi:10.1016/S1361-8415(98)80009-1",
  needs: [],
};

/** What {@linkcode frangiLabeller} does. */
export const FRANGI: MethodDescription = {
  title: "Frangi's ridge filter",
  source: "Frangi et al. 1998, doi:10.1007/BFb0056195",
  needs: [],
};

/**
 * The settings of {@linkcode satoLabeller} where none are given. At 1 and 9, scales that scikit-image has besides, labels of training photos of three
 * datasets were no better, of pavement worse.
 */
export const defaultSato: SatoSettings = { sigmas: [3, 5, 7] };

/** The settings of {@linkcode frangiLabeller} where none are given. */
export const defaultFrangi: FrangiSettings = { ...defaultSato, beta: 0.5 };

const NUMBERS = optional(listOf(NUMBER, "a list of numbers"));
const ARGUMENTS = {
  sato: labellerArguments<SatoSettings>({ sigmas: NUMBERS }),
  frangi: labellerArguments<FrangiSettings>({ sigmas: NUMBERS, beta: optional(NUMBER) }),
};

/**
 * A labeller by Sato's ridge filter, {@linkcode satoFilter}, of grey values 0..1: crack is where a photo's response is in the highest of three classes by
 * Otsu's method. That is ours, since the source leaves thresholds to whoever looks; with two classes masks were worse on training photos of three
 * datasets. The confidence is r / (r + t), r being the response and t the threshold.
 *
 * @example
 * ```ts
 * import { decodeImage, openCompute, satoLabeller } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * const labeller = satoLabeller(compute, { settings: { sigmas: [1, 2, 3] } });
 * const { crackPixels } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(`${crackPixels} pixels are crack`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 */
export function satoLabeller(compute: Compute, options: PhotoLabellerOptions<SatoSettings> = {}): Labeller {
  checkArguments("label by Sato's ridge filter", ARGUMENTS.sato, { compute, options });
  const settings = { ...defaultSato, ...options.settings };
  // Contrasts of cracks are small: a quarter of the range of grey values is much.
  const filter = (plane: Plane) => satoFilter(plane, settings);
  return ridgeLabeller(compute, { id: "sato", about: SATO, settings, filter, brightest: 0.25, classes: 3 });
}

/**
 * A labeller by Frangi's ridge filter, {@linkcode frangiFilter}: crack is where a photo's response is in the higher of two classes by Otsu's method. The
 * confidence is that of {@linkcode satoLabeller}.
 *
 * @example
 * ```ts
 * import { decodeImage, frangiLabeller, openCompute } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * const labeller = frangiLabeller(compute);
 * const { crackPixels } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(`${crackPixels} pixels are crack`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 */
export function frangiLabeller(
  compute: Compute,
  options: PhotoLabellerOptions<FrangiSettings> = {},
): Labeller {
  checkArguments("label by Frangi's ridge filter", ARGUMENTS.frangi, { compute, options });
  const settings = { ...defaultFrangi, ...options.settings };
  const filter = (plane: Plane) => frangiFilter(plane, settings);
  return ridgeLabeller(compute, { id: "frangi", about: FRANGI, settings, filter, brightest: 1, classes: 2 });
}

function ridgeLabeller(
  compute: Compute,
  { filter, brightest, classes, ...method }: Pick<Labeller, "id" | "settings"> & {
    readonly about: MethodDescription;
    readonly filter: (plane: Plane) => Plane;
    /** The response that a picture of it shows white. */
    readonly brightest: number;
    /** Of which the highest is crack. */
    readonly classes: 2 | 3;
  },
): Labeller {
  return photoLabeller(compute, {
    ...method,
    stages: [{
      key: "response",
      title: "Response",
      note: "How much a pixel looks like a dark line at one of the scales.",
      range: [0, brightest],
    }],
    find: async (grey, stages) => {
      using unit = scale(grey, 1 / 255);
      using response = filter(unit);
      const threshold = await otsuOf(response, classes);
      const values = await response.read();
      return {
        confidence: values.map((value) => relativeTo(threshold, value)),
        stages: stages ? [values] : undefined,
      };
    },
  });
}
