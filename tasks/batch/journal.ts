import { basename, dirname, join } from "node:path";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { writeAll } from "../files/write_whole.ts";

const encoder = new TextEncoder();

/** The journal of a manifest, beside it: `.manifest.json.lines`. */
function journalPath(manifest: string): string {
  return join(dirname(manifest), `.${basename(manifest)}.lines`);
}

/**
 * The records of photos that a run has finished since it wrote its manifest, a line of JSON each. To write the manifest anew for each of them would
 * cost the square of their number; a line costs the same for the millionth as for the first, and what a killed run leaves is read with its manifest.
 */
export class Journal implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #closed = false;

  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Begins the journal of a manifest that knows all records so far. */
  static async open(manifest: string): Promise<Journal> {
    const path = journalPath(manifest);
    return new Journal(path, await Deno.open(path, { write: true, create: true, truncate: true }));
  }

  async append(record: object): Promise<void> {
    await writeAll(this.#file, encoder.encode(`${JSON.stringify(record)}\n`), this.#path);
  }

  /** Removes the file: the manifest has what was in it. */
  async remove(): Promise<void> {
    this[Symbol.dispose]();
    await Deno.remove(this.#path);
  }

  /** Closes the file, and leaves it where it is; again does nothing. */
  [Symbol.dispose](): void {
    if (!this.#closed) this.#file.close();
    this.#closed = true;
  }
}

/** What a killed run has left beside its manifest: each whole line, not looked at. */
export async function readJournal(manifest: string): Promise<unknown[]> {
  const path = journalPath(manifest);
  if (!(await statOrNull(path))?.isFile) return [];
  const lines = (await Deno.readTextFile(path)).split("\n");
  // The last is empty, or was being written when the run was killed.
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}
