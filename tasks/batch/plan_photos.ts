import { join } from "node:path";
import { statOrNull } from "../../core/datasets/list_files.ts";
import type { Photo } from "../files/photo_list.ts";
import { sha256 } from "../files/sha256.ts";
import { type BatchOptions, findRunPhotos } from "./batch_run.ts";
import { openRecords } from "./manifest_files.ts";
import type { ManifestSchema, PhotoRecord, TaskNouns } from "./manifests.ts";
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
 * Says what `runOverPhotos()` would do, photo by photo, without a device or a network, and writes nothing. Whether the settings of earlier outputs are those
 * of now is not looked at.
 *
 * @throws {UsageError} as a run does, where there is nothing to do or the folder holds other things.
 */
export async function* planOverPhotos<Record extends PhotoRecord, Settings extends object>(
  options: PlanOptions,
  { nouns, schema, madeAt, filesOf = (name) => mapPaths(options.out, name) }: {
    readonly nouns: TaskNouns;
    readonly schema: ManifestSchema<Record, Settings>;
    readonly madeAt: (record: Record) => string;
    /** The files that a photo gets, where no earlier run says so. Default: mask and confidence. */
    readonly filesOf?: (name: string) => readonly string[];
  },
): AsyncGenerator<PlannedPhoto> {
  const { out, shard } = options;
  const { photos } = await findRunPhotos(options);
  const there = (await statOrNull(out))?.isDirectory ?? false;
  using store = there ? (await openRecords(out, { nouns, schema, madeAt, shard })).store : undefined;
  for (const photo of photos) {
    const found = store?.find(photo.name);
    const record = found?.name === photo.name ? found : undefined;
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
    yield { ...photo, outputs, state };
  }
}
