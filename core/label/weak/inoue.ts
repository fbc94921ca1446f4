import { checkArguments, NUMBER, optional } from "../../arguments.ts";
import type { Compute } from "../../gpu/compute.ts";
import { predictImage } from "../../predict/predict_image.ts";
import type { Labeller } from "../labeller.ts";
import type { MethodDescription } from "../method_description.ts";
import { labellerArguments, photoLabeller, type PhotoLabellerOptions } from "../photo_labeller.ts";

/** Settings of {@linkcode inoueLabeller}. */
export interface InoueSettings {
  /** A pixel is crack where its confidence exceeds this, 0..1. Default: 0.5. */
  readonly threshold: number;
}

/** The settings of {@linkcode inoueLabeller} where none are given. */
export const defaultInoue: InoueSettings = { threshold: 0.5 };

/** What {@linkcode inoueLabeller} does. */
export const INOUE: MethodDescription = {
  title: "A network trained on coarse masks, times how dark a pixel is in its photo",
  source: "Inoue and Nagayoshi 2020, arXiv:2011.02208",
  needs: ["segmenter"],
};

/** Options of {@linkcode inoueLabeller}: the segmentation network says how sure it is of crack at each pixel. */
export type InoueOptions = PhotoLabellerOptions<InoueSettings, "segmenter">;

const ARGUMENTS = labellerArguments<InoueSettings, "segmenter">({ threshold: optional(NUMBER) }, [
  "segmenter",
]);

/**
 * A labeller by Y. Inoue and H. Nagayoshi, "Crack Detection as a Weakly-Supervised Problem: Towards Achieving Less Annotation-Intensive Crack
 * Detectors", 2020, arXiv:2011.02208: a network that was trained on masks thicker than the cracks marks them as thickly, and the brightness of
 * the photo makes them thin again. With the network's confidence P and the grey values g of the photo, both in 8 bits,
 *
 *     B = 1 − (g − min g) / (max g − min g)        confidence = ⌊255 B P⌋ / 255
 *
 * as the authors' code computes it, extremes being those of the whole photo; a photo of one grey value has no crack (there it divides by 0).
 * Their CLAHE, which their evaluation leaves off, is left out. They name no threshold for a mask and try all: ours is 0.5. The network is any
 * segmentation network; `segmenter:train --fatten` trains one on masks made thick. The one that ships was not.
 *
 * @example
 * ```ts
 * import { decodeImage, inoueLabeller, loadSegmenter, openCompute } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * using segmenter = await loadSegmenter();
 * const labeller = inoueLabeller(compute, { segmenter });
 * const { crackPixels } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(`${crackPixels} pixels are crack`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the threshold is not within 0..1.
 */
export function inoueLabeller(compute: Compute, options: InoueOptions): Labeller {
  checkArguments("label by a network times darkness", ARGUMENTS, { compute, options });
  const { segmenter } = options;
  const settings = { ...defaultInoue, ...options.settings };
  const { threshold } = settings;
  if (!(threshold >= 0 && threshold <= 1)) {
    throw new RangeError(
      `Cannot label by a network times darkness above a threshold of ${threshold}: a number from 0 to 1 is wanted.`,
    );
  }
  return photoLabeller(compute, {
    ...{ id: "inoue", about: INOUE, settings, threshold },
    stages: [
      {
        key: "network",
        title: "Network",
        note: "How sure the segmentation network is of crack: thicker than the crack.",
        range: [0, 1],
      },
      {
        key: "darkness",
        title: "Darkness",
        note: "From 0 for the brightest pixel of the photo to 1 for the darkest.",
        range: [0, 1],
      },
    ],
    find: async (grey, _, image) => {
      const { confidence: network } = await predictImage(compute, image, { segmenter });
      const darkness = normalisedDarkness(await grey.read());
      return {
        confidence: darkenedConfidence(network, darkness),
        stages: [network, Float32Array.from(darkness)],
      };
    },
  });
}

/**
 * How dark each pixel is among those of its photo: 1 for the darkest, 0 for the brightest, and for all of a photo of one grey value.
 *
 * @param grey 0..255, rounded to whole levels.
 * @returns in the float64 that the authors' code computes in: a product that is whole is cut to the number below otherwise.
 */
export function normalisedDarkness(grey: ArrayLike<number>): Float64Array {
  const levels = new Float64Array(grey.length).map((_, i) => Math.round(grey[i]) / 255);
  let least = Infinity, greatest = -Infinity;
  for (const value of levels) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return levels.map((value) => greatest > least ? 1 - (value - least) / (greatest - least) : 0);
}

/** ⌊255 B P⌋ / 255 of each pixel, the network's P, 0..1, being rounded to 8 bits first. */
export function darkenedConfidence(
  network: ArrayLike<number>,
  darkness: Float64Array,
): Float32Array<ArrayBuffer> {
  return new Float32Array(darkness.length).map((_, i) => {
    const p = Math.round(255 * Math.min(1, Math.max(0, network[i]))) / 255;
    return Math.floor(255 * (darkness[i] * p)) / 255;
  });
}
