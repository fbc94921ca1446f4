import { join } from "node:path";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { fingerprint, NumberList, repeated } from "../files/fingerprints.ts";
import { nameKey } from "../files/output_names.ts";
import type { FailureRecord, PhotoRecord } from "./manifests.ts";
import type { FileRecord } from "./output_files.ts";

/**
 * Looks at the outputs of a run at its end: each must be there, in its length, and no two photos may share one.
 *
 * @param out the folder of outputs.
 * @param records those of the run, which are gone through once, and once more where some may share a file.
 * @returns one failure a record with such an output.
 */
export async function* faultyOutputs(
  out: string,
  records: Iterable<PhotoRecord>,
): AsyncGenerator<FailureRecord> {
  const failure = ({ name, path }: PhotoRecord, file: FileRecord, fault: string): FailureRecord => (
    { name, path, error: `Cannot keep ${file.path}: ${fault}; run the command again.` }
  );
  const prints = new NumberList(), faulty = new Set<string>();
  for (const record of records) {
    for (const file of record.files ?? []) {
      const { id, bytes } = await identify(out, file);
      if (bytes !== file.bytes) {
        faulty.add(record.name);
        yield failure(record, file, "it was changed while the run was at work");
        break;
      }
      prints.add(fingerprint(id));
    }
  }
  const suspects = repeated(prints.all);
  if (suspects.size === 0) return;
  const owners = new Map<string, string>();
  for (const record of records) {
    if (faulty.has(record.name)) continue;
    for (const file of record.files ?? []) {
      const { id } = await identify(out, file);
      if (!suspects.has(fingerprint(id))) continue;
      const owner = owners.get(id);
      if (owner === undefined) owners.set(id, record.path);
      else if (owner !== record.path) {
        yield failure(record, file, `${owner} has the same file`);
        break;
      }
    }
  }
}

/** What tells an output from others, and its length; undefined where it is not there. */
async function identify(
  out: string,
  { path }: FileRecord,
): Promise<{ readonly id: string; readonly bytes: number | undefined }> {
  const info = await statOrNull(join(out, path));
  // Of a system without such numbers names are all there is to tell; files that something has linked since are meant to be one.
  const id = info?.ino && info.nlink === 1 ? `${info.dev} ${info.ino}` : nameKey(path);
  return { id, bytes: info?.size };
}
