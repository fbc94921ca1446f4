import { findFault, type Schema } from "../../core/arguments.ts";

/** Bytes of the largest record that is read at once: a text of V8's cannot be longer than 2²⁹ characters. */
const MAX_BYTES = 2 ** 28;

/**
 * Makes sure that there is a file to be read: what is none would never end, or has no bytes.
 *
 * @returns its size.
 * @throws {Error} that says what is there instead.
 */
export async function requireFile(path: string): Promise<number> {
  const { isFile, isDirectory, size } = await Deno.stat(path);
  if (isFile) return size;
  throw new Error(
    `Cannot read ${path}: it is ${isDirectory ? "a folder" : "no file"}, and a file is wanted.`,
  );
}

/**
 * The text of a record on the disk, such as the card of a training.
 *
 * @throws {Error} for what is no file, and for a file beyond 256 MiB.
 */
async function readRecordText(path: string): Promise<string> {
  const size = await requireFile(path);
  if (size > MAX_BYTES) {
    throw new Error(
      `Cannot read ${path}: it has ${size} bytes, and a record of at most ${MAX_BYTES} bytes is wanted.`,
    );
  }
  return await Deno.readTextFile(path);
}

/** The first bytes of a file as text; none of what is no file. */
export async function readStart(path: string, bytes: number): Promise<string> {
  if (!(await Deno.stat(path)).isFile) return "";
  using file = await Deno.open(path);
  const start = new Uint8Array(bytes);
  let length = 0;
  for (let read; length < bytes && (read = await file.read(start.subarray(length))) !== null;) length += read;
  return new TextDecoder().decode(start.subarray(0, length));
}

/** What is said of a record that cannot be used. */
interface RecordNotes {
  /** Its file. */
  readonly path: string;
  /** What to do about it, as the end of a sentence. */
  readonly remedy?: string;
}

/**
 * Reads a record from the disk.
 *
 * @param remedy what to do about one that is damaged, as the end of a sentence.
 * @throws {Error} for what is no file or beyond 256 MiB, and as {@linkcode checkRecord}.
 */
export async function readRecord<Fields>(
  path: string,
  schema: Schema<Fields>,
  remedy: string,
): Promise<Fields> {
  return parseRecord(await readRecordText(path), schema, { path, remedy });
}

/**
 * A record out of the text of a file, looked at before anything relies on it.
 *
 * @throws {Error} for what is no JSON, and as {@linkcode checkRecord}.
 */
function parseRecord<Fields>(text: string, schema: Schema<Fields>, notes: RecordNotes): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal("it is no JSON, or the beginning of one only", notes);
  }
  return checkRecord(value, schema, notes);
}

/**
 * Makes sure that a record is as what reads it takes it to be.
 *
 * @throws {Error} that names the first field that is not as wanted.
 */
export function checkRecord<Fields>(value: unknown, schema: Schema<Fields>, notes: RecordNotes): Fields {
  const fault = findFault(schema, value);
  if (fault !== undefined) throw refusal(fault, notes);
  return value as Fields;
}

/** What is thrown of a record that cannot be used. */
export function refusal(fault: string, { path, remedy }: RecordNotes): Error {
  return new Error(
    `Cannot read ${path}: ${fault.replace(/\.$/, "")}${remedy === undefined ? "" : `; ${remedy}`}.`,
  );
}
