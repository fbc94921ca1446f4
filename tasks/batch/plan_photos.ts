import { join } from "node:path";
import type { Schema } from "../../core/arguments.ts";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { listPhotos, type Photo } from "../files/photos.ts";
import { sha256 } from "../files/sha256.ts";
import { inShard } from "../files/shard.ts";
import { type BatchOptions, chosenPhotos } from "./batch_run.ts";
import { type PhotoRecord, readManifests, type RunManifest, type TaskNouns } from "./manifests.ts";
import { mapPaths } from "./maps.ts";
import { examineOutput, recordedPath } from "./output_files.ts";

/** What is planned. */
export type PlanOptions = Pick<BatchOptions, "paths" | "out" | "shard" | "choose" | "followLinks" | "wanted">;

/** What a run would do with a photo. */
export interface PlannedPhoto extends Photo {
  /** The files that it would get, below the folder of outputs. */
  readonly outputs: readonly string[];
  /** `done` by an earlier run; `again`, since the photo or a file of its outputs is another one by now, or gone. */
  readonly state: "new" | "done" | "again";
}

/**
 * Says what `runOverPhotos()` would do, without a device or a network, and writes nothing. Whether the settings of earlier outputs are those
 * of now is not looked at.
 *
 * @throws {UsageError} as a run does, where there is nothing to do or the folder holds other things.
 */
export async function planOverPhotos<Record extends PhotoRecord>(
  { paths, out, shard, followLinks = false, wanted, choose }: PlanOptions,
  { nouns, schema, filesOf = (name) => mapPaths(out, name) }: {
    readonly nouns: TaskNouns;
    readonly schema: Schema<RunManifest<Record>>;
    /** The files that a photo gets, where no earlier run says so. Default: mask and confidence. */
    readonly filesOf?: (name: string) => readonly string[];
  },
): Promise<PlannedPhoto[]> {
  const photos = chosenPhotos((await listPhotos(paths, { outputs: out, followLinks, wanted })).photos, {
    choose,
  });
  const there = (await statOrNull(out))?.isDirectory ?? false;
  const manifests = there ? await readManifests(out, nouns, schema) : [];
  const records = new Map(manifests.flatMap(({ photos }) => photos).map((record) => [record.name, record]));
  const planned: PlannedPhoto[] = [];
  for (const photo of photos) {
    if (shard !== undefined && !inShard(photo.name, shard)) continue;
    const record = records.get(photo.name);
    const written = new Map(record?.files?.map((file) => [file.path, file]));
    const files = written.size > 0 ? [...written.keys()].map((path) => join(out, path)) : filesOf(photo.name);
    const outputs = files.map((path) => recordedPath(out, path));
    const isDone = async () => {
      if (record?.sha256 !== await sha256(await Deno.readFile(photo.path))) return false;
      for (const [i, path] of files.entries()) {
        if ((await examineOutput(out, path, written.get(outputs[i]))).kind !== "intact") return false;
      }
      return true;
    };
    const state = record === undefined ? "new" : await isDone() ? "done" : "again";
    planned.push({ ...photo, outputs, state });
  }
  return planned;
}
