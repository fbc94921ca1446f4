import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../cli/errors.ts";
import { onInterrupt } from "../cli/interrupt.ts";

const encoder = new TextEncoder();

async function* chunksOf(content: FileContent): AsyncGenerator<Uint8Array> {
  if (content instanceof Uint8Array) yield content;
  else if (typeof content === "string") yield encoder.encode(content);
  else for await (const chunk of content) yield typeof chunk === "string" ? encoder.encode(chunk) : chunk;
}

/** `.NAME.part`, or a hash for NAME where that would be too long for a file system: 255 bytes are the usual limit. */
function temporaryName(name: string): string {
  if (encoder.encode(name).length + 6 <= 255) return `.${name}.part`;
  return `.${createHash("sha256").update(name).digest("hex")}.part`;
}

/** What a file is to hold: bytes, a text (UTF-8), or pieces of either one after the other. */
export type FileContent = Uint8Array | string | AsyncIterable<string | Uint8Array>;

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It was never made, or the disk that refused the file refuses this, too: the first error is the one to report.
  }
}

/**
 * Writes a file whole or not at all: under a temporary name in the same folder (`.NAME.part`), flushed to the disk, then
 * renamed. Missing folders are made. The temporary name is always the same, so that what a killed run left is
 * overwritten by the next.
 *
 * @throws what Deno throws; the target is then untouched and the temporary file is gone.
 */
export async function writeWhole(path: string, content: FileContent): Promise<void> {
  const folder = dirname(path);
  await Deno.mkdir(folder, { recursive: true });
  const temporary = join(folder, temporaryName(basename(path)));
  using _cleanup = onInterrupt(() => removeIfThere(temporary));
  try {
    {
      using file = await Deno.open(temporary, { write: true, create: true, truncate: true });
      for await (const chunk of chunksOf(content)) await writeAll(file, chunk, path);
      await file.sync();
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    removeIfThere(temporary);
    throw error;
  }
}

/**
 * Writes bytes into an open file.
 *
 * @param path what an error names.
 */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array, path: string): Promise<void> {
  for (let rest = bytes; rest.length > 0;) {
    try {
      rest = rest.subarray(await file.write(rest));
    } catch (error) {
      throw named(error, path);
    }
  }
}

/** An error of an open file does not say which file: adds it in the form of Deno's other file errors. */
function named(error: unknown, path: string): unknown {
  if (error instanceof Error && /\(os error \d+\)$/.test(error.message)) {
    error.message += `: writefile '${path}'`;
  }
  return error;
}

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
