import { decodeFile } from "../../core/images/decode_file.ts";
import { encodeJpeg } from "../../core/images/encode_jpeg.ts";
import { encodePng } from "../../core/images/encode_png.ts";
import { describeError } from "../cli/errors.ts";
import type { PhotoEntry, ReportStage } from "../report/page.ts";
import type { FailedEntry } from "../report/page_parts.ts";
import type { ReportedPhotos } from "./batch_task.ts";
import type { FailureRecord, PhotoRecord } from "./manifests.ts";
import { maskPath } from "./maps.ts";
import { overlayOf, shrink } from "./overlay.ts";

/** Longest sides of a report's images, in pixels. A page of very many photos gets smaller ones. */
const PREVIEW_SIDE = 1024;
const SMALL_PREVIEW_SIDE = 512;
const MANY_PHOTOS = 300;
const STAGE_SIDE = 480;

/** An image of a photo's stage, on the disk. */
export interface StageFile extends Omit<ReportStage, "image"> {
  readonly path: string;
}

/** Options of {@linkcode reportEntries}. */
export interface ReportEntriesOptions<Record, Entry> {
  /** The folder of outputs. */
  readonly folder: string;
  /** The images that stand below a photo. */
  readonly stages: (record: Record) => readonly StageFile[];
  /** Told of a photo that cannot be shown. */
  readonly onFailure: (failure: FailureRecord) => void;
  /** What the task adds to an entry. */
  readonly complete: (entry: PhotoEntry, record: Record) => Entry;
}

async function smallJpeg(path: string, side: number): Promise<Uint8Array> {
  return await encodeJpeg(shrink(await decodeFile(await Deno.readFile(path)), side), { quality: 82 });
}

async function photoEntry(
  record: PhotoRecord,
  { folder, files, side }: { folder: string; files: readonly StageFile[]; side: number },
): Promise<PhotoEntry> {
  const { name, width, height, crackPixels, crackShare, scales, notes = [], seconds } = record;
  const warning = [...notes, record.warning ?? []].flat().join(" ");
  const mask = await decodeFile(await Deno.readFile(maskPath(folder, name)), { samples: "stored" });
  const stages: ReportStage[] = [];
  for (const { path, ...stage } of files) stages.push({ ...stage, image: await smallJpeg(path, STAGE_SIDE) });
  return {
    name,
    width,
    height,
    preview: await smallJpeg(record.path, side),
    overlay: await encodePng(overlayOf(mask, side)),
    stages,
    crackPixels,
    crackShare,
    scales,
    ...(warning === "" ? {} : { warning }),
    seconds,
  };
}

/**
 * The photos of a report, made one by one from the photos and from the outputs on the disk: so a run that was resumed
 * shows what earlier ones did, and memory stays small.
 */
export async function* reportEntries<Record extends PhotoRecord, Entry>(
  { photos, failures, part }: Omit<ReportedPhotos<Record>, "onFailure">,
  { folder, stages, onFailure, complete }: ReportEntriesOptions<Record, Entry>,
): AsyncGenerator<Entry | FailedEntry> {
  const side = (part?.total ?? photos.length) > MANY_PHOTOS ? SMALL_PREVIEW_SIDE : PREVIEW_SIDE;
  for (const record of photos) {
    try {
      yield complete(await photoEntry(record, { folder, files: stages(record), side }), record);
    } catch (error) {
      // A photo that was moved away meanwhile, say: the rest of the report is still wanted.
      const { name, path } = record;
      const failure = { name, path, error: describeError(error) };
      onFailure(failure);
      yield failure;
    }
  }
  yield* failures;
}
