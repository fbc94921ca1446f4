import { readJpegHeader } from "../../core/images/codecs/jpeg_header.ts";
import { readPngChunks } from "../../core/images/codecs/png_chunks.ts";
import { readTiffLayout } from "../../core/images/codecs/tiff_layout.ts";
import { sniffFormat } from "../../core/images/image_format.ts";
import {
  contrastOf,
  type ExifOrientation,
  type GreyPhoto,
  type MaskOutline,
  ORIENTATIONS,
} from "./mask_fit.ts";

/** A photo and its mask, as they were tried on each other. */
export interface TriedMask {
  readonly imagePath: string;
  /** What messages call the photo. */
  readonly name: string;
  readonly outline: MaskOutline;
  /** How dark crack is against what lies beside it, with the mask turned by each orientation; undefined where it does not fit then. */
  readonly contrasts: readonly (number | undefined)[];
}

/** A mask that does not seem to be that of its photo, and why. */
export interface Misfit {
  readonly tried: TriedMask;
  readonly reason: string;
}

/** Tries a mask on its photo, as it is and turned; nothing where there is no crack to try. */
export function tryMask(
  outline: MaskOutline,
  photo: GreyPhoto,
  { name, imagePath }: Pick<TriedMask, "name" | "imagePath">,
): TriedMask | undefined {
  const contrasts = ORIENTATIONS.map((orientation) => contrastOf(outline, photo, orientation));
  return contrasts[0] === undefined ? undefined : { name, imagePath, outline, contrasts };
}

/**
 * Shares of the contrast that is usual in a set. Measured on DCD, CFD, CRACK500 and CrackSC (2026): a mask that fits only turned reaches
 * half of it in 0 of 252 photos of DCD and CFD, 97 of 100 mirrored masks of DCD do, and one photo of either set is below a quarter.
 */
const FITS = 0.5, MISFITS = 0.25;

/** A contrast so many median deviations below the median is out of the usual. */
const OUTLYING = 3;

/** Standard deviations of a normal distribution a median absolute deviation. */
const MAD = 1.4826;

/** Where even the usual contrast is less, nothing is known by it. */
const TELLING = 0.3;

/** Photos by which the usual is known, and masks that are tried on each other, at most. */
const FEWEST = 5, TRIED = 200;

/** What a mask needs, by the orientation in which it fits. */
const TURNS: Readonly<Record<Exclude<ExifOrientation, 1>, string>> = {
  2: "mirrored left to right",
  3: "turned by 180°",
  4: "mirrored top to bottom",
  5: "mirrored along its diagonal",
  6: "turned by 90° clockwise",
  7: "mirrored along its other diagonal",
  8: "turned by 90° counterclockwise",
};

/**
 * Finds masks that do not fit their photos, each by itself: turned or mirrored ones, those drawn on a photo before its EXIF orientation turned it,
 * those of other photos, and those that fit none though most do.
 *
 * @param read gives a photo once more.
 */
export async function findMisfits(
  tried: readonly TriedMask[],
  read: (tried: TriedMask) => Promise<GreyPhoto>,
): Promise<Misfit[]> {
  // Cracks are darker than what lies beside them in most sets, and brighter in some.
  const strongest = tried.map(({ contrasts }) =>
    contrasts.reduce<number>((most, value = 0) => Math.abs(value) > Math.abs(most) ? value : most, 0)
  );
  const sign = Math.sign(strongest.reduce((sum, value) => sum + value, 0)) || 1;
  const usual = median(strongest.map((value) => sign * value));
  if (usual < TELLING) return [];
  const own = (one: TriedMask) => sign * one.contrasts[0]!;
  const misfits: Misfit[] = [];
  const low: TriedMask[] = [];
  for (const one of tried) {
    const best = ORIENTATIONS.slice(1).reduce<ExifOrientation>(
      (most, next) => contrastAt(one, next, sign) > contrastAt(one, most, sign) ? next : most,
      2,
    );
    const turned = contrastAt(one, best, sign);
    if (turned > FITS * usual && own(one) < FITS * turned) {
      misfits.push({ tried: one, reason: await describeTurn(one.imagePath, best as keyof typeof TURNS) });
    } else if (own(one) < MISFITS * usual) low.push(one);
  }
  if (tried.length >= FEWEST) misfits.push(...await judgeLow(low, { tried, sign, usual, read }));
  return misfits;
}

interface Usual {
  readonly tried: readonly TriedMask[];
  readonly sign: number;
  readonly usual: number;
  readonly read: (tried: TriedMask) => Promise<GreyPhoto>;
}

/** Which of the masks that fit badly are those of others among them; of the rest those that are out of the usual. */
async function judgeLow(low: readonly TriedMask[], { tried, sign, usual, read }: Usual): Promise<Misfit[]> {
  const own = tried.map(({ contrasts }) => sign * contrasts[0]!);
  const middle = median(own);
  const outlying = middle - OUTLYING * MAD * median(own.map((value) => Math.abs(value - middle)));
  // What a mask reaches on a photo that it has nothing to do with: that of turned masks.
  const chance = MAD *
    median(
      tried.flatMap(({ contrasts }) => contrasts.slice(1).flatMap((value) => Math.abs(value ?? NaN)))
        .filter((value) => !Number.isNaN(value)),
    );
  const misfits: Misfit[] = [];
  const candidates = low.slice(0, TRIED);
  for (const one of low) {
    const photo = await read(one);
    let owner: TriedMask | undefined, most = Math.max(FITS * usual, OUTLYING * chance);
    for (const other of candidates) {
      const contrast = other === one ? undefined : contrastOf(other.outline, photo);
      if (contrast !== undefined && sign * contrast > most) [owner, most] = [other, sign * contrast];
    }
    const figures = `contrast ${one.contrasts[0]!.toFixed(2)}, usually ${(sign * usual).toFixed(2)}`;
    if (owner !== undefined) {
      misfits.push({
        tried: one,
        reason: `the mask of ${owner.name} fits it better: exchanged? (${figures})`,
      });
    } else if (sign * one.contrasts[0]! < outlying) {
      misfits.push({
        tried: one,
        reason: `crack is not told from what lies beside it: another photo's mask, or shifted? (${figures})`,
      });
    }
  }
  return misfits;
}

function contrastAt({ contrasts }: TriedMask, orientation: ExifOrientation, sign: number): number {
  const contrast = contrasts[orientation - 1];
  return contrast === undefined ? -Infinity : sign * contrast;
}

async function describeTurn(imagePath: string, orientation: keyof typeof TURNS): Promise<string> {
  const stored = exifOrientation(await Deno.readFile(imagePath));
  const turn = TURNS[orientation];
  return stored === orientation
    ? `its mask was drawn on the photo as it is stored, before its EXIF orientation, ${stored}, turns it: it fits when ${turn}`
    : `its mask fits only when ${turn}`;
}

/** How a file says that its image is to be turned: 1..8, 1 where it says nothing. */
export function exifOrientation(bytes: Uint8Array): number {
  switch (sniffFormat(bytes).decoder) {
    case "jpeg":
      return readJpegHeader(bytes).orientation;
    case "png":
      return readPngChunks(bytes).orientation;
    case "tiff":
      return readTiffLayout(bytes).orientation;
    default:
      return 1;
  }
}

function median(values: readonly number[]): number {
  const ascending = values.toSorted((a, b) => a - b), middle = ascending.length >> 1;
  if (ascending.length === 0) return 0;
  return ascending.length % 2 === 1 ? ascending[middle] : (ascending[middle - 1] + ascending[middle]) / 2;
}
