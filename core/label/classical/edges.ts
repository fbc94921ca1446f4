import { checkArguments, NUMBER, optional } from "../../arguments.ts";
import type { Compute } from "../../gpu/compute.ts";
import { aTrousGradients } from "../../kernels/a_trous.ts";
import { edgePairs } from "../../kernels/edge_pairs.ts";
import { gradientMaxima } from "../../kernels/gradient_maxima.ts";
import { lesser } from "../../kernels/pointwise.ts";
import { connectedPixels } from "../../predict/connected_pixels.ts";
import type { Labeller } from "../labeller.ts";
import type { MethodDescription } from "../method_description.ts";
import { labellerArguments, photoLabeller, type PhotoLabellerOptions } from "../photo_labeller.ts";
import { otsuOf, relativeTo } from "./evidence.ts";

/** Settings of {@linkcode aTrousLabeller}. */
export interface ATrousSettings {
  /** How far apart the two edges of a crack may lie, in pixels, a positive integer. Default: 17. */
  readonly width: number;
}

/** Settings of {@linkcode cannyLabeller}. */
export interface CannySettings extends ATrousSettings {
  /** The lower threshold of an edge, as a share of the higher, 0..1. Default: 0.4. */
  readonly low: number;
}

/** The settings of {@linkcode aTrousLabeller} where none are given. */
export const defaultATrous: ATrousSettings = { width: 17 };

/** The settings of {@linkcode cannyLabeller} where none are given. */
export const defaultCanny: CannySettings = { width: 17, low: 0.4 };

/** What {@linkcode aTrousLabeller} does. */
export const A_TROUS: MethodDescription = {
  title: "Wavelet edges of two scales that face each other",
  source:
    "after Wang et al. 2007, à trous algorithm for pavement distress; Mallat and Zhong 1992, doi:10.1109/34.142909",
  needs: [],
};

/** What {@linkcode cannyLabeller} does. */
export const CANNY: MethodDescription = {
  title: "Canny's edges of a wavelet scale that face each other",
  source:
    "after Zhao et al. 2010, an improvement of Canny's edges for pavement; Canny 1986, doi:10.1109/TPAMI.1986.4767851",
  needs: [],
};

const ARGUMENTS = {
  aTrous: labellerArguments<ATrousSettings>({ width: optional(NUMBER) }),
  canny: labellerArguments<CannySettings>({ width: optional(NUMBER), low: optional(NUMBER) }),
};

/**
 * A labeller by the undecimated wavelet transform, after K. C. P. Wang, Q. Li and W. Gong, "Wavelet-based pavement distress image edge detection
 * with à trous algorithm", Transportation Research Record 2024 (2007):
 *
 * 1. the wavelet gradients of the grey values at the scales 2 and 3, {@linkcode aTrousGradients}, and their maxima along the gradient: edges;
 * 2. a pixel's evidence at a scale is the weaker of the two edges that it lies between, dark sides towards it, at most `width` pixels apart;
 * 3. crack is where the smaller evidence of both scales is in the highest of three classes by Otsu's method.
 *
 * The transform is the source's, of which the abstract is known to us; scales, the filling between edges and the threshold are ours, the width by
 * training photos of three datasets. The confidence is e / (e + t), e being the evidence and t the threshold.
 *
 * @example
 * ```ts
 * import { aTrousLabeller, decodeImage, openCompute } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * const labeller = aTrousLabeller(compute);
 * const { crackPixels } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(`${crackPixels} pixels are crack`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the width is not a positive integer.
 */
export function aTrousLabeller(
  compute: Compute,
  options: PhotoLabellerOptions<ATrousSettings> = {},
): Labeller {
  checkArguments("label by wavelet edges", ARGUMENTS.aTrous, { compute, options });
  const settings = { ...defaultATrous, ...options.settings };
  requireWidth(settings.width);
  return photoLabeller(compute, {
    ...{ id: "a-trous", about: A_TROUS, settings },
    stages: [2, 3].map((scale) => ({
      key: `between-edges-${scale}`,
      title: `Between edges of scale ${scale}`,
      note: "The weaker of two edges with the pixel on their dark sides.",
      range: [0, 128],
    })),
    find: async (grey, stages) => {
      const [first, ...gradients] = aTrousGradients(grey, 3);
      first.dispose();
      const [fine, coarse] = gradients.map((gradient) => {
        using _ = gradient;
        using edges = gradientMaxima(gradient);
        return edgePairs(edges, settings.width);
      });
      using _fine = fine;
      using _coarse = coarse;
      using both = lesser(fine, coarse);
      const threshold = await otsuOf(both, 3);
      const [values, ...maps] = await compute.read(stages ? [both, fine, coarse] : [both]);
      return { confidence: values.map((value) => relativeTo(threshold, value)), stages: maps };
    },
  });
}

/**
 * A labeller by Canny's edge detector with a wavelet in place of the Gaussian, after H. Zhao, G. Qin and X. Wang, "Improvement of Canny algorithm based
 * on pavement edge detection", International Congress on Image and Signal Processing 2010:
 *
 * 1. the wavelet gradient of scale 2 ({@linkcode aTrousGradients}) and its maxima along the gradient;
 * 2. edges are maxima above a lower threshold that are connected with one above the higher (J. Canny, "A computational approach to edge
 *    detection", IEEE TPAMI 8 (1986), doi:10.1109/TPAMI.1986.4767851);
 * 3. crack lies between edges that face each other with their dark sides, at most `width` pixels apart.
 *
 * The source is not known to us but for what others say of it: a wavelet before Canny's detector, and thresholds that adapt, by a genetic search. Here the
 * higher is below the highest of three classes of maxima by Otsu's method and the lower a share of it; those, and the filling between edges, are ours. The confidence is e / (e + t), e being
 * the weaker of the two edges and t the lower threshold.
 *
 * @example
 * ```ts
 * import { cannyLabeller, decodeImage, openCompute } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * const labeller = cannyLabeller(compute);
 * const { crackPixels } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(`${crackPixels} pixels are crack`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the width is not a positive integer or `low` out of range.
 */
export function cannyLabeller(compute: Compute, options: PhotoLabellerOptions<CannySettings> = {}): Labeller {
  checkArguments("label by Canny's edges", ARGUMENTS.canny, { compute, options });
  const settings = { ...defaultCanny, ...options.settings };
  requireWidth(settings.width);
  if (!(settings.low >= 0 && settings.low <= 1)) {
    throw new RangeError(
      `Cannot label by edges with a low of ${settings.low}: a share of the higher threshold, 0 to 1, is wanted.`,
    );
  }
  return photoLabeller(compute, {
    ...{ id: "canny", about: CANNY, settings },
    stages: [
      { key: "edges", title: "Edges", note: "Edges that stay, and how strong they are.", range: [0, 128] },
      {
        key: "between-edges",
        title: "Between edges",
        note: "The weaker of two edges with the pixel on their dark sides.",
        range: [0, 128],
      },
    ],
    find: async (grey, stages) => {
      const { width, height } = grey;
      const [first, gradient] = aTrousGradients(grey, 2);
      first.dispose();
      using maxima = gradientMaxima(gradient);
      gradient.dispose();
      const edges = await maxima.read();
      const strengths = new Float32Array(width * height)
        .map((_, i) => Math.hypot(edges[2 * i], edges[2 * i + 1]));
      const high = await otsuOfPositive(compute, strengths);
      const low = settings.low * high;
      const kept = hysteresis(strengths, { width, height, low, high });
      const keep = (_: number, i: number) => kept[Math.floor(i / 2)] === 1 ? edges[i] : 0;
      using keptEdges = compute.upload({ width, height, channels: 2, data: edges.map(keep) });
      using evidence = edgePairs(keptEdges, settings.width);
      const values = await evidence.read();
      return {
        confidence: values.map((value) => relativeTo(low, value)),
        stages: stages ? [strengths.map((value, i) => value * kept[i]), values] : undefined,
      };
    },
  });
}

function requireWidth(width: number): void {
  if (Number.isSafeInteger(width) && width > 0) return;
  throw new RangeError(
    `Cannot label by edges with a width of ${width}: a positive number of pixels is wanted.`,
  );
}

/** Otsu's threshold below the highest class of those values that are above 0; half of them where they are alike. */
async function otsuOfPositive(compute: Compute, values: Float32Array): Promise<number> {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return Infinity;
  // Rows of a length that any device takes; what is left of the last repeats the values, evenly enough.
  const width = Math.min(positive.length, 1024), height = Math.ceil(positive.length / width);
  const data = Float32Array.from({ length: width * height }, (_, i) => positive[i % positive.length]);
  using plane = compute.upload({ width, height, channels: 1, data });
  const threshold = await otsuOf(plane, 3);
  return threshold < Infinity ? threshold : positive[0] / 2;
}

/** 1 where a strength exceeds `low` and connected ones of those, of eight neighbours, exceed `high` somewhere. */
function hysteresis(
  strengths: Float32Array,
  { width, height, low, high }: {
    readonly width: number;
    readonly height: number;
    readonly low: number;
    readonly high: number;
  },
): Uint8Array {
  const kept = new Uint8Array(strengths.length);
  const candidates = new Uint8Array(strengths.length).map((_, i) => Number(strengths[i] > low));
  for (const group of connectedPixels(candidates, { width, height })) {
    if (group.some((pixel) => strengths[pixel] > high)) { for (const pixel of group) kept[pixel] = 1; }
  }
  return kept;
}
