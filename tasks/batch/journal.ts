import { basename, dirname, join } from "node:path";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { writeAll } from "../files/write_whole.ts";
import type { Place } from "./json_list.ts";

const encoder = new TextEncoder(), decoder = new TextDecoder();

/** The journal of a manifest, beside it: `.manifest.json.lines`. */
export function journalPath(manifest: string): string {
  return join(dirname(manifest), `.${basename(manifest)}.lines`);
}

/**
 * The records of photos that a run has finished since it wrote its manifest, a line of JSON each. To write the manifest anew for each of them would
 * cost the square of their number; a line costs the same for the millionth as for the first, and what a killed run leaves is read with its manifest.
 */
export class Journal implements Disposable {
  readonly path: string;
  readonly #file: Deno.FsFile;
  #bytes = 0;
  #closed = false;

  private constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
  }

  /** Begins the journal of a manifest that knows all records so far. */
  static async open(manifest: string): Promise<Journal> {
    const path = journalPath(manifest);
    return new Journal(path, await Deno.open(path, { write: true, create: true, truncate: true }));
  }

  /** Appends a record, and says where it is. */
  async append(record: object): Promise<Place> {
    const line = encoder.encode(`${JSON.stringify(record)}\n`);
    await writeAll(this.#file, line, this.path);
    const offset = this.#bytes;
    this.#bytes += line.length;
    return { offset, bytes: line.length - 1 };
  }

  /** Removes the file: the manifest has what was in it. */
  async remove(): Promise<void> {
    this[Symbol.dispose]();
    await Deno.remove(this.path);
  }

  /** Closes the file, and leaves it where it is; again does nothing. */
  [Symbol.dispose](): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }
}

const PIECE = 2 ** 18, LINE_END = 0x0a;

/**
 * Reads what a killed run has left beside its manifest, line by line. What follows the last line end was being written when it was killed.
 *
 * @param onLine called with each whole line, not looked at, and where it is in the file.
 */
export async function readJournal(
  manifest: string,
  onLine: (line: string, place: Place) => void,
): Promise<void> {
  const path = journalPath(manifest);
  if (!(await statOrNull(path))?.isFile) return;
  using file = await Deno.open(path);
  let buffer = new Uint8Array(PIECE);
  /** Where the buffer begins in the file, and how much of it is read. */
  let offset = 0, length = 0;
  for (let read; (read = await file.read(buffer.subarray(length))) !== null;) {
    const end = length + read;
    let start = 0;
    for (let at; (at = buffer.subarray(0, end).indexOf(LINE_END, start)) >= 0; start = at + 1) {
      onLine(decoder.decode(buffer.subarray(start, at)), { offset: offset + start, bytes: at - start });
    }
    offset += start;
    length = end - start;
    const rest = buffer.subarray(start, end);
    // A line that fills it needs a larger one.
    if (length === buffer.length) buffer = new Uint8Array(2 * buffer.length);
    buffer.set(rest);
  }
}
