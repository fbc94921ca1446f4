import { checkArguments, NUMBER, optional } from "../../arguments.ts";
import type { Compute } from "../../gpu/compute.ts";
import { windowStatistics } from "../../kernels/window_statistics.ts";
import type { Labeller } from "../labeller.ts";
import type { MethodDescription } from "../method_description.ts";
import { labellerArguments, photoLabeller, type PhotoLabellerOptions } from "../photo_labeller.ts";
import { relativeTo } from "./evidence.ts";

/** Settings of {@linkcode niblackLabeller}. */
export interface NiblackSettings {
  /** Side of the square window in pixels, odd. Default: 33, as in the paper's Figure 3. */
  readonly windowSize: number;
  /** How many deviations a threshold lies below the mean of its window, above 0. Default: 0.2. */
  readonly k: number;
}

/** Settings of {@linkcode sauvolaLabeller}. */
export interface SauvolaSettings {
  /** Side of the square window in pixels, odd. Default: 33, as in the paper's Figure 3. */
  readonly windowSize: number;
  /** By which share of the mean a threshold lies below it where the deviation is 0, above 0. Default: 0.2. */
  readonly k: number;
  /** The deviation at which the threshold is the mean, above 0. Default: 128, half the range of grey values. */
  readonly r: number;
}

/** The settings of {@linkcode niblackLabeller} where none are given. */
export const defaultNiblack: NiblackSettings = { windowSize: 33, k: 0.2 };

/** The settings of {@linkcode sauvolaLabeller} where none are given. */
export const defaultSauvola: SauvolaSettings = { windowSize: 33, k: 0.2, r: 128 };

/** What {@linkcode niblackLabeller} does. */
export const NIBLACK: MethodDescription = {
  title: "Niblack's local threshold",
  source: "Niblack 1986, An Introduction to Digital Image Processing, Prentice-Hall",
  needs: [],
};

/** What {@linkcode sauvolaLabeller} does. */
export const SAUVOLA: MethodDescription = {
  title: "Sauvola's local threshold",
  source: "Sauvola and Pietikäinen 2000, doi:10.1016/S0031-3203(99)00055-2",
  needs: [],
};

const ARGUMENTS = {
  niblack: labellerArguments<NiblackSettings>({ windowSize: optional(NUMBER), k: optional(NUMBER) }),
  sauvola: labellerArguments<SauvolaSettings>({
    windowSize: optional(NUMBER),
    k: optional(NUMBER),
    r: optional(NUMBER),
  }),
};

/**
 * A labeller by Niblack's threshold: crack is what is darker than m − k s, m and s being mean and deviation of the window around it. As the method
 * is known to, it finds much on a surface without crack. The confidence is z / (z + k) with z = (m − I) / s: another threshold of it is
 * another k. Flat windows show no crack.
 *
 * @example
 * ```ts
 * import { decodeImage, niblackLabeller, openCompute } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * const labeller = niblackLabeller(compute, { settings: { k: 1 } });
 * const { crackPixels } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(`${crackPixels} pixels are crack`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if k is not above 0.
 * @see {@linkcode niblackThreshold}
 */
export function niblackLabeller(
  compute: Compute,
  options: PhotoLabellerOptions<NiblackSettings> = {},
): Labeller {
  checkArguments("label by Niblack's threshold", ARGUMENTS.niblack, { compute, options });
  const settings = { ...defaultNiblack, ...options.settings };
  const { windowSize, k } = requirePositive("Niblack", settings);
  return localLabeller(compute, {
    ...{ id: "niblack", about: NIBLACK, settings, windowSize },
    confidence: (value, mean, deviation) => deviation > 0 ? relativeTo(k, (mean - value) / deviation) : 0,
  });
}

/**
 * A labeller by Sauvola's threshold: crack is what is darker than m (1 + k (s / r − 1)), m and s being mean and deviation of the window around it.
 * The confidence is z / (z + k) with z = (1 − I / m) / (1 − s / r): another threshold of it is another k.
 *
 * @example
 * ```ts
 * import { decodeImage, openCompute, sauvolaLabeller } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * const labeller = sauvolaLabeller(compute);
 * const { crackPixels } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(`${crackPixels} pixels are crack`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if k or r is not above 0.
 * @see {@linkcode sauvolaThreshold}
 */
export function sauvolaLabeller(
  compute: Compute,
  options: PhotoLabellerOptions<SauvolaSettings> = {},
): Labeller {
  checkArguments("label by Sauvola's threshold", ARGUMENTS.sauvola, { compute, options });
  const settings = { ...defaultSauvola, ...options.settings };
  const { windowSize, k, r } = requirePositive("Sauvola", settings);
  return localLabeller(compute, {
    ...{ id: "sauvola", about: SAUVOLA, settings, windowSize },
    confidence: (value, mean, deviation) => {
      // From a deviation of r on the threshold is the mean or above it, whatever k.
      if (deviation >= r) return value < mean ? 1 : 0;
      return mean > 0 ? relativeTo(k, (1 - value / mean) / (1 - deviation / r)) : 0;
    },
  });
}

function requirePositive<Settings extends { readonly k: number; readonly r?: number }>(
  name: string,
  settings: Settings,
): Settings {
  for (const [field, value] of Object.entries({ k: settings.k, r: settings.r ?? 1 })) {
    if (value > 0 && value < Infinity) continue;
    throw new RangeError(
      `Cannot label by ${name}'s threshold with ${/^r$/.test(field) ? "an" : "a"} ${field} of ${value}: ` +
        "a positive number is wanted.",
    );
  }
  return settings;
}

function localLabeller(
  compute: Compute,
  { windowSize, confidence, ...method }: Pick<Labeller, "id" | "settings"> & {
    readonly about: MethodDescription;
    readonly windowSize: number;
    readonly confidence: (value: number, mean: number, deviation: number) => number;
  },
): Labeller {
  return photoLabeller(compute, {
    ...method,
    stages: [],
    find: async (grey) => {
      using statistics = windowStatistics(grey, windowSize);
      const [values, window] = await compute.read([grey, statistics]);
      return { confidence: values.map((value, i) => confidence(value, window[2 * i], window[2 * i + 1])) };
    },
  });
}
