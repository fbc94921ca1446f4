import { compareNames } from "../../core/datasets/list_files.ts";
import { nameKey } from "../files/output_names.ts";
import { sortByText } from "../files/text_order.ts";
import { enlarged, TextSet } from "../files/text_set.ts";
import type { Place } from "./json_list.ts";

/** What is looked at of a record: all else is its task's. */
export interface NamedRecord {
  readonly name: string;
  /** The version of Hairline that made it. */
  readonly version?: string;
}

/** Records one after the other, each of which is read from the disk when its turn comes; a list of them is such, too. */
export interface Records<Record> extends Iterable<Record> {
  readonly length: number;
}

/** Bytes that are read at once: records that stand together are asked for together. */
const WINDOW = 2 ** 14;

/** Files that are open at a time: systems let a program have about a thousand. */
const MAX_OPEN = 500;

const decoder = new TextDecoder();

/** A file of records, of which any can be read. */
class RecordFile implements Disposable {
  readonly #file: Deno.FsFile;
  #window = new Uint8Array(WINDOW);
  #start = 0;
  #length = 0;

  constructor(path: string) {
    this.#file = Deno.openSync(path);
  }

  read({ offset, bytes }: Place): unknown {
    if (offset < this.#start || offset + bytes > this.#start + this.#length) this.#show(offset, bytes);
    const from = offset - this.#start;
    return JSON.parse(decoder.decode(this.#window.subarray(from, from + bytes)));
  }

  #show(offset: number, bytes: number): void {
    if (bytes > this.#window.length) this.#window = new Uint8Array(2 * bytes);
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    [this.#start, this.#length] = [offset, 0];
    while (this.#length < this.#window.length) {
      const read = this.#file.readSync(this.#window.subarray(this.#length));
      if (read === null) break;
      this.#length += read;
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** Many places in one file, or in several, twelve bytes each. */
class Places {
  #offsets = new Float64Array(64);
  #bytes = new Uint32Array(64);

  set(index: number, { offset, bytes }: Place): void {
    while (index >= this.#offsets.length) {
      this.#offsets = enlarged(this.#offsets);
      this.#bytes = enlarged(this.#bytes);
    }
    this.#offsets[index] = offset;
    this.#bytes[index] = bytes;
  }

  at(index: number): Place {
    return { offset: this.#offsets[index], bytes: this.#bytes[index] };
  }
}

function writtenAt(path: string): number | undefined {
  return Deno.statSync(path).mtime?.getTime();
}

/** A file that records are in. */
export interface RecordSource {
  readonly path: string;
  /** The version of Hairline that wrote those that do not say: in manifests of before there were such notes that of the manifest. */
  version: string;
}

/** In the place of a source's number: the record is no longer one of the store. */
const NONE = 2 ** 32 - 1;

/**
 * The newest record of each name, which lie in files: the memory has a record's name and its place only, some fifty bytes. Names that are one file
 * on some file systems are one.
 */
export class RecordStore<Record extends NamedRecord> implements Disposable {
  readonly #madeAt: (record: Record) => string;
  readonly #names = new TextSet(nameKey);
  #places = new Places();
  #sourceOf = new Uint32Array(64);
  #sources: RecordSource[] = [];
  readonly #open = new Map<RecordSource, RecordFile>();
  /** The file that all records were moved to, as it was then. */
  #moved: { readonly source: RecordSource; readonly written: number | undefined } | undefined;
  #ended = false;

  /** @param madeAt when the outputs of a record were made, as ISO 8601 in UTC. */
  constructor(madeAt: (record: Record) => string) {
    this.#madeAt = madeAt;
  }

  /** How many there are. */
  get size(): number {
    return this.#numbers().length;
  }

  /** Adds what is at a place of a source, unless what is known of the name is newer. */
  offer(record: Record, source: RecordSource, place: Place): void {
    const known = this.find(record.name);
    if (known === undefined || this.#madeAt(known) <= this.#madeAt(record)) this.put(record, source, place);
  }

  /** Adds what is at a place of a source, in the place of all that was known of the name. */
  put({ name }: Record, source: RecordSource, place: Place): void {
    if (this.#sources.at(-1) !== source && !this.#sources.includes(source)) this.#sources.push(source);
    const before = this.#names.size, number = this.#names.add(name);
    if (number < before && this.#names.at(number) !== name) this.#names.respell(number, name);
    if (number === this.#sourceOf.length) this.#sourceOf = enlarged(this.#sourceOf);
    this.#sourceOf[number] = this.#sources.lastIndexOf(source);
    this.#places.set(number, place);
  }

  /** Forgets all records of a source. */
  forget(source: RecordSource): void {
    for (let number = 0; number < this.#names.size; number++) {
      if (this.#sources[this.#sourceOf[number]] === source) this.#sourceOf[number] = NONE;
    }
  }

  /** How many records each version of Hairline has made. */
  versions(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { version } of this.#records(this.#numbers())) {
      if (version !== undefined) counts.set(version, (counts.get(version) ?? 0) + 1);
    }
    return counts;
  }

  /** The record of a name, or of one that is the same file on some file systems. */
  find(name: string): Record | undefined {
    const number = this.#number(name);
    return number === undefined ? undefined : this.#read(number);
  }

  /** Whether there is a record of a name. */
  has(name: string): boolean {
    return this.#number(name) !== undefined;
  }

  #number(name: string): number | undefined {
    const number = this.#names.find(name);
    return number === undefined || this.#sourceOf[number] === NONE ? undefined : number;
  }

  #read(number: number): Record {
    const source = this.#sources[this.#sourceOf[number]];
    const record = this.#file(source).read(this.#places.at(number)) as Record;
    // A record that has its own stays as it is, in the order of its fields, too: a manifest is the same however often it was taken up.
    return record.version === undefined ? { ...record, version: source.version } : record;
  }

  #file(source: RecordSource): RecordFile {
    let file = this.#open.get(source);
    if (file === undefined) {
      if (this.#open.size === MAX_OPEN) this.#close();
      if (source === this.#moved?.source && this.#moved.written !== writtenAt(source.path)) {
        throw new Error(
          `Cannot read the records in ${source.path} again: another run has written them since; run the command again.`,
        );
      }
      file = new RecordFile(source.path);
      this.#open.set(source, file);
    }
    return file;
  }

  /** The records of these names, those that there are. */
  of(names: Iterable<string>): Records<Record> {
    let numbers = new Uint32Array(64), length = 0;
    for (const name of names) {
      const number = this.#number(name);
      if (number === undefined) continue;
      if (length === numbers.length) numbers = enlarged(numbers);
      numbers[length++] = number;
    }
    return this.#records(numbers.subarray(0, length));
  }

  /** All records, in the natural order of their names. */
  all(): Records<Record> {
    return this.#records(this.#ordered());
  }

  #records(numbers: Uint32Array): Records<Record> {
    const read = (number: number) => this.#read(number);
    const finish = () => {
      if (this.#ended) this.#close();
    };
    return {
      length: numbers.length,
      *[Symbol.iterator]() {
        try {
          for (const number of numbers) yield read(number);
        } finally {
          finish();
        }
      },
    };
  }

  /** The numbers of all records. */
  #numbers(): Uint32Array {
    const all = new Uint32Array(this.#names.size).map((_, number) => number);
    return all.filter((number) => this.#sourceOf[number] !== NONE);
  }

  #ordered(): Uint32Array {
    const textOf = (number: number) => this.#names.at(number);
    return sortByText(this.#numbers(), { textOf, compare: compareNames });
  }

  /**
   * Writes all records into one file, in the natural order of their names, and knows them there from now on.
   *
   * @param write writes them, whole, and tells the place of each.
   */
  async moveTo(
    source: RecordSource,
    write: (records: Records<Record>, onPlace: (place: Place) => void) => Promise<void>,
  ): Promise<void> {
    const numbers = this.#ordered(), places = new Places();
    let written = 0;
    await write(this.#records(numbers), (place) => places.set(numbers[written++], place));
    this.#close();
    this.#moved = { source, written: writtenAt(source.path) };
    this.#sources = [source];
    this.#places = places;
    this.#sourceOf.fill(NONE);
    for (const number of numbers) this.#sourceOf[number] = 0;
  }

  #close(): void {
    for (const file of this.#open.values()) file[Symbol.dispose]();
    this.#open.clear();
  }

  /** Closes the files. Where records are asked for later, they are opened anew, until these have been read. */
  [Symbol.dispose](): void {
    this.#ended = true;
    this.#close();
  }
}
