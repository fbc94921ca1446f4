import { join } from "node:path";
import { readFolder, statOrNull } from "../../core/datasets/list_files.ts";
import { MANIFEST } from "../files/photos.ts";
import { addRecords } from "./manifest_files.ts";
import { manifestSchema, type PhotoRecord } from "./manifests.ts";
import { RecordStore } from "./record_store.ts";

/** Tasks that write masks of photos. */
const TASKS = ["label", "label-crf", "predict"];

/** What all of their manifests have. */
const SCHEMA = manifestSchema<PhotoRecord, object>({}, {});

/**
 * What a run of `label` or `predict` and its shards noted of each photo, which stays on the disk.
 *
 * @returns nothing of a path that is no such run.
 */
export async function openRunRecords(folder: string): Promise<RecordStore<PhotoRecord> | undefined> {
  if (!(await statOrNull(folder))?.isDirectory) return undefined;
  const names = (await readFolder(folder)).files.filter((name) => MANIFEST.test(name));
  const remedy = "run the task again into another folder";
  const store = new RecordStore<PhotoRecord>(madeAt);
  let found = false;
  for (const name of names) {
    const run = await addRecords(store, join(folder, name), { tasks: TASKS, schema: SCHEMA, remedy });
    found ||= run !== undefined;
  }
  return found ? store : undefined;
}

/** The same, all in memory, in the natural order of their names. */
export async function runRecords(folder: string): Promise<PhotoRecord[] | undefined> {
  using store = await openRunRecords(folder);
  return store && [...store.all()];
}

/** When a photo was labelled or predicted. */
export function madeAt(record: PhotoRecord & { labelledAt?: string; predictedAt?: string }): string {
  return record.labelledAt ?? record.predictedAt ?? "";
}
