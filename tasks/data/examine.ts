import type { DatasetProblem } from "../../core/datasets/layout.ts";
import type { Dataset } from "../../core/datasets/open_dataset.ts";
import { describeForm } from "../../core/datasets/read_mask.ts";
import { fullName, requireSameSize, type Sample, type TruthMask } from "../../core/datasets/sample.ts";
import { luma } from "../../core/images/luma.ts";
import { describeError } from "../cli/errors.ts";
import { Fingerprints } from "./fingerprints.ts";
import { greyOf, outlineOf, swapsSides } from "./mask_fit.ts";
import { exifOrientation, findMisfits, type TriedMask, tryMask } from "./misfits.ts";

/** What was found in a photo and its truth. */
export interface PhotoRecord {
  readonly split: string;
  readonly name: string;
  readonly image: string;
  /** The file of its mask, where there is one. */
  readonly truth?: string;
  /** Undefined where the photo cannot be read. */
  readonly size?: readonly [width: number, height: number];
  /** Whether any crack is shown; undefined where that cannot be read. */
  readonly crack?: boolean;
  /** Pixels of crack, and their share, where there is a mask. */
  readonly crackPixels?: number;
  readonly crackShare?: number;
  /**
   * How much darker crack is than the rest: the difference of their mean grey values, in standard deviations of the photo. Where a mask
   * belongs to another photo it is about 0.
   */
  readonly contrast?: number;
  /**
   * How much darker crack is than what lies 3 to 7 pixels beside it, in standard deviations of the photo there: about 0 where the mask does not
   * belong there.
   */
  readonly edgeContrast?: number;
  /** Whether the photo and its mask are likely not to belong together as they are. */
  readonly misfit?: boolean;
  /** How the mask is stored, as `1-bit PNG of 0/255`. */
  readonly mask?: string;
  /** Why it cannot be used. */
  readonly failure?: string;
  /** What to look at: an empty mask, a duplicate. */
  readonly warnings: readonly string[];
}

/** A photo that occurs twice. */
export interface DuplicateRecord {
  readonly first: { readonly split: string; readonly name: string };
  readonly second: { readonly split: string; readonly name: string };
  /** Whether every pixel is the same. */
  readonly exact: boolean;
  /** Whether it is in two splits: figures on the one are then no test. */
  readonly acrossSplits: boolean;
  /** Whether it is labelled as a whole, crack here and crack-free there. */
  readonly contradictory: boolean;
}

/** All that was found in a dataset. */
export interface Examination {
  readonly photos: readonly PhotoRecord[];
  readonly problems: readonly DatasetProblem[];
  readonly duplicates: readonly DuplicateRecord[];
}

/** Masks that are crack beyond this share are reported. */
const MAX_CRACK_SHARE = 0.5;

/** Looks at every photo and its truth, one after the other. What cannot be read is recorded, and the rest goes on. */
export async function examine(
  dataset: Dataset,
  onPhoto?: (photo: PhotoRecord) => void,
): Promise<Examination> {
  const fingerprints = new Fingerprints();
  /** Photos in the order of their fingerprints, and the classes of those that are labelled as a whole. */
  const printed: { readonly sample: Sample; readonly whole: boolean | undefined }[] = [];
  const masks = new Map<string, Sample>();
  const duplicates: DuplicateRecord[] = [], photos: PhotoRecord[] = [];
  const tried = new Map<
    TriedMask,
    { readonly at: number; readonly sample: Sample; readonly warnings: string[] }
  >();
  for (const sample of dataset.samples) {
    const { split, name, imagePath, truthPath } = sample;
    const warnings: string[] = [];
    let record: PhotoRecord = { split, name, image: imagePath, truth: truthPath, warnings };
    try {
      const image = await sample.image();
      record = { ...record, size: [image.width, image.height] };
      // Its folder says so: no file is read for it.
      const whole = truthPath === undefined ? await sample.truth() === true : undefined;
      printed.push({ sample, whole });
      const found = (await fingerprints.add(image, split)).map(({ photos: [i], exact }) => {
        const { sample: earlier, whole: before } = printed[i];
        const first = { split: earlier.split, name: earlier.name };
        const contradictory = before !== undefined && whole !== undefined && before !== whole;
        return { first, second: { split, name }, exact, acrossSplits: first.split !== split, contradictory };
      });
      duplicates.push(...found);
      warnings.push(
        ...found.map(({ first, exact, contradictory }) =>
          `${exact ? "same photo as" : "looks like"} ${fullName(first)}${
            contradictory ? ", of the other class" : ""
          }`
        ),
      );
      const truth = await sample.truth();
      if (typeof truth === "boolean") record = { ...record, crack: truth };
      else {
        await requireUpright(image, truth, imagePath);
        requireSameSize(image, truth, imagePath);
        record = { ...record, ...measure(image, truth) };
        const outline = outlineOf(truth);
        const one = outline && tryMask(outline, greyOf(image), { name: fullName(sample), imagePath });
        if (one !== undefined) {
          record = { ...record, edgeContrast: one.contrasts[0] };
          tried.set(one, { at: photos.length, sample, warnings });
        }
        warnings.push(
          ...maskWarnings(record),
          ...truth.note === undefined ? [] : [truth.note.replace(/\.$/, "")],
        );
        if (found.length === 0) warnings.push(...await repeatedMask(masks, sample, truth, record));
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      record = { ...record, failure: describeError(error) };
    }
    photos.push(record);
    onPhoto?.(record);
  }
  const misfits = await findMisfits(
    [...tried.keys()],
    async (one) => greyOf(await tried.get(one)!.sample.image()),
  );
  for (const { tried: one, reason } of misfits) {
    const { at, warnings } = tried.get(one)!;
    warnings.push(reason);
    photos[at] = { ...photos[at], misfit: true };
  }
  return { photos, problems: dataset.problems, duplicates };
}

/**
 * Refuses a mask that was drawn on a photo as it is stored, whose EXIF orientation swaps its sides.
 *
 * @throws {RangeError} that says so.
 */
async function requireUpright(
  { width, height }: ImageData,
  mask: TruthMask,
  imagePath: string,
): Promise<void> {
  if (width === height || mask.width !== height || mask.height !== width) return;
  const orientation = exifOrientation(await Deno.readFile(imagePath));
  if (!swapsSides(orientation)) return;
  throw new RangeError(
    `Cannot use ${imagePath}: its mask, ${mask.width} × ${mask.height}, was drawn on the photo as it is stored; its EXIF orientation, ${orientation}, ` +
      `makes it ${width} × ${height}; turn the mask, too.`,
  );
}

function measure({ data }: ImageData, mask: TruthMask): Partial<PhotoRecord> {
  const { data: truth, weight } = mask;
  let count = 0, crackPixels = 0, crackSum = 0, sum = 0, squares = 0;
  for (let i = 0, at = 0; i < truth.length; i++, at += 4) {
    if (weight?.[i] === 0) continue;
    count++;
    const grey = luma(data, at);
    sum += grey;
    squares += grey * grey;
    if (truth[i] === 1) {
      crackPixels++;
      crackSum += grey;
    }
  }
  const rest = count - crackPixels;
  const deviation = count === 0 ? 0 : Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  const contrast = crackPixels === 0 || rest === 0 || deviation < 1e-6
    ? undefined
    : ((sum - crackSum) / rest - crackSum / crackPixels) / deviation;
  return {
    crack: crackPixels > 0,
    crackPixels,
    crackShare: count === 0 ? 0 : crackPixels / count,
    contrast,
    mask: describeForm(mask),
  };
}

function maskWarnings({ crackPixels, crackShare = 0 }: PhotoRecord): string[] {
  if (crackPixels === 0) return ["empty mask"];
  if (crackShare > MAX_CRACK_SHARE) return [`${Math.round(100 * crackShare)} % crack: inverted?`];
  return [];
}

/** Whether a mask with crack is, pixel by pixel, that of another photo. */
async function repeatedMask(
  masks: Map<string, Sample>,
  sample: Sample,
  { width, data }: TruthMask,
  { crackPixels = 0 }: PhotoRecord,
): Promise<string[]> {
  if (crackPixels === 0 || crackPixels === data.length) return [];
  const digest = await crypto.subtle.digest("SHA-256", Uint8Array.from(data));
  const key = `${width} ${new Uint8Array(digest).toHex()}`;
  const first = masks.get(key);
  if (first !== undefined) return [`same mask as ${fullName(first)}`];
  masks.set(key, sample);
  return [];
}
