import { inflateSync } from "node:zlib";

/** Numbers of any class; complex ones without their imaginary part. */
export interface MatNumbers {
  readonly kind: "numbers";
  /** Rows, columns, … */
  readonly size: readonly number[];
  /** Column after column, as MATLAB keeps them. */
  readonly data: ArrayLike<number>;
}

/** A struct, or an array of structs. */
export interface MatStruct {
  readonly kind: "struct";
  readonly size: readonly number[];
  /** The values of each field, one an element of the array. */
  readonly fields: ReadonlyMap<string, readonly MatValue[]>;
}

/** A value of a class that is not read: text, cell, sparse, object, function. */
export interface MatOther {
  readonly kind: "other";
}

/** A value of a MAT file. */
export type MatValue = MatNumbers | MatStruct | MatOther;

/** Codes of data elements: "MAT-File Format", The MathWorks, table 1-1. */
const INT32 = 5, UINT32 = 6, MATRIX = 14, COMPRESSED = 15;
/** Codes of array classes, table 1-3; numbers are 6 (double) to 15 (uint64). */
const STRUCT = 2, FIRST_NUMBERS = 6, LAST_NUMBERS = 15;

type ReadNumber = (view: DataView, at: number, littleEndian: boolean) => number;

const NUMBERS: Readonly<Record<number, readonly [bytes: number, read: ReadNumber]>> = {
  1: [1, (view, at) => view.getInt8(at)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at, littleEndian) => view.getInt16(at, littleEndian)],
  4: [2, (view, at, littleEndian) => view.getUint16(at, littleEndian)],
  5: [4, (view, at, littleEndian) => view.getInt32(at, littleEndian)],
  6: [4, (view, at, littleEndian) => view.getUint32(at, littleEndian)],
  7: [4, (view, at, littleEndian) => view.getFloat32(at, littleEndian)],
  9: [8, (view, at, littleEndian) => view.getFloat64(at, littleEndian)],
  12: [8, (view, at, littleEndian) => Number(view.getBigInt64(at, littleEndian))],
  13: [8, (view, at, littleEndian) => Number(view.getBigUint64(at, littleEndian))],
};

/** What a compressed variable may inflate to: 256 MiB, a truth of 100 megapixels and more. */
const MOST_BYTES = 2 ** 28;
/** Structs within structs; no truth has more than one in another. */
const DEEPEST = 32;

/** One data element: its code and its content. */
interface Element {
  readonly code: number;
  readonly content: DataView;
}

/**
 * Reads the variables of a MATLAB file of level 5, which MATLAB has written since version 5 and writes with `save -v6` and `-v7`:
 * numbers and structs, compressed or not, of either byte order. Format: "MAT-File Format", The MathWorks, R2019b.
 *
 * @returns the variables by name. Numbers are column-major.
 * @throws {TypeError} When it is another kind of file, one of version 7.3 (HDF5) included.
 * @throws {SyntaxError} When it is damaged or cut off.
 */
export function readMatFile(bytes: Uint8Array): Map<string, MatValue> {
  const littleEndian = byteOrder(bytes);
  const variables = new Map<string, MatValue>();
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = new Elements(within(file, 128, file.byteLength), littleEndian);
  while (reader.left > 0) {
    let element = reader.next();
    if (element.code === COMPRESSED) element = new Elements(inflated(element.content), littleEndian).next();
    if (element.code !== MATRIX) continue;
    const { name, value } = readMatrix(element.content, littleEndian, 0);
    variables.set(name, value);
  }
  return variables;
}

function byteOrder(bytes: Uint8Array): boolean {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 128));
  if (text.startsWith("MATLAB 7.3") || text.startsWith("\x89HDF")) {
    throw new TypeError(
      "Cannot read the MAT file: it is one of version 7.3 (HDF5) where level 5 is wanted; save it again with the option -v7.",
    );
  }
  const order = text.slice(126);
  if (order !== "IM" && order !== "MI") {
    throw new TypeError(
      "Cannot read the MAT file: its first 128 bytes are not the header of a MATLAB file of level 5.",
    );
  }
  return order === "IM";
}

function inflated({ buffer, byteOffset, byteLength }: DataView): DataView {
  try {
    const { buffer: whole, byteOffset: from, byteLength: length } = inflateSync(
      new Uint8Array(buffer, byteOffset, byteLength),
      { maxOutputLength: MOST_BYTES },
    );
    return new DataView(whole, from, length);
  } catch (cause) {
    throw new SyntaxError(
      "Cannot read the MAT file: a compressed variable is damaged, cut off or larger than 256 MiB.",
      { cause },
    );
  }
}

function within(view: DataView, from: number, to: number): DataView {
  if (to > view.byteLength) {
    throw new SyntaxError(
      `Cannot read the MAT file: it is damaged or cut off, ${to - from} bytes are wanted where ${
        Math.max(0, view.byteLength - from)
      } are left.`,
    );
  }
  return new DataView(view.buffer, view.byteOffset + from, to - from);
}

/** Data elements one after the other, each padded to a multiple of eight bytes. */
class Elements {
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  #at = 0;

  constructor(view: DataView, littleEndian: boolean) {
    this.#view = view;
    this.#littleEndian = littleEndian;
  }

  get left(): number {
    return this.#view.byteLength - this.#at;
  }

  next(): Element {
    const tag = within(this.#view, this.#at, this.#at + 8);
    const first = tag.getUint32(0, this.#littleEndian);
    // Up to four bytes share the tag: their number is in the upper half of its first word.
    if (first > 0xffff) {
      this.#at += 8;
      return { code: first & 0xffff, content: within(tag, 4, 4 + (first >>> 16)) };
    }
    const start = this.#at + 8;
    const end = start + tag.getUint32(4, this.#littleEndian);
    const content = within(this.#view, start, end);
    // What is compressed is not padded; the last element need not be.
    this.#at = first === COMPRESSED ? end : Math.min(this.#view.byteLength, Math.ceil(end / 8) * 8);
    return { code: first, content };
  }
}

function readMatrix(
  content: DataView,
  littleEndian: boolean,
  depth: number,
): { readonly name: string; readonly value: MatValue } {
  // An empty matrix, as a field that was never set has.
  if (content.byteLength === 0) return { name: "", value: { kind: "numbers", size: [0, 0], data: [] } };
  if (depth > DEEPEST) {
    throw new SyntaxError(
      `Cannot read the MAT file: its structs lie more than ${DEEPEST} deep in one another.`,
    );
  }
  const elements = new Elements(content, littleEndian);
  const numbers = (code?: number) => numbersOf(elements.next(), littleEndian, code);
  const kind = numbers(UINT32)[0] & 0xff;
  const size = Array.from(numbers(INT32));
  const count = size.reduce((product, side) => product * side, 1);
  if (size.length < 2 || size.some((side) => side < 0)) {
    throw new SyntaxError(
      `Cannot read the MAT file: it is damaged, a variable is ${size.join(" × ")} large.`,
    );
  }
  const name = latin1(elements.next().content);
  if (kind >= FIRST_NUMBERS && kind <= LAST_NUMBERS) {
    const data = numbers();
    if (data.length !== count) {
      throw new SyntaxError(
        `Cannot read the MAT file: it is damaged, ${
          size.join(" × ")
        } numbers are wanted where ${data.length} are stored.`,
      );
    }
    return { name, value: { kind: "numbers", size, data } };
  }
  if (kind !== STRUCT) return { name, value: { kind: "other" } };
  const length = numbers(INT32)[0];
  const names = latin1(elements.next().content);
  const fields = new Map<string, MatValue[]>();
  if (length > 0) {
    for (let at = 0; at < names.length; at += length) {
      fields.set(names.slice(at, at + length).replace(/\0.*$/s, ""), []);
    }
  }
  for (let i = 0; fields.size > 0 && i < count; i++) {
    for (const values of fields.values()) {
      values.push(readMatrix(elements.next().content, littleEndian, depth + 1).value);
    }
  }
  return { name, value: { kind: "struct", size, fields } };
}

function latin1(view: DataView): string {
  return new TextDecoder("latin1").decode(view);
}

/** Numbers in whatever type they are stored: MATLAB stores doubles as bytes where that loses nothing. */
function numbersOf({ code, content }: Element, littleEndian: boolean, wanted = code): ArrayLike<number> {
  const type = NUMBERS[code];
  if (type === undefined || code !== wanted) {
    throw new SyntaxError(
      `Cannot read the MAT file: it is damaged, a data element of type ${code} is out of place.`,
    );
  }
  const [bytes, read] = type;
  const count = Math.floor(content.byteLength / bytes);
  if (code === 2) return new Uint8Array(content.buffer, content.byteOffset, count);
  return Float64Array.from({ length: count }, (_, i) => read(content, i * bytes, littleEndian));
}
