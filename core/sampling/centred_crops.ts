import { argumentsSchema, checkArguments, NUMBER, optional, optionsSchema } from "../arguments.ts";
import { randomStream } from "../random.ts";
import { cutWindow, ORIENTATIONS } from "./cut_window.ts";
import { type DecodedPhoto, PHOTO_SOURCE, type PhotoSource, type PixelTruth } from "./decoded_photo.ts";
import type { CropSampler } from "./random_crops.ts";

/** Options of {@linkcode centredCropSampler}. */
export interface CentredCropSamplerOptions {
  /** Side of the crops, in pixels: an odd number. */
  readonly size: number;
  /** Crops a step. */
  readonly batch: number;
  /** Crops an epoch, rounded up to whole batches. Default: as many as cover the photos. */
  readonly crops?: number;
  /** Of so many crops one has crack in its middle. Default 4. */
  readonly crackEvery?: number;
  /** Chooses the crops: an integer. */
  readonly seed: number;
}

const ARGUMENTS = argumentsSchema({
  source: PHOTO_SOURCE,
  options: optionsSchema<CentredCropSamplerOptions>({
    size: NUMBER,
    batch: NUMBER,
    crops: optional(NUMBER),
    crackEvery: optional(NUMBER),
    seed: NUMBER,
  }),
});

/** From which value on a pixel is crack. */
const CRACK = 128;

/** Pixels tried in one photo, and photos tried, for one that is not crack. */
const PIXELS = 50, PHOTOS = 200;

/**
 * Training on crops around single pixels, for networks that mark the middle of what they see. One of `crackEvery` lies around a crack pixel, drawn by
 * photo, then by pixel; the others around pixels that are not crack. Ignored pixels are never in the middle. Outside a photo crops are mirrored.
 *
 * Each photo is looked at once beforehand.
 *
 * @example
 * ```ts
 * import { centredCropSampler } from "../../mod.ts";
 *
 * // A crack down the 21st column.
 * const truth = Uint8Array.from({ length: 64 * 48 }, (_, i) => i % 64 === 20 ? 255 : 0);
 * const photo = { width: 64, height: 48, pixels: new Uint8Array(64 * 48 * 3), truth };
 * const sampler = await centredCropSampler({ count: 1, photo: () => photo }, { size: 27, batch: 8, seed: 1 });
 * const { count, truth: masks } = await sampler.batch(0);
 * console.log(count, masks[13 * 27 + 13]); // 8 255
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} for a size that is no odd number, if no photo shows crack, or if none has a pixel without.
 */
export async function centredCropSampler(
  source: PhotoSource<PixelTruth>,
  options: CentredCropSamplerOptions,
): Promise<CropSampler> {
  checkArguments("draw crops", ARGUMENTS, { source, options });
  const { size, batch, crops, crackEvery = 4, seed } = options;
  if (!(Number.isSafeInteger(size) && size > 0 && size % 2 === 1)) {
    throw new RangeError(`Cannot centre crops of ${size} pixels: an odd number is wanted.`);
  }
  const cracked: Cracks[] = [];
  const clear: number[] = [];
  let covering = 0;
  for (let index = 0; index < source.count; index++) {
    const photo = await source.photo(index);
    covering += Math.ceil(photo.width / size) * Math.ceil(photo.height / size);
    const { crack, others } = countKnown(photo);
    if (crack.length > 0) cracked.push({ index, pixels: crack });
    if (others > 0) clear.push(index);
  }
  if (cracked.length === 0 || clear.length === 0) {
    const missing = cracked.length === 0 ? "a crack pixel" : "a pixel without crack";
    throw new RangeError(
      `Cannot draw crops with crack in their middle and without: none of the ${source.count} photos has ${missing}.`,
    );
  }
  const stepsPerEpoch = Math.ceil((crops ?? covering) / batch);
  return {
    cropsPerEpoch: stepsPerEpoch * batch,
    stepsPerEpoch,
    async batch(step) {
      const random = randomStream(seed, step);
      const area = size ** 2;
      const pixels = new Uint8Array(batch * area * 3);
      const truth = new Uint8Array(batch * area);
      let weight: Uint8Array | undefined;
      for (let i = 0; i < batch; i++) {
        const orientation = pick(ORIENTATIONS, random);
        const { photo, pixel } = i % crackEvery === 0
          ? await crackPixel(source, cracked, random)
          : await clearPixel(source, clear, random);
        const { width, height } = photo;
        const x = pixel % width - (size - 1) / 2, y = Math.floor(pixel / width) - (size - 1) / 2;
        const cut = (channels: number, data: Uint8Array, into: Uint8Array): void => {
          const target = into.subarray(i * area * channels, (i + 1) * area * channels);
          cutWindow({ width, height, channels, data }, { x, y, width: size, height: size }, {
            orientation,
            target,
          });
        };
        const known = knownTruth(photo.truth);
        cut(3, photo.pixels, pixels);
        cut(1, known.truth, truth);
        if (known.weight === undefined) continue;
        // Of whole masks every pixel counts.
        weight ??= new Uint8Array(batch * area).fill(255);
        cut(1, known.weight, weight);
      }
      const masks = { truth, ...weight === undefined ? {} : { weight } };
      return { count: batch, width: size, height: size, pixels, ...masks };
    },
  };
}

/** A pixel of a photo. */
interface Centre {
  readonly photo: DecodedPhoto<PixelTruth>;
  readonly pixel: number;
}

/** The crack pixels of a photo. */
interface Cracks {
  readonly index: number;
  readonly pixels: Uint32Array;
}

async function crackPixel(
  source: PhotoSource<PixelTruth>,
  cracked: readonly Cracks[],
  random: () => number,
): Promise<Centre> {
  const { index, pixels } = pick(cracked, random);
  return { photo: await source.photo(index), pixel: pick(pixels, random) };
}

async function clearPixel(
  source: PhotoSource<PixelTruth>,
  clear: readonly number[],
  random: () => number,
): Promise<Centre> {
  for (let i = 0; i < PHOTOS; i++) {
    const photo = await source.photo(pick(clear, random));
    const { truth, weight } = knownTruth(photo.truth);
    for (let k = 0; k < PIXELS; k++) {
      const pixel = Math.floor(random() * truth.length);
      if (truth[pixel] < CRACK && weight?.[pixel] !== 0) return { photo, pixel };
    }
  }
  throw new RangeError(
    `Cannot find a pixel without crack: ${
      PHOTOS * PIXELS
    } of ${clear.length} photos are all crack or ignored.`,
  );
}

function pick<T>(list: ArrayLike<T>, random: () => number): T {
  return list[Math.floor(random() * list.length)];
}

function knownTruth(truth: PixelTruth): { readonly truth: Uint8Array; readonly weight?: Uint8Array } {
  return truth instanceof Uint8Array ? { truth } : truth;
}

/** Where the crack pixels of a photo are, and how many known ones are not crack. */
function countKnown(photo: DecodedPhoto<PixelTruth>): { crack: Uint32Array; others: number } {
  const { truth, weight } = knownTruth(photo.truth);
  const crack: number[] = [];
  let others = 0;
  for (const [pixel, value] of truth.entries()) {
    if (weight?.[pixel] === 0) continue;
    if (value >= CRACK) crack.push(pixel);
    else others++;
  }
  return { crack: Uint32Array.from(crack), others };
}
