import { UsageError } from "../cli/errors.ts";
import { writeErr } from "../cli/terminal.ts";
import { VERSION } from "../cli/version.ts";
import type { BatchTask } from "./batch_task.ts";
import type { PhotoRecord, RunManifest, TaskNouns } from "./manifests.ts";

/**
 * Refuses to mix outputs that were made in different ways.
 *
 * @throws {UsageError} that names the first difference.
 */
export function requireSameSettings<Record extends PhotoRecord, Settings extends object>(
  manifest: RunManifest<Record> & Settings,
  task: Pick<BatchTask<Record, Settings, unknown>, "difference">,
  { out, nouns }: { readonly out: string; readonly nouns: TaskNouns },
): void {
  const difference = manifest.photos.length === 0 ? undefined : task.difference(manifest);
  if (difference === undefined) return;
  const { was, is } = difference;
  throw new UsageError(
    `Cannot add to the ${nouns.outputs} in ${out}: they were made with ${was}, not ${is}; choose another folder, or the ` +
      "same settings.",
  );
}

/** Whether this version has made all that a manifest speaks of, as this run would. */
export function isCurrent<Record extends PhotoRecord, Settings extends object>(
  manifest: RunManifest<Record> & Settings,
  task: Pick<BatchTask<Record, Settings, unknown>, "difference">,
): boolean {
  return manifest.photos.every(({ version }) => version === VERSION) &&
    task.difference(manifest) === undefined;
}

/** Says which outputs other versions of Hairline have made: they stay, though this one might make them otherwise. */
export function reportVersions(
  records: Iterable<PhotoRecord>,
  { out, nouns }: { readonly out: string; readonly nouns: TaskNouns },
): void {
  const counts = new Map<string, number>();
  for (const { version = VERSION } of records) counts.set(version, (counts.get(version) ?? 0) + 1);
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
