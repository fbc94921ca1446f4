import { basename, dirname, join } from "node:path";
import { UsageError } from "../cli/usage_error.ts";

/**
 * A lock of the operating system on a file, which is made for it; it ends with the process however that ends.
 *
 * @returns nothing where another run holds it.
 */
export async function tryLock(path: string, exclusive: boolean): Promise<Deno.FsFile | null> {
  const file = await Deno.open(path, { write: true, create: true });
  if (await file.tryLock(exclusive)) return file;
  file.close();
  return null;
}

/**
 * Keeps an output file for one run, by a lock on `.NAME.lock` beside it. Its folder must be there.
 *
 * @returns dispose of it to let the next run in.
 * @throws {UsageError} if another run is at work on the file.
 */
export async function lockFile(path: string): Promise<Disposable> {
  const file = await tryLock(join(dirname(path), `.${basename(path)}.lock`), true);
  if (file === null) {
    throw new UsageError(
      `Cannot write ${path}: another run is at work on it; wait for its end or choose another name.`,
    );
  }
  return { [Symbol.dispose]: () => file.close() };
}
