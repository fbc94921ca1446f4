import { argumentsSchema, checkArguments, listOf, NUMBER, optional, optionsSchema } from "../arguments.ts";
import { randomStream } from "../random.ts";
import { ORIENTATIONS, type SquarePlace } from "./cut_window.ts";
import { type DecodedPhoto, type PatchTruth, PHOTO_SOURCE, type PhotoSource } from "./decoded_photo.ts";
import {
  type ChosenPatch,
  crackOf,
  cutPatches,
  type PatchSampler,
  patchShowsCrack,
  showsCrack,
} from "./patches.ts";

/** Options of {@linkcode randomSampler}. */
export interface RandomSamplerOptions {
  /** Sides of the patches, in pixels: each batch has one of them, chosen at random. */
  readonly sizes: readonly number[];
  /** Patches a step; every other one shows crack. */
  readonly batch: number;
  /** Patches an epoch, rounded up to whole batches. */
  readonly patches: number;
  /** Chooses the patches: an integer. */
  readonly seed: number;
  /**
   * The width of the margin that is ignored, as a share of a patch's side, 0 to below 0.5. A patch with crack pixels only in its margin
   * belongs to neither class and is never drawn: a few pixels at the edge are ambiguous. Default 0: one pixel anywhere makes a crack.
   */
  readonly ignoreMargin?: number;
  /**
   * The most that a patch is enlarged. Each is cut smaller by a factor from 1 to this, its logarithm uniform, and brought to the batch's
   * size, so that cracks are seen in more widths than the photos have. Default 1: none is.
   */
  readonly zoom?: number;
}

const ARGUMENTS = argumentsSchema({
  source: PHOTO_SOURCE,
  options: optionsSchema<RandomSamplerOptions>({
    sizes: listOf(NUMBER, "a list of sides in pixels"),
    batch: NUMBER,
    patches: NUMBER,
    seed: NUMBER,
    ignoreMargin: optional(NUMBER),
    zoom: optional(NUMBER),
  }),
});

/** Positions tried in one photo, and photos tried, for a patch without crack. */
const POSITIONS = 20;
const PHOTOS = 200;

/**
 * Training on random patches, half of them with crack, in random orientations. A patch with crack is drawn by photo, then by crack pixel,
 * then by where in the patch that pixel lies, all uniformly: so photos with thin cracks count as much as those with wide ones.
 *
 * Each photo is looked at once beforehand.
 *
 * @example
 * ```ts
 * import { randomSampler } from "../../mod.ts";
 *
 * // A crack down the 21st column.
 * const truth = Uint32Array.from({ length: 48 }, (_, y) => y * 64 + 20);
 * const photo = { width: 64, height: 48, pixels: new Uint8Array(64 * 48 * 3), truth };
 * const source = { count: 1, photo: () => photo };
 * const sampler = await randomSampler(source, { sizes: [16], batch: 4, patches: 40, seed: 1 });
 * const { crack } = await sampler.batch(0);
 * console.log(sampler.stepsPerEpoch, crack); // 10 Uint8Array(4) [ 1, 0, 1, 0 ]
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if no photo shows crack, if none can hold a patch without, for a margin outside [0, 0.5) or a zoom below 1.
 */
export async function randomSampler(
  source: PhotoSource<PatchTruth>,
  options: RandomSamplerOptions,
): Promise<PatchSampler> {
  checkArguments("draw patches", ARGUMENTS, { source, options });
  const { sizes, batch, patches, seed, ignoreMargin = 0, zoom = 1 } = options;
  if (!(ignoreMargin >= 0 && ignoreMargin < 0.5)) {
    throw new RangeError(
      `Cannot leave out a rim of ${ignoreMargin} of a patch's side: a share from 0 to below 0.5 is wanted.`,
    );
  }
  if (!(zoom >= 1 && zoom < Infinity)) {
    throw new RangeError(`Cannot enlarge patches up to ${zoom} times: a number from 1 on is wanted.`);
  }
  const cracked: number[] = [], clear: number[] = [];
  for (let index = 0; index < source.count; index++) {
    const photo = await source.photo(index);
    if (showsCrack(photo)) cracked.push(index);
    if (photo.truth !== true) clear.push(index);
  }
  if (cracked.length === 0 || clear.length === 0) {
    const missing = cracked.length === 0 ? "shows a crack" : "has a place without crack";
    throw new RangeError(
      `Cannot draw patches of both classes: none of the ${source.count} photos ${missing}.`,
    );
  }
  const stepsPerEpoch = Math.ceil(patches / batch);
  return {
    patchesPerEpoch: stepsPerEpoch * batch,
    stepsPerEpoch,
    async batch(step) {
      const random = randomStream(seed, step);
      const full = pick(sizes, random);
      const chosen: ChosenPatch[] = [];
      for (let i = 0; i < batch; i++) {
        const orientation = pick(ORIENTATIONS, random);
        // Without zoom nothing is drawn for it: the patches are then those of a sampler that knows none.
        const size = zoom === 1 ? full : Math.max(1, Math.round(full / zoom ** random()));
        const patch = i % 2 === 0
          ? await crackPatch(source, { photos: cracked, size, ignoreMargin, random })
          : await clearPatch(source, { photos: clear, size, random });
        chosen.push({ ...patch, orientation });
      }
      return cutPatches(source, chosen, { size: full });
    },
  };
}

interface Draw {
  readonly photos: readonly number[];
  readonly size: number;
  readonly random: () => number;
}

type Drawn = Omit<ChosenPatch, "orientation">;

async function crackPatch(
  source: PhotoSource<PatchTruth>,
  draw: Draw & { readonly ignoreMargin: number },
): Promise<Drawn> {
  const { photos, size, random, ignoreMargin } = draw;
  const index = pick(photos, random);
  const photo = await source.photo(index);
  const { width, height, truth } = photo;
  if (typeof truth === "boolean") return { photo: index, ...anywhere(photo, draw), crack: true };
  const pixel = pick(crackOf(truth), random);
  const margin = Math.floor(ignoreMargin * size);
  // Where in the patch that pixel lies; at the photo's border the patch moves inwards.
  const inPatch = () => margin + Math.floor(random() * (size - 2 * margin));
  const x = inside(pixel % width - inPatch(), width, size);
  const y = inside(Math.floor(pixel / width) - inPatch(), height, size);
  return { photo: index, x, y, size, crack: true };
}

async function clearPatch(source: PhotoSource<PatchTruth>, draw: Draw): Promise<Drawn> {
  const { photos, size, random } = draw;
  for (let i = 0; i < PHOTOS; i++) {
    const index = pick(photos, random);
    const photo = await source.photo(index);
    for (let k = 0; k < POSITIONS; k++) {
      const place = anywhere(photo, draw);
      if (patchShowsCrack(photo, place) === false) return { photo: index, ...place, crack: false };
    }
  }
  throw new RangeError(
    `Cannot find a patch of ${size} × ${size} without crack: ${
      PHOTOS * POSITIONS
    } random places of ${photos.length} ` +
      `photos all show some; use smaller patches or add photos without crack.`,
  );
}

function anywhere(
  { width, height }: Pick<DecodedPhoto<PatchTruth>, "width" | "height">,
  { size, random }: Draw,
): SquarePlace {
  const start = (length: number) => inside(Math.floor(random() * (length - size + 1)), length, size);
  return { x: start(width), y: start(height), size };
}

/** Keeps a patch inside a side, or centres it where the side is shorter. */
function inside(start: number, length: number, size: number): number {
  if (length <= size) return Math.ceil((length - size) / 2);
  return Math.min(Math.max(start, 0), length - size);
}

function pick<T>(items: ArrayLike<T>, random: () => number): T {
  return items[Math.floor(random() * items.length)];
}
