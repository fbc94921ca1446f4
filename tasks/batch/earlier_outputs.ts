import { UsageError } from "../cli/errors.ts";
import { count, writeErr } from "../cli/terminal.ts";
import { VERSION } from "../cli/version.ts";
import type { Photo } from "../files/photo_list.ts";
import { formatShard, shardOf } from "../files/shard.ts";
import type { BatchTask } from "./batch_task.ts";
import type { EarlierRun } from "./manifest_files.ts";
import type { PhotoRecord, TaskNouns } from "./manifests.ts";
import type { RecordStore } from "./record_store.ts";

/**
 * Refuses to mix outputs that were made in different ways.
 *
 * @throws {UsageError} that names the first difference.
 */
export function requireSameSettings<Settings extends object>(
  { manifest, count }: EarlierRun<Settings>,
  task: Pick<BatchTask<PhotoRecord, Settings, unknown>, "difference">,
  { out, nouns }: { readonly out: string; readonly nouns: TaskNouns },
): void {
  const difference = count === 0 ? undefined : task.difference(manifest);
  if (difference === undefined) return;
  const { was, is } = difference;
  throw new UsageError(
    `Cannot add to the ${nouns.outputs} in ${out}: they were made with ${was}, not ${is}; choose another folder, or the ` +
      "same settings.",
  );
}

/** Whether this version has made all that a manifest speaks of, as this run would. */
export function isCurrent<Settings extends object>(
  { manifest, versions }: EarlierRun<Settings>,
  task: Pick<BatchTask<PhotoRecord, Settings, unknown>, "difference">,
): boolean {
  return versions.difference(new Set([VERSION])).size === 0 && task.difference(manifest) === undefined;
}

/** Says which outputs other versions of Hairline have made: they stay, though this one might make them otherwise. */
export function reportVersions(
  store: Pick<RecordStore<PhotoRecord>, "versions">,
  runs: readonly EarlierRun<object>[],
  { out, nouns }: { readonly out: string; readonly nouns: TaskNouns },
): void {
  // To count them is to read all records.
  if (runs.every(({ versions }) => versions.size === 0 || versions.size === 1 && versions.has(VERSION))) {
    return;
  }
  const counts = store.versions();
  counts.delete(VERSION);
  for (const [version, count] of counts) {
    writeErr(
      `${count} of the ${nouns.outputs} in ${out} ${
        count === 1 ? "was" : "were"
      } made by Hairline ${version}, and this is ` +
        `${VERSION}; choose another folder to make all of them by one version.\n`,
    );
  }
}

/** The number of parts that manifests of shards are of; nothing where there is none, or they were cut in several ways. */
function partCount(runs: readonly EarlierRun<object>[]): number | undefined {
  const counts = new Set(
    runs.flatMap(({ manifest: { shard } }) => shard === undefined ? [] : shard.split("/")[1]),
  );
  return counts.size === 1 ? Number([...counts][0]) : undefined;
}

/** Says what the parts that a run joins have left undone: which part, and how many of its photos. */
export function reportMissing(
  photos: Iterable<Photo>,
  runs: readonly EarlierRun<object>[],
  store: Pick<RecordStore<PhotoRecord>, "has">,
): void {
  const parts = partCount(runs);
  if (parts === undefined) return;
  const all = new Uint32Array(parts), missing = new Uint32Array(parts);
  for (const { name } of photos) {
    const part = shardOf(name, parts) - 1;
    all[part]++;
    if (!store.has(name)) missing[part]++;
  }
  const there = new Set(runs.map(({ manifest: { shard } }) => shard));
  const lines = [...missing.entries()].filter(([, photos]) => photos > 0).map(([part, photos]) => {
    const shard = formatShard({ index: part + 1, count: parts });
    const left = there.has(shard) ? "lacks" : "has left no manifest and lacks";
    return `Part ${shard} ${left} ${photos} of its ${count(all[part], "photo")}; this run does them.\n`;
  });
  writeErr(lines.length === 0 ? `All ${parts} parts are complete.\n` : lines.join(""));
}
