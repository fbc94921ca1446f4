import { checkArguments, NUMBER, optional } from "../../arguments.ts";
import { requireFiniteOutput } from "../../finite.ts";
import type { Compute, Plane } from "../../gpu/compute.ts";
import { uploadImage } from "../../images/upload_image.ts";
import { bilateralFilter } from "../../kernels/bilateral_filter.ts";
import { extractPatchesAt } from "../../kernels/extract_patches_at.ts";
import { windowStatistics } from "../../kernels/window_statistics.ts";
import type { Classifier } from "../classifier.ts";
import type { Labeller } from "../labeller.ts";
import type { MethodDescription } from "../method_description.ts";
import { labellerArguments, photoLabeller, type PhotoLabellerOptions } from "../photo_labeller.ts";
import { twoMeans } from "./two_means.ts";

/** Settings of {@linkcode fanLabeller}. */
export interface FanSettings {
  /** Side of the patches that are classified and thresholded each by itself, in pixels. Default: 32. */
  readonly patchSize: number;
  /** A patch shows crack where the classifier gives it more than this probability, 0..1. Default: 0.8. */
  readonly gate: number;
  /** Radius of the bilateral filter in pixels, 0 for none. Default: 2. */
  readonly radius: number;
  /** Its σ over space, in pixels. Default: 300. */
  readonly sigmaSpace: number;
  /** Its σ over grey values, where white is 1. Default: 0.1. */
  readonly sigmaRange: number;
}

/** The settings of {@linkcode fanLabeller} where none are given. */
export const defaultFan: FanSettings = {
  patchSize: 32,
  gate: 0.8,
  radius: 2,
  sigmaSpace: 300,
  sigmaRange: 0.1,
};

/** What {@linkcode fanLabeller} does. */
export const FAN: MethodDescription = {
  title: "Two classes of grey values in the patches where a classifier finds crack",
  source: "after Fan et al. 2019, doi:10.1109/IVS.2019.8814000",
  needs: ["classifier"],
};

/** Options of {@linkcode fanLabeller}: the classifier says which patches show crack. */
export type FanOptions = PhotoLabellerOptions<FanSettings, "classifier">;

const ARGUMENTS = labellerArguments<FanSettings, "classifier">({
  patchSize: optional(NUMBER),
  gate: optional(NUMBER),
  radius: optional(NUMBER),
  sigmaSpace: optional(NUMBER),
  sigmaRange: optional(NUMBER),
}, ["classifier"]);

/** Rounds of k-means at most. */
const ROUNDS = 100;

/** Patches shown to the classifier at a time. */
const PATCHES_AT_ONCE = 64;

/**
 * A labeller after R. Fan, M. J. Bocus, Y. Zhu, J. Jiao, L. Wang, F. Ma, S. Cheng and M. Liu, "Road Crack Detection Using Deep Convolutional
 * Neural Network and Adaptive Thresholding", IEEE Intelligent Vehicles Symposium 2019, pp. 474–479:
 *
 * 1. a classifier says of each patch whether it shows crack: elsewhere there is none;
 * 2. a bilateral filter smooths the grey values and keeps edges;
 * 3. of each patch with crack, k-means makes two classes of its pixels, in two dimensions: the grey value and the mean of the 3 × 3 pixels
 *    around. The darker class is crack.
 *
 * What is known to us is a summary: the three steps, and that the clustering is two-dimensional. The parameters of the filter are
 * recalled (σ 300 and 0.1). The second dimension, the start from the least and the greatest values, and the classifier, which is whichever
 * Hairline is given in place of theirs, are ours, as is that patches of a larger photo are classified one by one, as their pictures are; the size of patches and the
 * gate were chosen on 20 training photos of DCD. The confidence is
 * d₂² / (d₁² + d₂²), with the distances from the darker and the brighter mean.
 *
 * @example
 * ```ts
 * import { decodeImage, fanLabeller, loadClassifier, openCompute } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * using classifier = await loadClassifier();
 * const labeller = fanLabeller(compute, { classifier });
 * const { crackPixels } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(`${crackPixels} pixels are crack`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if a setting is out of range.
 */
export function fanLabeller(compute: Compute, options: FanOptions): Labeller {
  checkArguments("label by classifying and thresholding", ARGUMENTS, { compute, options });
  const { classifier } = options;
  const settings = { ...defaultFan, ...options.settings };
  requireFan(settings);
  const { patchSize: size, gate, radius, sigmaSpace, sigmaRange } = settings;
  return photoLabeller(compute, {
    ...{ id: "fan", about: FAN, settings },
    stages: [
      {
        key: "patches",
        title: "Patches",
        note: "How sure the classifier is of crack in the patch of a pixel.",
        range: [0, 1],
      },
      {
        key: "smoothed",
        title: "Smoothed",
        note: "Grey values after the bilateral filter.",
        range: [0, 255],
      },
    ],
    find: async (grey, _, image) => {
      const { width, height } = image;
      using smoothing = radius > 0
        ? bilateralFilter(grey, { radius, sigmaSpace, sigmaRange: 255 * sigmaRange })
        : undefined;
      const smooth = smoothing ?? grey;
      using around = windowStatistics(smooth, 3);
      const [values, statistics] = await compute.read([smooth, around]);
      using colours = uploadImage(compute, image);
      const cells = [...cellsOf({ width, height }, size)];
      const scores = await scoreCells(colours, cells, { classifier, size });
      const patches = new Float32Array(width * height), confidence = new Float32Array(width * height);
      for (const [i, cell] of cells.entries()) {
        for (const at of pixelsOf(cell, width)) patches[at] = scores[i];
        if (scores[i] > gate) thresholdCell(confidence, cell, { width, height, size, values, statistics });
      }
      return { confidence, stages: [patches, values] };
    },
  });
}

/** @throws {RangeError} that names the first setting that is out of range. */
function requireFan({ patchSize, gate, radius, sigmaSpace, sigmaRange }: FanSettings): void {
  const demand = (fits: boolean, found: string, wanted: string): void => {
    if (fits) return;
    throw new RangeError(`Cannot label by classifying and thresholding with ${found}: ${wanted} is wanted.`);
  };
  demand(
    Number.isSafeInteger(patchSize) && patchSize >= 3,
    `patches of ${patchSize} pixels`,
    "a whole number from 3 on",
  );
  demand(gate >= 0 && gate <= 1, `a gate of ${gate}`, "a number from 0 to 1");
  demand(
    Number.isSafeInteger(radius) && radius >= 0,
    `a radius of ${radius}`,
    "a whole number of pixels from 0 on",
  );
  for (const [name, value] of Object.entries({ sigmaSpace, sigmaRange })) {
    demand(value > 0 && value < Infinity, `a ${name} of ${value}`, "a positive number");
  }
}

/** A part of a photo, and the patch that it is judged by. */
interface Cell {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Where the patch begins: at the left and top, or earlier where it would stick out of the photo. */
  readonly x: number;
  readonly y: number;
}

/** A grid over a photo. Patches lie within it; one that is larger than the photo begins with it. */
function* cellsOf(
  { width, height }: { readonly width: number; readonly height: number },
  size: number,
): Generator<Cell> {
  for (let top = 0; top < height; top += size) {
    for (let left = 0; left < width; left += size) {
      yield {
        ...{ left, top, right: Math.min(width, left + size), bottom: Math.min(height, top + size) },
        ...{ x: Math.max(0, Math.min(left, width - size)), y: Math.max(0, Math.min(top, height - size)) },
      };
    }
  }
}

/** The places of a cell's pixels in a map. */
function* pixelsOf(
  { left, top, right, bottom }: Pick<Cell, "left" | "top" | "right" | "bottom">,
  width: number,
): Generator<number> {
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) yield y * width + x;
  }
}

/** The probability of crack of each cell's patch. */
async function scoreCells(
  colours: Plane,
  cells: readonly Cell[],
  { classifier, size }: { readonly classifier: Classifier; readonly size: number },
): Promise<Float32Array> {
  const scores = new Float32Array(cells.length);
  for (let first = 0; first < cells.length; first += PATCHES_AT_ONCE) {
    const some = cells.slice(first, first + PATCHES_AT_ONCE);
    using patches = extractPatchesAt(colours, {
      size,
      at: Int32Array.from(some.flatMap(({ x, y }) => [x, y, 0, 0])),
    });
    using batch = await classifier.scorePatches(patches, size);
    scores.set(await batch.read(), first);
  }
  requireFiniteOutput(scores, classifier.name);
  return scores;
}

/** Writes the confidences of a cell: the two classes are those of its patch, within the photo. */
function thresholdCell(
  confidence: Float32Array,
  cell: Cell,
  { width, height, size, values, statistics }: {
    readonly width: number;
    readonly height: number;
    readonly size: number;
    readonly values: Float32Array;
    readonly statistics: Float32Array;
  },
): void {
  const { x, y } = cell;
  const patch = { left: x, top: y, right: Math.min(width, x + size), bottom: Math.min(height, y + size) };
  const places = Int32Array.from(pixelsOf(patch, width));
  const classes = twoMeans(
    Float64Array.from(places, (at) => values[at]),
    Float64Array.from(places, (at) => statistics[2 * at]),
    { rounds: ROUNDS },
  );
  if (classes === undefined) return;
  const across = patch.right - patch.left;
  for (const at of pixelsOf(cell, width)) {
    const column = at % width - x, row = Math.floor(at / width) - y;
    confidence[at] = classes.nearness[row * across + column];
  }
}
