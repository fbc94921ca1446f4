import { basename, dirname, join } from "node:path";
import { readFolder, statOrNull } from "../../core/datasets/list_files.ts";
import { UsageError } from "../cli/errors.ts";
import { onInterrupt } from "../cli/interrupt.ts";
import { type FileEntry, Reader, ZipReader } from "./zip.ts";
import { nameKey, staysInside } from "./output_names.ts";
import { writeAll } from "./write_whole.ts";

/** The most bytes of one file of an archive, and of all together. */
const MOST = 2 ** 30, MOST_TOGETHER = 2 ** 36;

/** Files of annotations and photos; others, such as scripts, are left where they are. */
const WANTED = /\.(?:json|xml|txt|ya?ml|jpe?g|jpe|jfif|png|tiff?|webp|bmp|dib|gif)$/i;

/** The file that says what a folder was unpacked from, so that the same command may be given again. */
const NOTE = ".unpacked-from";

/** Whether a file is a zip archive, by its first bytes. */
export async function isArchive(path: string): Promise<boolean> {
  if (!(await statOrNull(path))?.isFile) return false;
  using file = await Deno.open(path);
  const start = new Uint8Array(4);
  await file.read(start);
  return ["504b0304", "504b0506"].includes(start.toHex());
}

/** What {@linkcode unpackArchive} writes: the folder, which has another name until it is whole. */
export function unpackingPaths(folder: string): readonly [folder: string, part: string] {
  return [folder, join(dirname(folder), `.${basename(folder)}.part`)];
}

/**
 * Unpacks a zip archive of annotations into a folder, whole or not at all, and keeps it: labels speak of the photos in it. Done before, nothing is
 * done again.
 *
 * @param folder a new folder, or one that the same archive was unpacked into.
 * @returns where annotations begin: the folder, or the only one in it.
 * @throws {UsageError} if it is damaged or encrypted, a name in it leads elsewhere, it is too large, or other things lie in the folder.
 */
export async function unpackArchive(archive: string, folder: string): Promise<string> {
  const { size, mtime } = await Deno.stat(archive);
  const note = `${basename(archive)}\n${size}\n${mtime?.toISOString()}\n`;
  if (await statOrNull(folder) !== null) {
    const before = await Deno.readTextFile(join(folder, NOTE)).catch(() => undefined);
    if (before === note) return await beginningOf(folder);
    throw new UsageError(
      `Cannot unpack ${archive} into ${folder}: there are other things; remove it, or give that folder in place of the archive.`,
    );
  }
  const [, part] = unpackingPaths(folder);
  using _cleanup = onInterrupt(() => removeSync(part));
  removeSync(part);
  try {
    await Deno.mkdir(part, { recursive: true });
    await unpackInto(archive, part);
    await Deno.writeTextFile(join(part, NOTE), note);
    await Deno.rename(part, folder);
  } catch (error) {
    removeSync(part);
    if (error instanceof UsageError || isOfDisk(error)) throw error;
    // What the library throws names neither the archive nor what is to be done.
    throw new UsageError(
      `Cannot unpack ${archive}: it is damaged or of a kind that is not read (${
        error instanceof Error ? error.message : error
      }); unpack it and give the folder.`,
    );
  }
  return await beginningOf(folder);
}

/** Programs that pack a folder put it into the archive by its name. */
async function beginningOf(folder: string): Promise<string> {
  const { folders, files } = await readFolder(folder);
  return folders.length === 1 && files.length === 0 ? join(folder, folders[0]) : folder;
}

async function unpackInto(archive: string, folder: string): Promise<void> {
  using file = await Deno.open(archive);
  const zip = new ZipReader(new DiskReader(file));
  const entries: FileEntry[] = [], names = new Set<string>();
  let together = 0;
  for (const entry of await zip.getEntries()) {
    const { filename: name, directory, encrypted, uncompressedSize } = entry;
    const refuse = (reason: string) => new UsageError(`Cannot unpack ${archive}: ${reason}.`);
    // The library refuses such names itself: where files are written is too much to leave to one.
    if (!staysInside(name.replace(/\/$/, "")) || /^[a-z]:/i.test(name)) {
      throw refuse(`its ${JSON.stringify(name)} leads out of the folder`);
    }
    if (directory || !WANTED.test(name)) continue;
    if (encrypted) throw refuse(`its ${name} is encrypted`);
    if (names.has(nameKey(name))) throw refuse(`it has two files ${name}`);
    names.add(nameKey(name));
    together += uncompressedSize;
    if (uncompressedSize > MOST || together > MOST_TOGETHER) {
      throw refuse(
        `its ${name} would take ${uncompressedSize} bytes, all up to it ${together}, at most ${MOST} and ${MOST_TOGETHER} are unpacked`,
      );
    }
    entries.push(entry);
  }
  for (const entry of entries) {
    const target = join(folder, entry.filename);
    await Deno.mkdir(dirname(target), { recursive: true });
    using output = await Deno.open(target, { write: true, createNew: true });
    await entry.getData(limited(output, entry, target), { checkSignature: true });
  }
}

/** Takes no more bytes than an entry says it has: what it says counts towards the limit. */
function limited(
  output: Deno.FsFile,
  { filename, uncompressedSize }: FileEntry,
  path: string,
): WritableStream<Uint8Array> {
  let left = uncompressedSize;
  return new WritableStream({
    async write(chunk) {
      left -= chunk.length;
      if (left < 0) throw new RangeError(`${filename} is longer than it says`);
      await writeAll(output, chunk, path);
    },
  });
}

/** Reads an archive from the disk as it is asked for. */
class DiskReader extends Reader<Deno.FsFile> {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    super(file);
    this.#file = file;
  }

  override async init(): Promise<void> {
    await super.init?.();
    this.size = (await this.#file.stat()).size;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - index)));
    await this.#file.seek(index, Deno.SeekMode.Start);
    for (let rest = bytes; rest.length > 0;) {
      const read = await this.#file.read(rest);
      if (read === null) break;
      rest = rest.subarray(read);
    }
    return bytes;
  }
}

function isOfDisk(error: unknown): boolean {
  return Object.values(Deno.errors).some((kind) => error instanceof kind);
}

function removeSync(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // It is not there, or its disk refuses: the first error is the one to report.
  }
}
