import {
  argumentsSchema,
  checkArguments,
  NUMBER,
  numberOr,
  oneOf,
  optional,
  optionsSchema,
} from "../arguments.ts";
import { permutation, randomStream } from "../random.ts";
import { cutSquare, cutWindow, type Orientation, ORIENTATIONS, type WindowPlace } from "./cut_window.ts";
import { type DecodedPhoto, PHOTO_SOURCE, type PhotoSource, type PixelTruth } from "./decoded_photo.ts";

/** Crops of one size with their masks. */
export interface CropBatch {
  /** How many crops. */
  readonly count: number;
  /** Pixels in a row of a crop. */
  readonly width: number;
  /** Rows of a crop. */
  readonly height: number;
  /** N × H × W × 3 bytes, RGB. */
  readonly pixels: Uint8Array;
  /** N × H × W bytes: 255 for crack, 0 for background, between them a confidence of value / 255. */
  readonly truth: Uint8Array;
  /** N × H × W bytes: what each pixel counts in the loss, as value / 255. Default: all alike. */
  readonly weight?: Uint8Array;
}

/** What training draws its batches from. The batch of a step depends on the step alone, in whatever order they are asked for. */
export interface CropSampler {
  /** Crops of one epoch. */
  readonly cropsPerEpoch: number;
  /** Steps of one epoch. */
  readonly stepsPerEpoch: number;
  /** The crops of a step, counted from 0 over all epochs. */
  batch(step: number): Promise<CropBatch>;
}

/** Options of {@linkcode cropSampler}. */
export interface CropSamplerOptions {
  /** Side of the crops, in pixels; or `whole` for whole photos, mirrored up to a multiple of `multiple`. */
  readonly size: number | "whole";
  /** What both sides of a whole photo are brought to a multiple of. Default 1. */
  readonly multiple?: number;
  /** Crops a step. */
  readonly batch: number;
  /** Crops an epoch, rounded up to whole batches. Default: of each photo as many as cover it. */
  readonly crops?: number;
  /**
   * The most that a crop is enlarged or made smaller. Each is cut smaller or larger by up to this factor, its logarithm uniform, and brought
   * to its size, so that cracks are seen in more widths than the photos have. Default 1: none is.
   */
  readonly zoom?: number;
  /** Chooses the crops: an integer. */
  readonly seed: number;
}

const ARGUMENTS = argumentsSchema({
  source: PHOTO_SOURCE,
  options: optionsSchema<CropSamplerOptions>({
    size: numberOr(oneOf("whole")),
    multiple: optional(NUMBER),
    batch: NUMBER,
    crops: optional(NUMBER),
    zoom: optional(NUMBER),
    seed: NUMBER,
  }),
});

/** Keeps the order of photos apart from what is drawn for a step: no training has so many. */
const FIRST_ROUND = 2 ** 31;

/**
 * Training on crops at random places of photos, in random orientations, which the mask of a photo shares. Photos take turns in random order,
 * larger ones more often, so that no place is seen much more than another.
 *
 * Each photo is looked at once beforehand. Ignored pixels count nothing, and places that show little else are drawn again.
 *
 * @example
 * ```ts
 * import { cropSampler } from "../../mod.ts";
 *
 * const photo = { width: 64, height: 48, pixels: new Uint8Array(64 * 48 * 3), truth: new Uint8Array(64 * 48) };
 * const sampler = await cropSampler({ count: 1, photo: () => photo }, { size: 32, batch: 2, seed: 1 });
 * const { count, pixels } = await sampler.batch(0);
 * console.log(sampler.stepsPerEpoch, count, pixels.length); // 2 2 6144
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if there are no photos, if whole photos of several sizes are to share a batch or to be zoomed, or for a zoom below 1.
 */
export async function cropSampler(
  source: PhotoSource<PixelTruth>,
  options: CropSamplerOptions,
): Promise<CropSampler> {
  checkArguments("draw crops", ARGUMENTS, { source, options });
  const { size, multiple = 1, batch, crops, zoom = 1, seed } = options;
  if (!(zoom >= 1 && zoom < Infinity)) {
    throw new RangeError(`Cannot zoom crops by up to ${zoom}: a number from 1 on is wanted.`);
  }
  if (size === "whole" && zoom > 1) {
    throw new RangeError(`Cannot zoom whole photos by up to ${zoom}: 1 is wanted, or a size of crops.`);
  }
  const turns: number[] = [];
  const sizes = new Set<string>();
  for (let index = 0; index < source.count; index++) {
    const { width, height } = await source.photo(index);
    sizes.add(`${width} × ${height}`);
    const covering = size === "whole" ? 1 : Math.ceil(width / size) * Math.ceil(height / size);
    turns.push(...new Array<number>(covering).fill(index));
  }
  if (turns.length === 0) {
    throw new RangeError("Cannot draw crops: there are 0 photos, at least 1 is wanted.");
  }
  if (size === "whole" && batch > 1 && sizes.size > 1) {
    const [first, second] = sizes;
    throw new RangeError(
      `Cannot put ${batch} whole photos into a batch: they are ${first}, ${second}${
        sizes.size > 2 ? " …" : ""
      }, and one size is wanted; give a batch of 1, or a size of crops.`,
    );
  }
  const stepsPerEpoch = Math.ceil((crops ?? turns.length) / batch);
  let shuffled: { round: number; order: Uint32Array } | undefined;
  const turn = (number: number): number => {
    const round = Math.floor(number / turns.length);
    if (shuffled?.round !== round) {
      shuffled = { round, order: permutation(turns.length, randomStream(seed, FIRST_ROUND + round)) };
    }
    return turns[shuffled.order[number % turns.length]];
  };
  return {
    cropsPerEpoch: stepsPerEpoch * batch,
    stepsPerEpoch,
    async batch(step) {
      const random = randomStream(seed, step);
      const chosen: ChosenCrop[] = [];
      for (let i = 0; i < batch; i++) {
        const photo = await source.photo(turn(step * batch + i));
        const place = size === "whole"
          ? wholePhoto(photo, multiple)
          : knownPlace(photo, { size: sideOf({ size, zoom, random }), random });
        // A transposed rectangle does not fit beside one that is not.
        const orientations = batch === 1 || place.width === place.height
          ? ORIENTATIONS
          : ORIENTATIONS.slice(0, 4);
        chosen.push({ photo, place, orientation: orientations[Math.floor(random() * orientations.length)] });
      }
      return cutCrops(chosen, size);
    },
  };
}

interface ChosenCrop {
  readonly photo: DecodedPhoto<PixelTruth>;
  readonly place: WindowPlace;
  readonly orientation: Orientation;
}

/** Brings square crops to `size`. */
function cutCrops(chosen: readonly ChosenCrop[], size: number | "whole"): CropBatch {
  const [{ place, orientation }] = chosen;
  const turned = orientation >= 4 ? [place.height, place.width] : [place.width, place.height];
  const [width, height] = size === "whole" ? turned : [size, size];
  const area = width * height;
  const pixels = new Uint8Array(chosen.length * area * 3), truth = new Uint8Array(chosen.length * area);
  // Of whole masks every pixel counts.
  const weight = chosen.some(({ photo }) => weightOf(photo.truth) !== undefined)
    ? new Uint8Array(chosen.length * area).fill(255)
    : undefined;
  for (const [i, { photo, place, orientation }] of chosen.entries()) {
    const cut = (channels: number, data: Uint8Array, into: Uint8Array): void => {
      const target = into.subarray(i * area * channels, (i + 1) * area * channels);
      const image = { width: photo.width, height: photo.height, channels, data };
      if (size === "whole") cutWindow(image, place, { orientation, target });
      else cutSquare(image, { ...place, size: place.width }, { orientation, size, target });
    };
    cut(3, photo.pixels, pixels);
    cut(1, photo.truth instanceof Uint8Array ? photo.truth : photo.truth.truth, truth);
    const known = weightOf(photo.truth);
    if (weight !== undefined && known !== undefined) cut(1, known, weight);
  }
  return { count: chosen.length, width, height, pixels, truth, ...weight === undefined ? {} : { weight } };
}

function weightOf(truth: PixelTruth): Uint8Array | undefined {
  return truth instanceof Uint8Array ? undefined : truth.weight;
}

/** Without zoom nothing is drawn for it: the crops are then those of a sampler that knows none. */
function sideOf(
  { size, zoom, random }: { readonly size: number; readonly zoom: number; readonly random: () => number },
): number {
  return zoom === 1 ? size : Math.max(1, Math.round(size * zoom ** (2 * random() - 1)));
}

function wholePhoto({ width, height }: DecodedPhoto<PixelTruth>, multiple: number): WindowPlace {
  const up = (length: number) => multiple * Math.ceil(length / multiple);
  return { x: 0, y: 0, width: up(width), height: up(height) };
}

/** Places that are looked at for one of which at least half is known. */
const ATTEMPTS = 8;

/** A random place; where parts of a photo are ignored, one of which at least half is known, or the most of some. */
function knownPlace(
  photo: DecodedPhoto<PixelTruth>,
  draw: { size: number; random: () => number },
): WindowPlace {
  const weight = weightOf(photo.truth);
  let best = anywhere(photo, draw);
  if (weight === undefined) return best;
  let most = knownIn(weight, photo, best);
  for (let i = 1; i < ATTEMPTS && 2 * most < draw.size * draw.size; i++) {
    const place = anywhere(photo, draw), known = knownIn(weight, photo, place);
    if (known > most) [best, most] = [place, known];
  }
  return best;
}

/** Pixels of a place, within the photo, of which something is known. */
function knownIn(
  weight: Uint8Array,
  { width, height }: DecodedPhoto<PixelTruth>,
  place: WindowPlace,
): number {
  let known = 0;
  const right = Math.min(width, place.x + place.width), bottom = Math.min(height, place.y + place.height);
  for (let y = Math.max(0, place.y); y < bottom; y++) {
    for (let x = Math.max(0, place.x); x < right; x++) if (weight[y * width + x] > 0) known++;
  }
  return known;
}

function anywhere(
  { width, height }: DecodedPhoto<PixelTruth>,
  { size, random }: { size: number; random: () => number },
): WindowPlace {
  // Centred where the photo is smaller.
  const start = (length: number) =>
    length <= size ? Math.ceil((length - size) / 2) : Math.floor(random() * (length - size + 1));
  return { x: start(width), y: start(height), width: size, height: size };
}
