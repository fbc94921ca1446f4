import { randomStream } from "../random.ts";
import { cutSquare, type Orientation, ORIENTATIONS, resamplePatch } from "./cut_window.ts";
import { crackPixels, type DecodedPhoto, type PhotoSource, type WeighedTruth } from "./decoded_photo.ts";
import type { Canvas } from "./drawn/canvas.ts";
import { CRACK_MOTIFS, type Motif, MOTIFS, paintMotif } from "./drawn/motifs.ts";
import type { CropBatch, CropSampler } from "./random_crops.ts";

/**
 * What crops of a training show, each by its share of them: the shares are relative. All come from the same photos; on some something is
 * drawn, whose truth is known to the pixel.
 */
export interface CropMix {
  /** Places with pixels that are labelled crack, as they are. */
  readonly labelled: number;
  /** Places that are known to be without a crack, as they are. */
  readonly clear: number;
  /** Drawn cracks. */
  readonly cracks: number;
  /** Drawn grids of joints between tiles, bricks or panels. */
  readonly joints: number;
  /** The same with a drawn crack across them. */
  readonly crackedJoints: number;
  /** What else is mistaken for cracks, drawn: shadow edges, wires, stains and so on. */
  readonly distractors: number;
}

/** Options of {@linkcode taughtCropSampler}. */
export interface TaughtCropsOptions {
  /** Side of the crops, in pixels. */
  readonly size: number;
  /** Crops a step. */
  readonly batch: number;
  /** Crops of the training. */
  readonly crops: number;
  /** The least and the most that a crop is enlarged; each by a factor between them, its logarithm uniform. */
  readonly zoom: readonly [least: number, most: number];
  readonly mix: CropMix;
  readonly seed: number;
}

/** What is drawn without being a crack, joints aside. */
const DISTRACTORS = MOTIFS.filter((motif) => !CRACK_MOTIFS.includes(motif) && motif !== "joints");

/** Share of a photo's pixels that must be known clear before things are drawn there. */
const LEAST_CLEAR = 0.05;

/** Places that are looked at for the clearest. */
const ATTEMPTS = 4;

/** How much larger than a photo's shorter side a place may be: what lies outside is mirrored. */
const OVERHANG = 1.25;

/** Pixels between those that are looked at to judge a place. */
const PROBE = 8;

/**
 * Training on photos of which only patches are labelled: crops at random places, enlarged or made smaller, turned, and on a part of them drawn
 * cracks and what is mistaken for cracks. A drawn crack is true to the pixel, so that a network can begin to learn where no pixel was ever
 * labelled.
 *
 * Each photo is looked at once beforehand. The batch of a step depends on its number and the seed alone.
 *
 * @throws {RangeError} if there is no photo of a kind that has a share.
 */
export async function taughtCropSampler(
  source: PhotoSource<WeighedTruth>,
  { size, batch, crops, zoom, mix, seed }: TaughtCropsOptions,
): Promise<CropSampler> {
  const { cracks, labelled, clear } = await sortPhotos(source);
  const kinds = Object.entries(mix) as [keyof CropMix, number][];
  for (const [kind, share] of kinds) {
    const turns = kind === "labelled" ? labelled : clear;
    if (share > 0 && turns.length === 0) {
      throw new RangeError(
        kind === "labelled"
          ? "Cannot draw crops with labelled cracks: no photo has one; at least 1 is wanted."
          : "Cannot draw on crack-free ground: no photo has any that is known to be free of cracks; at least 1 is wanted.",
      );
    }
  }
  const stepsPerEpoch = Math.ceil(crops / batch);
  return {
    cropsPerEpoch: stepsPerEpoch * batch,
    stepsPerEpoch,
    async batch(step) {
      const random = randomStream(seed, step);
      const area = size * size;
      const pixels = new Uint8Array(batch * area * 3);
      const truth = new Uint8Array(batch * area), weight = new Uint8Array(batch * area);
      for (let i = 0; i < batch; i++) {
        const kind = choose(kinds, random);
        const index = choose(kind === "labelled" ? labelled : clear, random);
        const photo = await source.photo(index);
        const crop = makeCrop(photo, {
          kind,
          size,
          zoom,
          cracks: kind === "labelled" ? cracks.get(index) : undefined,
          random,
        });
        pixels.set(crop.pixels, i * area * 3);
        truth.set(crop.truth, i * area);
        weight.set(crop.weight, i * area);
      }
      return { count: batch, width: size, height: size, pixels, truth, weight } satisfies CropBatch;
    },
  };
}

/** Something, and how often it is to be chosen beside others. */
type Turn<T> = readonly [thing: T, share: number];

function choose<T>(turns: readonly Turn<T>[], random: () => number): T {
  let left = random() * turns.reduce((sum, [, share]) => sum + share, 0);
  for (const [thing, share] of turns) {
    left -= share;
    if (left < 0) return thing;
  }
  return turns[turns.length - 1][0];
}

/** What photos are good for, by their indices. */
interface SortedPhotos {
  /** The crack pixels of those with labelled cracks: to look for them again for each crop would cost more than the crop. */
  readonly cracks: ReadonlyMap<number, Uint32Array>;
  readonly labelled: readonly Turn<number>[];
  readonly clear: readonly Turn<number>[];
}

/** Photos with labelled cracks, and those with clear ground; each has its turn as often as it has pixels, or clear ones. */
async function sortPhotos(
  source: PhotoSource<WeighedTruth>,
): Promise<SortedPhotos> {
  const cracks = new Map<number, Uint32Array>();
  const labelled: Turn<number>[] = [], clear: Turn<number>[] = [];
  for (let index = 0; index < source.count; index++) {
    const { width, height, truth: known } = await source.photo(index);
    const found = labelledCracks(known);
    if (found.length > 0) {
      cracks.set(index, found);
      labelled.push([index, width * height]);
    }
    const { truth, weight } = known;
    const free = truth.reduce((sum, value, i) => sum + Number(value === 0 && weight[i] === 255), 0);
    if (free >= LEAST_CLEAR * truth.length) clear.push([index, free]);
  }
  return { cracks, labelled, clear };
}

/** A crop with its truth and what its pixels count. */
interface Crop extends WeighedTruth {
  readonly pixels: Uint8Array;
}

interface CropWanted {
  readonly kind: keyof CropMix;
  readonly size: number;
  readonly zoom: readonly [least: number, most: number];
  /** The labelled crack pixels of which one is to be shown. */
  readonly cracks?: Uint32Array;
  readonly random: () => number;
}

function makeCrop(
  photo: DecodedPhoto<WeighedTruth>,
  { kind, size, zoom: [least, most], cracks, random }: CropWanted,
): Crop {
  const { width, height } = photo;
  const zoom = least * (most / least) ** random();
  const side = Math.max(1, Math.round(Math.min(size / zoom, OVERHANG * Math.min(width, height))));
  const place = cracks === undefined
    ? clearPlace(photo, { side, random })
    : crackedPlace(photo, { side, cracks, random });
  const orientation = ORIENTATIONS[Math.floor(random() * ORIENTATIONS.length)];
  const motif = motifOf(kind, random);
  // What is drawn before the crop is brought to its size is as sharp or as blurred as the photo then is.
  const first = motif !== undefined && random() < 0.5;
  let crop = cut(photo, { ...place, side, orientation, size: first ? side : size });
  if (motif !== undefined) crop = draw(crop, { motif, side: first ? side : size, random });
  return first ? resample(crop, side, size) : crop;
}

function motifOf(kind: keyof CropMix, random: () => number): Motif | undefined {
  switch (kind) {
    case "labelled":
    case "clear":
      return undefined;
    case "cracks":
    case "joints":
      return kind;
    case "crackedJoints":
      return "cracked-joints";
    case "distractors":
      return DISTRACTORS[Math.floor(random() * DISTRACTORS.length)];
  }
}

/** Where a crop begins: its upper left pixel, which may lie outside the photo. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** A random place with a labelled crack pixel, each as likely as any other. */
function crackedPlace(
  { width, height }: DecodedPhoto<WeighedTruth>,
  { side, cracks, random }: {
    readonly side: number;
    readonly cracks: Uint32Array;
    readonly random: () => number;
  },
): Place {
  const pixel = cracks[Math.floor(random() * cracks.length)];
  const around = (at: number, length: number): number => {
    if (length <= side) return centre(length, side);
    return Math.min(length - side, Math.max(0, at - Math.floor(random() * side)));
  };
  return { x: around(pixel % width, width), y: around(Math.floor(pixel / width), height) };
}

/** The indices of the pixels that are labelled crack, ascending. */
function labelledCracks({ truth, weight }: WeighedTruth): Uint32Array {
  return crackPixels(truth.map((value, i) => Number(value >= 128 && weight[i] > 0)));
}

/** Of a few random places that with the most pixels that are known to be clear. */
function clearPlace(
  { width, height, truth: { truth, weight } }: DecodedPhoto<WeighedTruth>,
  { side, random }: { readonly side: number; readonly random: () => number },
): Place {
  let best = { x: 0, y: 0 }, most = -1;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [x, y] = [width, height].map((length) =>
      length <= side ? centre(length, side) : Math.floor(random() * (length - side + 1))
    );
    let found = 0;
    for (let v = Math.max(0, y); v < Math.min(height, y + side); v += PROBE) {
      for (let u = Math.max(0, x); u < Math.min(width, x + side); u += PROBE) {
        if (truth[v * width + u] === 0 && weight[v * width + u] === 255) found++;
      }
    }
    if (found > most) [best, most] = [{ x, y }, found];
  }
  return best;
}

/** Where the crop of a photo that is smaller begins. */
function centre(length: number, side: number): number {
  return Math.ceil((length - side) / 2);
}

interface CropPlace {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly orientation: Orientation;
  readonly size: number;
}

function cut(
  { width, height, pixels, truth }: DecodedPhoto<WeighedTruth>,
  { x, y, side, orientation, size }: CropPlace,
): Crop {
  const of = (data: Uint8Array, channels: number): Uint8Array => {
    const target = new Uint8Array(size * size * channels);
    cutSquare({ width, height, channels, data }, { x, y, size: side }, { orientation, size, target });
    return target;
  };
  return { pixels: of(pixels, 3), truth: of(truth.truth, 1), weight: of(truth.weight, 1) };
}

/** Where a crack is drawn the truth is known, whatever was before. */
function draw(
  { pixels, truth, weight }: Crop,
  { motif, side, random }: { readonly motif: Motif; readonly side: number; readonly random: () => number },
): Crop {
  const canvas: Canvas = { width: side, height: side, pixels, crack: new Uint8Array(side * side) };
  paintMotif(canvas, motif, random);
  for (const [i, coverage] of canvas.crack.entries()) {
    if (coverage === 0) continue;
    truth[i] = Math.max(truth[i], coverage);
    weight[i] = Math.max(weight[i], coverage);
  }
  return { pixels, truth, weight };
}

function resample({ pixels, truth, weight }: Crop, from: number, to: number): Crop {
  if (from === to) return { pixels, truth, weight };
  const of = (patch: Uint8Array, channels: number): Uint8Array => {
    const target = new Uint8Array(to * to * channels);
    resamplePatch(patch, { from, to, channels, target });
    return target;
  };
  return { pixels: of(pixels, 3), truth: of(truth, 1), weight: of(weight, 1) };
}
