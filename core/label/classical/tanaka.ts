import { checkArguments, NUMBER, optional } from "../../arguments.ts";
import type { Compute } from "../../gpu/compute.ts";
import { bilateralFilter } from "../../kernels/bilateral_filter.ts";
import { closeAlongLines, openAlongLines } from "../../kernels/line_morphology.ts";
import { close } from "../../kernels/morphology.ts";
import { binarise, subtract } from "../../kernels/pointwise.ts";
import { dropSpecks } from "../confined/specks.ts";
import type { Labeller } from "../labeller.ts";
import type { MethodDescription } from "../method_description.ts";
import { labellerArguments, photoLabeller, type PhotoLabellerOptions } from "../photo_labeller.ts";
import { agreeing, otsuOf, relativeTo } from "./evidence.ts";

/** Settings of {@linkcode tanakaLabeller}. */
export interface TanakaSettings {
  /** Radius of the bilateral filter that smooths grain, in pixels, from 0 (none) on. Default: 2, as in the paper's method. */
  readonly smoothing: number;
  /** Length of the lines that fill cracks, in pixels, odd: what is wider than that is no crack. Default: 25. */
  readonly width: number;
  /** How long what is filled has to be straight for, in pixels, odd. Default: 15. */
  readonly length: number;
  /** Connected pixels that a crack has at least. Default: 50. */
  readonly least: number;
}

/** The settings of {@linkcode tanakaLabeller} where none are given. */
export const defaultTanaka: TanakaSettings = { smoothing: 2, width: 25, length: 15, least: 50 };

/** What {@linkcode tanakaLabeller} does. */
export const TANAKA: MethodDescription = {
  title: "Morphology: what lines fill, where it is long",
  source:
    "after Tanaka and Uematsu 1998, A crack detection method in road surface images using morphology, MVA",
  needs: [],
};

const ARGUMENTS = labellerArguments<TanakaSettings>({
  smoothing: optional(NUMBER),
  width: optional(NUMBER),
  length: optional(NUMBER),
  least: optional(NUMBER),
});

/** Eight ways, 22.5° apart. */
const ANGLES = Array.from({ length: 8 }, (_, i) => 22.5 * i);

/**
 * A labeller by mathematical morphology, after N. Tanaka and K. Uematsu, "A crack detection method in road surface images using morphology",
 * IAPR Workshop on Machine Vision Applications 1998, pp. 154–157:
 *
 * 1. T = max_θ closing(I, line of `width` along θ) − I: what is dark and narrower than that, I being smoothed by a bilateral filter;
 * 2. L = max_θ opening(T, line of `length` along θ): where it is long and straight;
 * 3. the highest of three classes of L by Otsu's method, a closing by 3 × 3, and pieces of fewer than `least` pixels are dropped.
 *
 * θ goes in steps of 22.5°. Only what the method is made of is known to us (dark pixels, linear features of some directions, linking of them):
 * these steps and all values are ours, chosen by training photos of three datasets. The confidence is L / (L + t), t being the threshold, cut to what the mask says.
 *
 * @example
 * ```ts
 * import { decodeImage, openCompute, tanakaLabeller } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * const labeller = tanakaLabeller(compute);
 * const { crackPixels } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(`${crackPixels} pixels are crack`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if a length is not odd, the radius no integer from 0 on, or fewer than no pixels are wanted.
 */
export function tanakaLabeller(
  compute: Compute,
  options: PhotoLabellerOptions<TanakaSettings> = {},
): Labeller {
  checkArguments("label by morphology", ARGUMENTS, { compute, options });
  const settings = { ...defaultTanaka, ...options.settings };
  const { smoothing, width: filled, length: straight, least } = settings;
  if (!Number.isSafeInteger(smoothing) || smoothing < 0) {
    throw new RangeError(
      `Cannot label by morphology with a smoothing of ${smoothing}: a radius in pixels, 0 or more, is wanted.`,
    );
  }
  for (const [field, value] of Object.entries({ width: filled, length: straight })) {
    if (Number.isSafeInteger(value) && value > 0 && value % 2 === 1) continue;
    throw new RangeError(
      `Cannot label by morphology with a ${field} of ${value}: an odd number of pixels is wanted.`,
    );
  }
  if (!(least >= 0)) {
    throw new RangeError(
      `Cannot label by morphology with pieces of at least ${least} pixels: a number from 0 on is wanted.`,
    );
  }
  const lines = (length: number) => ANGLES.map((angle) => ({ length, angle }));
  return photoLabeller(compute, {
    ...{ id: "tanaka", about: TANAKA, settings },
    stages: [
      {
        key: "narrow",
        title: "Narrow and dark",
        note: "How much darker a pixel is than what a line across it fills it with.",
        range: [0, 64],
      },
      {
        key: "long",
        title: "Long",
        note: "The same where it goes on along a straight line.",
        range: [0, 64],
      },
    ],
    find: async (grey, stages) => {
      using smooth = smoothing > 0 ? bilateralFilter(grey, { radius: smoothing }) : undefined;
      const looked = smooth ?? grey;
      using closed = closeAlongLines(looked, lines(filled));
      using narrow = subtract(closed, looked);
      using long = openAlongLines(narrow, lines(straight));
      const threshold = await otsuOf(long, 3);
      const { width, height } = grey;
      // It is infinite where all is alike, and nothing exceeds 255.
      using exceeding = binarise(long, { threshold: Math.min(threshold, 255) });
      using joined = close(exceeding);
      const [joinedMap, longMap, ...narrowMap] = await compute.read([
        joined,
        long,
        ...(stages ? [narrow] : []),
      ]);
      const mask = Uint8Array.from(joinedMap);
      dropSpecks(mask, { width, height, least });
      const confidence = longMap.map((value) => relativeTo(threshold, value));
      return {
        confidence: agreeing(confidence, mask),
        stages: stages ? [...narrowMap, longMap] : undefined,
      };
    },
  });
}
