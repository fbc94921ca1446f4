import { anyObject } from "../../core/arguments.ts";
import { readRecord } from "../files/read_record.ts";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { UsageError } from "../cli/errors.ts";
import { writeWhole } from "../files/write_whole.ts";

/**
 * What an earlier run found out, or what `find` does now, which is kept for later ones.
 *
 * @param path where it is kept, as JSON.
 * @param identity everything that decides the result.
 * @throws {UsageError} where the result of something else is kept there.
 */
export async function cachedResult<T>(path: string, identity: unknown, find: () => Promise<T>): Promise<T> {
  if (await statOrNull(path) === null) {
    const result = await find();
    await writeWhole(path, `${JSON.stringify({ identity, result }, null, 2)}\n`);
    return result;
  }
  const kept = await readRecord(
    path,
    anyObject<{ identity: unknown; result: T }>(),
    "remove it to find its result anew",
  );
  if (JSON.stringify(kept.identity) !== JSON.stringify(identity)) {
    throw new UsageError(
      `Cannot use ${path}: it is the result of another classifier, or on other photos; give another --out, or remove it.`,
    );
  }
  return kept.result;
}
