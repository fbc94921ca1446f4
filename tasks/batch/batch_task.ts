import type { Compute } from "../../core/gpu/compute.ts";
import type { OnProgress } from "../../core/photo_progress.ts";
import type { PhotoOrigin } from "../files/exif.ts";
import type { Photo } from "../files/photo_list.ts";
import type { ReportPart } from "../report/report_index.ts";
import type { FailureRecord, PhotoRecord, Runtime } from "./manifests.ts";
import type { FileRecord } from "./output_files.ts";
import type { Records } from "./record_store.ts";

/** A task that makes files of each photo, with its network loaded. */
export interface BatchTask<Record extends PhotoRecord, Settings extends object, Output> {
  readonly compute: Compute;
  readonly runtime: Runtime;
  /** What the outputs depend on, apart from the photo; it stands in the manifest. */
  readonly settings: Settings;
  /** Pixels of the photos that are computed at a time; a larger photo is computed alone. Default 2²⁰. */
  readonly pixelsAtOnce?: number;
  /** What the samples of its files are: those of masks are numbers. Default: light. */
  readonly samples?: "light" | "stored";
  /** How earlier outputs were made otherwise: what was used then, and what is now. */
  difference(before: Settings): { readonly was: string; readonly is: string } | undefined;
  /** Makes what is to be written of a photo. */
  process(image: ImageData, photo: Photo, onProgress: OnProgress): Promise<Output>;
  /** Writes it, each file whole or not at all. */
  write(name: string, output: Output): Promise<readonly FileRecord[]>;
  /** The record of a photo whose files are written. */
  record(facts: PhotoFacts, output: Output): Record;
  /** The files of an earlier record, with all that are wanted now; undefined where it cannot have had them. */
  filesOf(record: Record): readonly string[] | undefined;
  /** Heading of the report. */
  readonly title: string;
  /** The report, or a part of it, piece by piece. */
  report(photos: ReportedPhotos<Record>): AsyncIterable<string>;
}

/** What a report is about. */
export interface ReportedPhotos<Record extends PhotoRecord> {
  readonly photos: Records<Record>;
  readonly failures: readonly FailureRecord[];
  /** Told of a photo that cannot be shown. */
  readonly onFailure: (failure: FailureRecord) => void;
  /** Which part of the report is wanted, where there are too many photos for one page. */
  readonly part?: ReportPart;
}

/** What a run knows of a photo whose files are written. */
export interface PhotoFacts {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  /** What was chosen or guessed when it was decoded. */
  readonly notes: readonly string[];
  /** What its EXIF data tell. */
  readonly exif: PhotoOrigin | undefined;
  readonly seconds: number;
  /** Now, as ISO 8601 in UTC. */
  readonly now: string;
}

/** What every record of a photo begins with. */
export function recordedPhoto(
  { name, path, sha256, notes, exif }: PhotoFacts,
  { width, height, crackPixels, scales, warning }: Pick<
    PhotoRecord,
    "width" | "height" | "crackPixels" | "scales" | "warning"
  >,
): Omit<PhotoRecord, "seconds"> {
  return {
    ...{ name, path, sha256, width, height, crackPixels, crackShare: crackPixels / (width * height) },
    ...(scales === undefined ? {} : { scales }),
    ...(warning === undefined ? {} : { warning }),
    ...(notes.length === 0 ? {} : { notes }),
    ...(exif === undefined ? {} : { exif }),
  };
}
