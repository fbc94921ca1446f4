import { join } from "node:path";
import { readFolder, statOrNull } from "../../core/datasets/list_files.ts";
import { MANIFEST } from "../files/photos.ts";
import { manifestSchema, mergeRecords, type PhotoRecord, readManifest } from "./manifests.ts";

/** Tasks that write masks of photos. */
const TASKS = ["label", "label-crf", "predict"];

/** What all of their manifests have. */
const SCHEMA = manifestSchema<PhotoRecord, object>({}, {});

/** What a run of `label` or `predict` and its shards noted of each photo; undefined of a path that is none. */
export async function runRecords(folder: string): Promise<PhotoRecord[] | undefined> {
  if (!(await statOrNull(folder))?.isDirectory) return undefined;
  const names = (await readFolder(folder)).files.filter((name) => MANIFEST.test(name));
  const remedy = "run the task again into another folder";
  const read = await Promise.all(
    names.map((name) => readManifest(join(folder, name), { tasks: TASKS, schema: SCHEMA, remedy })),
  );
  const manifests = read.filter((manifest) => manifest !== undefined);
  return manifests.length === 0 ? undefined : [...mergeRecords(manifests, madeAt).values()];
}

/** When a photo was labelled or predicted. */
export function madeAt(record: PhotoRecord & { labelledAt?: string; predictedAt?: string }): string {
  return record.labelledAt ?? record.predictedAt ?? "";
}
