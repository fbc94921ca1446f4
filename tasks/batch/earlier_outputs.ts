import { UsageError } from "../cli/errors.ts";
import { writeErr } from "../cli/terminal.ts";
import { VERSION } from "../cli/version.ts";
import type { BatchTask } from "./batch_task.ts";
import type { EarlierRun, PhotoRecord, TaskNouns } from "./manifests.ts";
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
