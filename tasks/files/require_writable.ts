import { basename, dirname, join } from "node:path";
import { UsageError } from "../cli/usage_error.ts";

/**
 * Makes sure, before work of hours, that {@linkcode writeWhole} will be able to write a file: that no folder is in its
 * place, and that its folder takes a new file. The folder is made if it is not there.
 *
 * @throws {UsageError} if the path, or a part of it, is the wrong kind of thing; else what Deno throws.
 */
export async function requireWritable(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await Deno.mkdir(folder, { recursive: true });
    if ((await Deno.stat(path)).isDirectory) {
      throw new UsageError(
        `Cannot write ${path}: it is a folder, and a file is wanted; choose another name.`,
      );
    }
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists || error instanceof Deno.errors.NotADirectory) {
      throw new UsageError(
        `Cannot write ${path}: ${folder}, or a part of its path, is a file where a folder is wanted; choose another name.`,
      );
    }
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const temporary = join(folder, `.${basename(path)}.part`);
  (await Deno.open(temporary, { write: true, create: true })).close();
  await Deno.remove(temporary);
}
