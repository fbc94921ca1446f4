import { join } from "node:path";
import type { Bitmap } from "../../core/annotations/bitmap.ts";
import { PLAIN_MASKS } from "../../core/annotations/mask_files.ts";
import { listFiles, readFolder, statOrNull } from "../../core/datasets/list_files.ts";
import { brightestOf } from "../../core/datasets/mask_form.ts";
import { matchFiles } from "../../core/datasets/match_files.ts";
import { settleReading } from "../../core/datasets/read_mask.ts";
import type { TruthReader } from "../../core/datasets/sample.ts";
import { decodeFile } from "../../core/images/decode_file.ts";
import { confidencePath, maskPath } from "../batch/maps.ts";
import { runRecords } from "../batch/run_records.ts";
import { UsageError } from "../cli/errors.ts";
import { isFile } from "../files/presence.ts";
import { withExtension } from "../files/output_names.ts";
import { listPhotos, MANIFEST } from "../files/photos.ts";
import { drawnPhotos } from "../studio/drawn_photos.ts";
import { readVerdicts, type ReviewUse } from "../studio/review.ts";

/** A photo of a run, or of a folder of masks. */
export interface MaskedPhoto {
  /** The name of its outputs. */
  readonly name: string;
  /** Its mask, or its confidence map where that is cut. */
  readonly mask: string;
  /** Its confidence map, if the run wrote one. */
  readonly confidence?: string;
  /** The photo, if it is known. */
  readonly photo?: string;
  /** Its size, where the run noted it. */
  readonly size?: { readonly width: number; readonly height: number };
  /** What reads the mask, where no run wrote it. */
  readonly read?: TruthReader;
}

/**
 * Lists the masks of a run of `label` or `predict`, of all its shards; those of photos that were marked in the studio; or those of a folder of masks.
 *
 * @param folder the run's folder, that of the photos, or one of PNG files.
 * @param options `photos`: folders in which the photos lie; without, they are where they were. `reviewed`: how what people decided about a run's
 * masks is taken.
 * @throws {UsageError} if there is no mask.
 */
export async function listMasks(
  folder: string,
  { photos, reviewed = "prefer" }: { readonly photos: readonly string[]; readonly reviewed?: ReviewUse },
): Promise<MaskedPhoto[]> {
  if (!(await statOrNull(folder))?.isDirectory) {
    throw new UsageError(`Cannot read ${folder}: there is no such folder.`);
  }
  const found = photos.length === 0 ? undefined : (await listPhotos(photos)).photos;
  const byName = found && new Map(found.map(({ name, path }) => [name, path]));
  const records = await runRecords(folder);
  if (records !== undefined) {
    const verdictOf = await readVerdicts(folder, reviewed);
    const masks = records.flatMap(({ name, path, width, height }): MaskedPhoto[] => {
      const { counts, corrected } = verdictOf(name);
      if (!counts) return [];
      const photo = byName === undefined ? path : byName.get(name) ?? `${name} in ${photos.join(", ")}`;
      const size = { width, height };
      return corrected === undefined
        ? [{ name, mask: maskPath(folder, name), confidence: confidencePath(folder, name), photo, size }]
        // What a person drew, no network was sure of.
        : [{ name, mask: corrected, photo, size }];
    });
    if (masks.length > 0 || records.length === 0) return masks;
    throw new UsageError(
      `Cannot use ${folder}: with --reviewed ${reviewed} none of its ${records.length} masks is left; accept some with deno task studio, or ` +
        "take all with --reviewed ignore.",
    );
  }
  const drawn = await drawnPhotos(folder, reviewed);
  if (drawn !== undefined) {
    return drawn.flatMap(({ name, path, mask }) =>
      mask === undefined ? [] : [{ name, mask, photo: byName?.get(name) ?? path }]
    );
  }
  const { files: names, folders } = await readFolder(folder);
  const foreign = names.find((name) => MANIFEST.test(name));
  if (foreign !== undefined) {
    throw new UsageError(
      `Cannot use ${folder}: its ${foreign} is not from label or predict; give the folder that one of them wrote.`,
    );
  }
  const within = folders.includes("masks") ? join(folder, "masks") : folder;
  const masks = await listFiles(within, /\.png$/i);
  if (masks.length === 0) {
    throw new UsageError(
      `Cannot use ${folder}: it is not a run of label or predict, and there is no PNG file of a mask in it.`,
    );
  }
  const { read } = await settleReading(masks.map(({ path }) => path), PLAIN_MASKS);
  const files = found?.map(({ name, path }) => ({ stem: name, path }));
  const photoOf = new Map(files && matchFiles(files, masks).pairs.map(({ photo, truth }) => [truth, photo]));
  return masks.map((mask) => {
    const photo = photoOf.get(mask);
    if (photo !== undefined) return { name: photo.stem, mask: mask.path, photo: photo.path, read };
    const missing = files && { photo: `${mask.stem} in ${photos.join(", ")}` };
    return { name: mask.stem, mask: mask.path, ...missing, read };
  });
}

/** The file of a photo below a folder of photos: its name, and the extension of its file. */
export function fileOf({ name, photo, mask }: MaskedPhoto): string {
  return withExtension(name, photo ?? mask);
}

/** A mask, and how surely each pixel of it is crack, 0..255, where that is known. */
export interface ReadMask extends Bitmap {
  readonly confidence?: Uint8Array;
}

/**
 * Reads the mask of a photo.
 *
 * @param options `sure`: what of the confidence map is crack, 0..1; without, what the mask says. `score`: whether to read the confidence map, too.
 * @throws {RangeError} if the mask has other values than 0 and 255, or another size than the run noted; else what Deno and `decodeFile` throw.
 */
export async function readRunMask(
  { mask, confidence, size, read }: MaskedPhoto,
  { sure, score }: { readonly sure: number | undefined; readonly score: boolean },
): Promise<ReadMask> {
  if (sure === undefined && read !== undefined) return await read(await Deno.readFile(mask));
  const path = sure === undefined ? mask : confidence ?? mask;
  const values = await readGrey(path);
  const { width, height } = values;
  if (size !== undefined && (size.width !== width || size.height !== height)) {
    throw new RangeError(
      `Cannot use ${path}: it is ${width} × ${height}, but its photo was ${size.width} × ${size.height}.`,
    );
  }
  if (sure !== undefined) {
    const data = values.data.map((value) => value > 0 && value >= 255 * sure ? 1 : 0);
    return { width, height, data, confidence: values.data };
  }
  const odd = values.data.findIndex((value) => value !== 0 && value !== 255);
  if (odd >= 0) {
    throw new RangeError(
      `Cannot use ${path}: its pixel (${odd % width}, ${Math.floor(odd / width)}) is ${
        values.data[odd]
      } where ` +
        "0 or 255 is wanted; say with --sure from which share of 255 on it is crack.",
    );
  }
  const data = values.data.map((value) => value === 0 ? 0 : 1);
  if (!score || confidence === undefined || !await isFile(confidence)) return { width, height, data };
  const map = await readGrey(confidence);
  if (map.width !== width || map.height !== height) {
    throw new RangeError(
      `Cannot use ${confidence}: it is ${map.width} × ${map.height}, but its mask is ${width} × ${height}.`,
    );
  }
  return { width, height, data, confidence: map.data };
}

async function readGrey(path: string): Promise<Bitmap> {
  const { width, height, data } = await decodeFile(await Deno.readFile(path), { samples: "stored" });
  return { width, height, data: brightestOf(data) };
}
