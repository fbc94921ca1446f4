import { join } from "node:path";
import { splitMask } from "../../core/datasets/mask_form.ts";
import type { TruthReader } from "../../core/datasets/sample.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import { decodeFile } from "../../core/images/decode_file.ts";
import { bandOf, type WidthBands } from "../../core/measure/bands.ts";
import type { CrackMeasurement } from "../../core/measure/crack_measurement.ts";
import { measureCracks } from "../../core/measure/measure_cracks.ts";
import { type BatchOptions, type BatchSummary, runOverPhotos } from "../batch/batch_run.ts";
import { type BatchTask, type PhotoFacts, recordedPhoto, type ReportedPhotos } from "../batch/batch_task.ts";
import { type PlannedPhoto, type PlanOptions, planOverPhotos } from "../batch/plan_photos.ts";
import type { Runtime, TaskNouns } from "../batch/manifests.ts";
import { type FileRecord, writeOutput } from "../batch/output_files.ts";
import { type PhotoOrigin, readExifOrigin } from "../files/exif.ts";
import type { Photo } from "../files/photo_list.ts";
import { unlessMissing } from "../files/presence.ts";
import {
  madeAt,
  MEASURE_MANIFEST,
  type MeasuredFile,
  type MeasureSettings,
  type PhotoRecord,
  settingsDifference,
} from "./manifest.ts";
import type { PhotosOfMasks } from "./find_masks.ts";
import { measureReport } from "./measure_report.ts";
import { scaleOf, type ScaleSource } from "./photo_scale.ts";
import { readMeasured, writeTables } from "./tables.ts";

/** What to measure, how, and where to. */
export interface MeasurePhotosOptions extends BatchOptions {
  /** The photo of each mask, by the mask's path. */
  readonly photos: PhotosOfMasks;
  /** What reads a mask that is no run's, by its path. Default: all are runs'. */
  readonly readerOf?: (mask: string) => TruthReader | undefined;
  readonly scale: ScaleSource;
  readonly bands: WidthBands | undefined;
  /** Whether to leave out spurs. */
  readonly prune: boolean;
  /** Heading of the report. */
  readonly title: string;
}

/** What masks are measured with. */
export interface Session {
  readonly compute: Compute;
  readonly runtime: Runtime;
}

/** What came out. */
export interface MeasureSummary extends BatchSummary<PhotoRecord> {
  /** The tables of all photos; none of a part of the work. */
  readonly tables: readonly string[];
}

const NOUNS: TaskNouns = { task: "measure", output: "measurement", outputs: "measurements" };

/** `measured/NAME.json` in a folder of measurements. */
export function measuredPath(folder: string, name: string): string {
  return join(folder, "measured", `${name}.json`);
}

/** What was measured in a photo, and what is to be noted of it. */
interface MeasureOutput {
  readonly mask: string;
  readonly photo: string | undefined;
  readonly measurement: CrackMeasurement;
  readonly bands: readonly (string | undefined)[];
  readonly warning: string | undefined;
  /** What was chosen or guessed when the mask was read and the photo was decoded. */
  readonly notes: readonly string[];
  /** Where, when and with what the photo was taken. */
  readonly exif: PhotoOrigin | undefined;
}

/** The measurement of each mask, with its file. */
class MeasureTask implements BatchTask<PhotoRecord, MeasureSettings, MeasureOutput> {
  readonly compute: Compute;
  readonly runtime: Runtime;
  readonly settings: MeasureSettings;
  readonly samples = "stored";
  readonly #options: MeasurePhotosOptions;

  constructor(options: MeasurePhotosOptions, { compute, runtime }: Session) {
    const { scale, prune, bands } = options;
    this.compute = compute;
    this.runtime = runtime;
    this.settings = { scale, prune, ...(bands === undefined ? {} : { bands }) };
    this.#options = options;
  }

  get title(): string {
    return this.#options.title;
  }

  difference(before: MeasureSettings): { was: string; is: string } | undefined {
    return settingsDifference(before, this.settings);
  }

  async process(image: ImageData, { name, path }: Photo): Promise<MeasureOutput> {
    const { scale, prune, bands, photos, readerOf } = this.#options;
    const { width, height } = image;
    const read = readerOf?.(path);
    const { data, note } = read === undefined
      ? { ...splitMask(image, { rule: "recognise" }), note: undefined }
      : await read(await Deno.readFile(path));
    const photo = photos.get(path);
    const bytes = photo === undefined ? undefined : await unlessMissing(Deno.readFile(photo));
    const notes = note === undefined ? [] : [note];
    const onNote = (note: string) => notes.push(note);
    const picture = bytes === undefined ? undefined : await decodeFile(bytes, { onNote });
    const { mmPerPixel, problem } = await scaleOf(
      scale,
      name,
      bytes === undefined || picture === undefined
        ? undefined
        : { bytes, width: picture.width, height: picture.height },
    );
    const measurement = await measureCracks(this.compute, { width, height, data }, {
      photo: picture,
      mmPerPixel,
      prune,
    });
    const missing = photos.size === 0
      ? []
      : photo === undefined
      ? "There is no photo of this mask: its widths are from the mask, right to about a pixel."
      : `Its photo ${photo} is not there: its widths are from the mask, right to about a pixel.`;
    const warnings = [picture === undefined ? missing : [], problem ?? []].flat();
    return {
      mask: path,
      photo: picture === undefined ? undefined : photo,
      measurement,
      bands: measurement.cracks.map(({ mm }) =>
        mm === undefined || bands === undefined ? undefined : bandOf(bands, mm.width[bands.by])
      ),
      warning: warnings.length === 0 ? undefined : warnings.join(" "),
      notes,
      exif: bytes && await readExifOrigin(bytes),
    };
  }

  async write(name: string, { mask, photo, measurement, bands }: MeasureOutput): Promise<FileRecord[]> {
    const { out } = this.#options;
    const file: MeasuredFile = { name, mask, ...(photo === undefined ? {} : { photo }), measurement, bands };
    // Hundredths of a pixel: more is noise, and long.
    const text = JSON.stringify(
      file,
      (key, value) => key === "points" || key === "cells" ? value.map(roundFields) : value,
    );
    const bytes = new TextEncoder().encode(`${text}\n`);
    return [await writeOutput(out, measuredPath(out, name), bytes)];
  }

  record(facts: PhotoFacts, { photo, measurement, bands, warning, notes, exif }: MeasureOutput): PhotoRecord {
    const { width, height, area, length, mmPerPixel, cracks } = measurement;
    const widest = cracks.reduce(
      (best, { width: { max } }, i) => max > (cracks[best]?.width.max ?? -1) ? i : best,
      -1,
    );
    return {
      ...recordedPhoto({ ...facts, exif, notes: [...facts.notes, ...notes] }, {
        width,
        height,
        crackPixels: area,
        warning,
      }),
      ...(photo === undefined ? {} : { photo }),
      ...(mmPerPixel === undefined ? {} : { mmPerPixel }),
      cracks: cracks.length,
      length,
      widthMax: cracks[widest]?.width.max ?? null,
      ...(bands[widest] === undefined ? {} : { band: bands[widest] }),
      seconds: facts.seconds,
      measuredAt: facts.now,
    };
  }

  filesOf({ name, photo, path }: PhotoRecord): string[] | undefined {
    const { out, photos } = this.#options;
    // With a photo that was missing before, widths get finer.
    return photo === undefined && photos.has(path) ? undefined : [measuredPath(out, name)];
  }

  report({ photos, failures, part }: ReportedPhotos<PhotoRecord>): AsyncIterable<string> {
    const { out, title, bands } = this.#options;
    return measureReport({
      title,
      part,
      date: new Date(),
      bands,
      failures,
      photos: async function* () {
        for (const record of photos) {
          yield { record, file: await readMeasured(measuredPath(out, record.name)) };
        }
      }(),
      count: photos.length,
    });
  }
}

function roundFields(values: Readonly<Record<string, number>>): object {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Math.round(100 * value) / 100]),
  );
}

/**
 * Measures masks into a folder: `measured/NAME.json`, `manifest.json` and `report.html`; see {@linkcode runOverPhotos}. A run over all of them writes the
 * tables, too, and so joins parts that were measured before.
 *
 * @param open opens the device, once it is clear that there is work for it.
 * @throws {UsageError} if there is nothing to measure, another run is at work, or the folder holds other things.
 */
export async function measurePhotos(
  options: MeasurePhotosOptions,
  open: () => Promise<Session>,
): Promise<MeasureSummary> {
  const { out, shard, scale, prune, bands } = options;
  const summary = await runOverPhotos({ ...options, wanted: "masks" }, {
    nouns: NOUNS,
    schema: MEASURE_MANIFEST,
    madeAt,
    open: async () => new MeasureTask(options, await open()),
  });
  if (shard !== undefined) return { ...summary, tables: [] };
  const measured = async function* () {
    for (const record of summary.photos) {
      yield { record, file: await readMeasured(measuredPath(out, record.name)) };
    }
  };
  return { ...summary, tables: await writeTables(out, measured, { scale, prune, bands }) };
}

/** Says what {@linkcode measurePhotos} would do. */
export function planMeasurements(
  options: PlanOptions,
): AsyncGenerator<PlannedPhoto> {
  return planOverPhotos({ ...options, wanted: "masks" }, {
    nouns: NOUNS,
    schema: MEASURE_MANIFEST,
    madeAt,
    filesOf: (name) => [measuredPath(options.out, name)],
  });
}
