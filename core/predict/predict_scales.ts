import {
  argumentsSchema,
  callback,
  checkArguments,
  IMAGE,
  listOf,
  NUMBER,
  ofType,
  optional,
  optionsSchema,
  type Schema,
} from "../arguments.ts";
import type { Compute, Plane } from "../gpu/compute.ts";
import { COMPUTE } from "../gpu/schemas.ts";
import { confidenceSums } from "../kernels/confidence_sums.ts";
import { fuseScales, type FuseScalesOptions, levelWeights } from "../kernels/fuse_scales.ts";
import { coverTransparent } from "../images/cover_transparent.ts";
import { resize } from "../kernels/resize.ts";
import { detailSpectrum, startingScale } from "./detail_spectrum.ts";
import {
  PREDICT_IMAGE_OPTIONS,
  type PredictImageOptions,
  type Prediction,
  predictionOf,
} from "./predict_image.ts";
import { predictTiles, type PredictTilesOptions } from "./predict_tiles.ts";
import { resampledPicture } from "./resampled_picture.ts";
import { countTiles, defaultOverlap, defaultTile } from "./tiles.ts";
import { warningOf } from "./warning.ts";

/** At which scales a photo is shown to a network, and how what it says there is joined. */
export interface ScaleSettings {
  /** How many scales are looked at, each half of the one before; fewer where a photo gets too small. */
  readonly levels: number;
  /** The first scale: `auto` by the detail of the photo, or sides over the photo's sides, such as 1 or 0.5. */
  readonly start: "auto" | number;
  /**
   * How much more a level counts the more decided it is: levels are weighted by the power `selectivity` of Σ p² / Σ p, their mean confidence
   * where they claim crack. 0: all alike; the greater, the nearer to the most decided level alone.
   */
  readonly selectivity: number;
  /**
   * By how much a small photo that is as sharp as its pixels allow is enlarged at most, where `start` is `auto`: cracks of a pixel or two are seen better then. From 1
   * on; 1: not at all.
   */
  readonly enlargement: number;
}

/** Options of {@linkcode predictAtScales}. */
export interface PredictAtScalesOptions extends PredictImageOptions, Partial<ScaleSettings> {
  /** The detail of the photo at each octave, from {@linkcode detailSpectrum}. Measured where it is left out and `start` is `auto`. */
  spectrum?: readonly number[];
  /** Called for each level, largest first, with what the network says there: h × w × 1, 0..1, which is disposed of afterwards. */
  onLevel?: (confidence: Plane, scale: number) => Promise<void> | void;
  /**
   * Whether what the levels say together can be: where not, the coarsest of them is left out, down to the first alone. What is dark and wide,
   * such as shade, looks like a crack when seen from far away. Default: any prediction is accepted.
   */
  accept?: (joined: Prediction) => boolean;
}

/** Where a segmentation network sees crack in an image that it was shown at several scales. */
export interface ScaledPrediction extends Prediction {
  /** The scales looked at, largest first, and what each counted: 0 if it was left out; the weights sum to 1. */
  readonly scales: readonly { readonly scale: number; readonly weight: number }[];
  /** A sentence where the photo is out of what the network knows. */
  readonly warning?: string;
}

/** The scales of {@linkcode predictAtScales} unless others are asked for. */
export const defaultScales: ScaleSettings = {
  levels: 4,
  start: "auto",
  selectivity: 16,
  enlargement: 1.5,
};

/** The shorter side that a level has at least, in pixels, unless it is the first: smaller pictures show a network next to nothing. */
const LEAST_SIDE = 32;

/** Beyond, a hair's breadth between two levels would decide. */
const MOST_SELECTIVE = 1000;

/** Pixels of the joined map that are made together. */
const STRIP_PIXELS = 2 ** 22;

/** `auto` or a number: {@linkcode requireScales} knows which. */
const START: Schema<"auto" | number> = ofType('"auto" or a number', "string", "number");

/** The types of the settings. */
export const SCALE_SETTINGS: Schema<ScaleSettings> = optionsSchema<ScaleSettings>({
  levels: NUMBER,
  start: START,
  selectivity: NUMBER,
  enlargement: NUMBER,
});

const ARGUMENTS = argumentsSchema({
  compute: COMPUTE,
  image: IMAGE,
  options: optionsSchema<PredictAtScalesOptions>({
    ...PREDICT_IMAGE_OPTIONS,
    levels: optional(NUMBER),
    start: optional(START),
    selectivity: optional(NUMBER),
    enlargement: optional(NUMBER),
    spectrum: optional(listOf(NUMBER, "a list of numbers")),
    onLevel: optional(callback()),
    accept: optional(callback()),
  }),
});

/**
 * Marks the crack pixels of an image of any resolution: shows it to a segmentation network at several scales and joins what it says.
 *
 * A network knows cracks of the widths that it was trained on. The first level is the smallest scale at which the photo loses no detail,
 * so that a photo enlarged or out of focus gives what it would give at its own resolution, and a small one that is as sharp as its pixels allow is enlarged; further levels
 * find cracks wider than the network knows. A level is shown in tiles as by {@linkcode predictImage}.
 *
 * @example With an untrained network
 * ```ts
 * import { createSegmenter, decodeImage, openCompute, predictAtScales } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using segmenter = createSegmenter({ arch: "unet", width: 1 / 64 });
 * const image = await decodeImage(await Deno.readFile("tasks/demo/304.jpg"));
 * const { scales } = await predictAtScales(compute, image, { segmenter, levels: 2 });
 * console.log(scales.map(({ scale }) => scale)); // [1, 0.5]
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if `levels` is no positive integer, `start` no positive number, `selectivity` not within 0 … 1000 or `enlargement` below 1; if the tiles do not
 * fit the device, naming tiles that do; or if `tile` and `overlap` do not fit together.
 */
export async function predictAtScales(
  compute: Compute,
  photo: ImageData,
  options: PredictAtScalesOptions,
): Promise<ScaledPrediction> {
  checkArguments("predict", ARGUMENTS, { compute, image: photo, options });
  const { image, clear } = coverTransparent(photo);
  const { segmenter, threshold = 0.5, onLevel, onProgress, accept = () => true } = options;
  const { width, height } = image;
  const tile = options.tile ?? await defaultTile(compute, segmenter);
  const tiles = { tile, overlap: options.overlap ?? defaultOverlap(tile) };
  const { levels, start, selectivity, enlargement } = { ...defaultScales, ...options };
  requireScales({ levels, start, selectivity, enlargement });
  const spectrum = options.spectrum ?? (start === "auto" ? await detailSpectrum(compute, image) : undefined);
  const first = start === "auto" ? startingScale(spectrum ?? [], { width, height, enlargement }) : start;
  const scales = scalesOf(image, { levels, first });
  const total = scales.reduce((sum, scale) => sum + countTiles(sizeAt(image, scale), tiles), 0);
  let done = 0;
  const onTile = () => onProgress?.({ unit: "tile", done: ++done, total });
  const maps: Plane[] = [];
  try {
    for (const scale of scales) {
      const map = compute.create({ ...sizeAt(image, scale), channels: 1 });
      maps.push(map);
      await predictLevel(compute, image, { segmenter, map, onTile, ...tiles });
      await onLevel?.(map, scale);
    }
    for (let used = maps.length;; used--) {
      const { confidence, weights } = await readLevels(compute, maps.slice(0, used), {
        selectivity,
        width,
        height,
      });
      clear(confidence);
      const prediction = predictionOf(confidence, { segmenter, width, height, threshold });
      if (used > 1 && !accept(prediction)) continue;
      const looked = scales.map((scale, l) => ({ scale, weight: weights[l] ?? 0 }));
      const warning = warningOf(prediction, { scales: looked, spectrum });
      return { ...prediction, scales: looked, ...(warning === undefined ? {} : { warning }) };
    }
  } finally {
    for (const map of maps) map.dispose();
  }
}

/** @throws {RangeError} for settings that name no scales. */
export function requireScales({ levels, start, selectivity, enlargement }: ScaleSettings): void {
  if (!Number.isSafeInteger(levels) || levels < 1) {
    throw new RangeError(`Cannot predict at ${levels} scales: a positive integer is wanted.`);
  }
  if (start !== "auto" && !(start > 0 && start < Infinity)) {
    throw new RangeError(`Cannot predict from the scale ${start} on: a positive number or "auto" is wanted.`);
  }
  if (!(selectivity >= 0 && selectivity <= MOST_SELECTIVE)) {
    throw new RangeError(
      `Cannot weight levels with a selectivity of ${selectivity}: a number from 0 to ${MOST_SELECTIVE} is wanted.`,
    );
  }
  if (!(enlargement >= 1 && enlargement < Infinity)) {
    throw new RangeError(`Cannot enlarge photos by ${enlargement}: a number from 1 on is wanted.`);
  }
}

/** Sides of an image in pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** The sides of an image at a scale, in whole pixels. */
export function sizeAt({ width, height }: Size, scale: number): Size {
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: side(width), height: side(height) };
}

/** Each half of the one before, as long as the image is not too small. */
function scalesOf(
  image: Size,
  { levels, first }: { readonly levels: number; readonly first: number },
): number[] {
  const scales = Array.from({ length: levels }, (_, l) => first / 2 ** l);
  return scales.filter((scale, l) => l === 0 || Math.min(image.width, image.height) * scale >= LEAST_SIDE);
}

/** Fills a map with the confidences of an image at the map's size. */
async function predictLevel(
  compute: Compute,
  image: ImageData,
  { map, ...options }: Omit<PredictTilesOptions, "store"> & { readonly map: Plane },
): Promise<void> {
  const { width } = map;
  await predictTiles(compute, resampledPicture(compute, image, map), {
    ...options,
    store: (strip, [first, end]) =>
      compute.copy(strip, map, { to: first * width, length: (end - first) * width }),
  });
}

/** What the levels say together, and what each counts. */
async function readLevels(
  compute: Compute,
  maps: readonly Plane[],
  { selectivity, width, height }: Size & Pick<FuseScalesOptions, "selectivity">,
): Promise<{ readonly confidence: Float32Array<ArrayBuffer>; readonly weights: readonly number[] }> {
  using sums = sumsOf(compute, maps);
  using fused = joinLevels(compute, maps, { sums, selectivity, width, height });
  const [confidence, read] = await compute.read([fused, sums]);
  return { confidence, weights: levelWeights(read, selectivity) };
}

/** Σ p and Σ p² of each map: L × 1 × 2. */
function sumsOf(compute: Compute, maps: readonly Plane[]): Plane {
  const all = compute.create({ width: 1, height: maps.length, channels: 2 });
  for (const [level, map] of maps.entries()) {
    using sums = confidenceSums(map);
    compute.copy(sums, all, { to: 2 * level });
  }
  return all;
}

/** The maps brought to one size and joined, strip by strip: the largest itself where nothing is to be joined. */
function joinLevels(
  compute: Compute,
  maps: readonly Plane[],
  { sums, selectivity, width, height }: Size & FuseScalesOptions,
): Plane {
  const whole = compute.create({ width, height, channels: 1 });
  if (maps.length === 1 && maps[0].width === width && maps[0].height === height) {
    compute.copy(maps[0], whole);
    return whole;
  }
  const step = Math.max(1, Math.floor(STRIP_PIXELS / width));
  for (let top = 0; top < height; top += step) {
    const rows = [top, Math.min(height, top + step)] as const;
    const levels = maps.map((map) => resize(map, { width, height, filter: "bilinear", rows }));
    try {
      using fused = fuseScales(levels, { sums, selectivity });
      compute.copy(fused, whole, { to: top * width });
    } finally {
      for (const level of levels) level.dispose();
    }
  }
  return whole;
}
