import { basename, dirname, join } from "node:path";
import { UsageError } from "../cli/errors.ts";
import { writeErr } from "../cli/terminal.ts";
import { formatShard, type Shard } from "./shard.ts";

/** Whether a file system has no locks, such as NFS without a lock daemon. */
function hasNoLocks(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    ["ENOLCK", "ENOTSUP", "EOPNOTSUPP"].includes(String(error.code));
}

/**
 * A lock of the operating system on a file, which is made for it; it ends with the process however that ends. On NFS it holds for all machines. Where
 * the file system has none, the work goes on without, which is said.
 *
 * @returns nothing where another run holds it.
 */
async function tryLock(path: string, exclusive: boolean): Promise<Deno.FsFile | null> {
  const file = await Deno.open(path, { write: true, create: true });
  try {
    if (await file.tryLock(exclusive)) return file;
  } catch (error) {
    if (hasNoLocks(error)) {
      writeErr(
        `Cannot lock ${path}: its file system has no locks; let no two runs do the same part at a time.\n`,
      );
      return file;
    }
    file.close();
    throw error;
  }
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
      `Cannot write ${path}: another run is at work on it; wait until it ends, or choose another name.`,
    );
  }
  return { [Symbol.dispose]: () => file.close() };
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists || error instanceof Deno.errors.NotADirectory)) {
      throw error;
    }
    throw new UsageError(
      `Cannot write into ${folder}: it, or a part of its path, is a file where a folder is wanted; choose another folder.`,
    );
  }
}

/**
 * Makes a folder of outputs if it is not there and keeps it for one run, by a lock of the operating system on
 * `.hairline.lock`, which ends with the process however that ends. The runs of different shards share a folder.
 *
 * @returns dispose of it to let the next run in.
 * @throws {UsageError} if another run is at work in the folder, or a file is in its place.
 */
export async function lockFolder(folder: string, shard?: Shard): Promise<Disposable> {
  await makeFolder(folder);
  const files: Deno.FsFile[] = [];
  const close = () => files.forEach((file) => file.close());
  // A whole run excludes all others; a shard excludes whole runs and runs of the same shard.
  const wanted: [string, boolean][] = shard === undefined
    ? [[".hairline.lock", true]]
    : [[".hairline.lock", false], [`.hairline-${shard.index}-of-${shard.count}.lock`, true]];
  for (const [name, exclusive] of wanted) {
    const file = await tryLock(join(folder, name), exclusive);
    if (file === null) {
      close();
      const who = shard === undefined
        ? "another run"
        : `another run of this folder or of shard ${formatShard(shard)}`;
      throw new UsageError(
        `Cannot write into ${folder}: ${who} is at work there; wait until it ends, or choose another folder.`,
      );
    }
    files.push(file);
  }
  return { [Symbol.dispose]: close };
}
