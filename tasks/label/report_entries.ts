import { decodeImage } from "../../core/decode_image.ts";
import { encodeJpeg } from "../../core/encode_jpeg.ts";
import { encodePng } from "../../core/encode_png.ts";
import { STAGES } from "../../core/stages.ts";
import { describeError } from "../cli/errors.ts";
import type { LabelledEntry, ReportEntry, ReportStage } from "../report/types.ts";
import type { FailureRecord, PhotoRecord } from "./manifest.ts";
import { maskPath, stagePath } from "./outputs.ts";
import { overlayOf, shrink } from "./shrink.ts";
import { STAGE_NOTES } from "./stage_notes.ts";

/** Longest sides of a report's pictures, in pixels. A page of very many photos gets smaller ones. */
const PREVIEW_SIDE = 1024;
const SMALL_PREVIEW_SIDE = 512;
const MANY_PHOTOS = 300;
const STAGE_SIDE = 480;

async function smallJpeg(path: string, side: number): Promise<Uint8Array> {
  return await encodeJpeg(shrink(await decodeImage(await Deno.readFile(path)), side), { quality: 82 });
}

async function labelledEntry(folder: string, record: PhotoRecord, side: number): Promise<LabelledEntry> {
  const { name, width, height, crackPixels, crackShare, seconds } = record;
  const mask = await decodeImage(await Deno.readFile(maskPath(folder, name)));
  const stages: ReportStage[] = [];
  for (const key of record.stages) {
    stages.push({
      key,
      title: STAGES[key].title,
      note: STAGE_NOTES[key],
      image: await smallJpeg(stagePath(folder, name, key), STAGE_SIDE),
    });
  }
  return {
    name,
    width,
    height,
    preview: await smallJpeg(record.path, side),
    overlay: await encodePng(overlayOf(mask, side)),
    stages,
    crackPixels,
    crackShare,
    usable: record.usableForTraining,
    seconds,
  };
}

/**
 * The photos of a report, made one by one from the photos and from the labels on the disk: so a run that was resumed
 * shows what earlier ones did, and memory stays small.
 *
 * @param folder the folder of labels.
 */
export async function* reportEntries(
  folder: string,
  records: readonly (PhotoRecord | FailureRecord)[],
): AsyncGenerator<ReportEntry> {
  const side = records.length > MANY_PHOTOS ? SMALL_PREVIEW_SIDE : PREVIEW_SIDE;
  for (const record of records) {
    if ("error" in record) {
      yield record;
      continue;
    }
    try {
      yield await labelledEntry(folder, record, side);
    } catch (error) {
      // A photo that was moved away meanwhile, say: the rest of the report is still wanted.
      yield { name: record.name, error: describeError(error) };
    }
  }
}
