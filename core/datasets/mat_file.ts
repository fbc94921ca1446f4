import { inflateSync } from "node:zlib";
import { DEFLATE_MAX_RATIO, inflateStart } from "../images/codecs/inflate.ts";

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

/** A value that is not read: of a class such as text, cell, sparse, object, function, or a variable that was not asked for. */
export interface MatOther {
  readonly kind: "other";
}

/** A value of a MAT file. */
export type MatValue = MatNumbers | MatStruct | MatOther;

/** Codes of data elements: "MAT-File Format", The MathWorks, table 1-1. */
const INT32 = 5, UINT32 = 6, MATRIX = 14, COMPRESSED = 15;
/** Codes of array classes, table 1-3; numbers are 6 (double) to 15 (uint64). */
const STRUCT = 2, FIRST_NUMBERS = 6, LAST_NUMBERS = 15;

/** Types of numbers as they are stored, table 1-1. */
const NUMBERS = {
  1: Int8Array,
  2: Uint8Array,
  3: Int16Array,
  4: Uint16Array,
  5: Int32Array,
  6: Uint32Array,
  7: Float32Array,
  9: Float64Array,
  12: BigInt64Array,
  13: BigUint64Array,
} as const;

/** What a compressed variable may inflate to: 256 MiB, a truth of 100 megapixels and more. */
const MOST_BYTES = 2 ** 28;
/** Structs within structs; no truth has more than one in another. */
const DEEPEST = 32;
/** Values of all fields of all structs: a truth has a dozen, and each takes memory of its own, empty ones included. */
const MOST_VALUES = 2 ** 16;
/** Axes of a variable, and fields of a struct. */
const MOST_AXES = 32, MOST_FIELDS = 2 ** 12;
/** Characters of the name of a variable or field: MATLAB allows 63. */
const LONGEST_NAME = 256;
/** Bytes that hold a variable's class, size and name. */
const HEAD = 1024;

/** One data element: its code and its content. */
interface Element {
  readonly code: number;
  readonly content: DataView;
}

/**
 * Reads the variables of a MATLAB file of level 5, which MATLAB has written since version 5 and writes with `save -v6` and `-v7`:
 * numbers and structs, compressed or not, of either byte order. Format: "MAT-File Format", The MathWorks, R2019b.
 *
 * A file is not trusted: a variable may have 256 MiB, and 65536 values in structs.
 *
 * @param options `only`: the variable that is wanted; of others nothing but the name is read.
 * @returns the variables by name, the first of each. Numbers are column-major.
 * @throws {TypeError} When it is another kind of file, one of version 7.3 (HDF5) included.
 * @throws {SyntaxError} When it is damaged, cut off or larger than that.
 */
export function readMatFile(
  bytes: Uint8Array,
  { only }: { readonly only?: string } = {},
): Map<string, MatValue> {
  const littleEndian = byteOrder(bytes);
  const variables = new Map<string, MatValue>();
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements = new Elements(within(file, 128, file.byteLength), littleEndian);
  while (elements.left > 0) {
    const { code, content } = elements.next();
    if (code !== COMPRESSED && code !== MATRIX) continue;
    if (only !== undefined) {
      const head = code === MATRIX ? content : matrixHead(content, littleEndian);
      const name = head === undefined ? only : nameOf(head, littleEndian);
      if (name !== only) {
        if (!variables.has(name)) variables.set(name, { kind: "other" });
        continue;
      }
    }
    const matrix = code === MATRIX ? content : inflatedMatrix(content, littleEndian);
    if (matrix === undefined) continue;
    const { name, value } = readMatrix(matrix, { littleEndian, depth: 0, budget: { values: MOST_VALUES } });
    if (!variables.has(name)) variables.set(name, value);
    if (name === only) break;
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

/** The start of the matrix that an element holds compressed; `undefined` where it holds something else. */
function matrixHead(compressed: DataView, littleEndian: boolean): DataView | undefined {
  const start = viewOf(inflating(() => inflateStart(bytesOf(compressed), HEAD)));
  if (within(start, 0, 8).getUint32(0, littleEndian) !== MATRIX) return undefined;
  return new DataView(start.buffer, start.byteOffset + 8, start.byteLength - 8);
}

/** The matrix that an element holds compressed; `undefined` where it holds something else. */
function inflatedMatrix(compressed: DataView, littleEndian: boolean): DataView | undefined {
  const bytes = bytesOf(compressed);
  const tag = viewOf(inflating(() => inflateStart(bytes, 8)));
  const claimed = 8 + within(tag, 0, 8).getUint32(4, littleEndian);
  const inflated = inflating(() =>
    inflateSync(bytes, {
      maxOutputLength: MOST_BYTES,
      // One chunk, so that nothing is pieced together, and no larger than what the bytes can hold.
      chunkSize: 64 + Math.min(claimed, MOST_BYTES, DEFLATE_MAX_RATIO * bytes.length),
    })
  );
  const { code, content } = new Elements(viewOf(inflated), littleEndian).next();
  return code === MATRIX ? content : undefined;
}

function inflating(inflate: () => Uint8Array): Uint8Array {
  try {
    return inflate();
  } catch (cause) {
    throw new SyntaxError(
      "Cannot read the MAT file: a compressed variable is damaged, cut off or larger than 256 MiB.",
      { cause },
    );
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function bytesOf({ buffer, byteOffset, byteLength }: DataView): Uint8Array<ArrayBuffer> {
  // Not of memory that threads share: no file is read into that.
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
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

/** How values are read, and how many more of them. */
interface Reading {
  readonly littleEndian: boolean;
  /** In how many structs the value lies. */
  readonly depth: number;
  readonly budget: { values: number };
}

function readMatrix(
  content: DataView,
  reading: Reading,
): { readonly name: string; readonly value: MatValue } {
  const { littleEndian, depth, budget } = reading;
  // An empty matrix, as a field that was never set has.
  if (content.byteLength === 0) return { name: "", value: { kind: "numbers", size: [0, 0], data: [] } };
  if (depth > DEEPEST) fail(`its structs lie more than ${DEEPEST} deep in one another`);
  const elements = new Elements(content, littleEndian);
  const { kind, size, name } = readHead(elements, littleEndian);
  const count = size.reduce((product, side) => product * side, 1);
  if (kind >= FIRST_NUMBERS && kind <= LAST_NUMBERS) {
    const data = numbersOf(elements.next(), littleEndian);
    if (data.length !== count) {
      fail(`it is damaged, ${size.join(" × ")} numbers are wanted where ${data.length} are stored`);
    }
    return { name, value: { kind: "numbers", size, data } };
  }
  if (kind !== STRUCT) return { name, value: { kind: "other" } };
  const length = numbersOf(elements.next(), littleEndian, INT32)[0];
  const fields = new Map<string, MatValue[]>(
    fieldNames(elements.next().content, length).map((field) => [field, []]),
  );
  budget.values -= fields.size * count;
  if (budget.values < 0) fail(`its structs have more than ${MOST_VALUES} values`);
  for (let i = 0; fields.size > 0 && i < count; i++) {
    for (const values of fields.values()) {
      values.push(readMatrix(elements.next().content, { ...reading, depth: depth + 1 }).value);
    }
  }
  return { name, value: { kind: "struct", size, fields } };
}

/** What a matrix begins with: its class, its size and its name. */
function readHead(
  elements: Elements,
  littleEndian: boolean,
): { readonly kind: number; readonly size: readonly number[]; readonly name: string } {
  const kind = numbersOf(elements.next(), littleEndian, UINT32)[0] & 0xff;
  const sides = numbersOf(elements.next(), littleEndian, INT32);
  if (sides.length > MOST_AXES) fail(`it is damaged, a variable has ${sides.length} axes`);
  const size = Array.from(sides);
  if (size.length < 2 || size.some((side) => side < 0)) {
    fail(`it is damaged, a variable is ${size.join(" × ")} large`);
  }
  return { kind, size, name: nameIn(elements.next().content) };
}

function nameOf(content: DataView, littleEndian: boolean): string {
  return content.byteLength === 0 ? "" : readHead(new Elements(content, littleEndian), littleEndian).name;
}

function nameIn(view: DataView): string {
  if (view.byteLength > LONGEST_NAME) fail(`it is damaged, a name has ${view.byteLength} characters`);
  return latin1(view);
}

/** The names of a struct's fields, each padded to a length. */
function fieldNames(view: DataView, length: number): string[] {
  if (!(length > 0)) return [];
  const count = Math.ceil(view.byteLength / length);
  if (length > LONGEST_NAME || count > MOST_FIELDS) {
    fail(`it is damaged, a struct has ${count} fields with names of ${length} characters`);
  }
  const names = latin1(view);
  return Array.from(
    { length: count },
    (_, i) => names.slice(i * length, (i + 1) * length).replace(/\0.*$/s, ""),
  );
}

function latin1(view: DataView): string {
  return new TextDecoder("latin1").decode(view);
}

/**
 * Numbers in whatever type they are stored: MATLAB stores doubles as bytes where that loses nothing. They are no copy where their bytes
 * lie as the machine wants them, little-endian and at multiples of their size.
 */
function numbersOf({ code, content }: Element, littleEndian: boolean, wanted = code): ArrayLike<number> {
  if (code !== wanted || !isNumberType(code)) {
    fail(`it is damaged, a data element of type ${code} is out of place`);
  }
  const Numbers = NUMBERS[code];
  const size = Numbers.BYTES_PER_ELEMENT;
  const count = Math.floor(content.byteLength / size);
  const lies = littleEndian && content.byteOffset % size === 0;
  const bytes = lies ? bytesOf(content) : bytesOf(content).slice(0, count * size);
  if (!littleEndian) reverseEach(bytes, size);
  const numbers = new Numbers(bytes.buffer, bytes.byteOffset, count);
  return numbers instanceof BigInt64Array || numbers instanceof BigUint64Array
    ? Float64Array.from(numbers, Number)
    : numbers;
}

/** Turns round the bytes of each number of so many. */
function reverseEach(bytes: Uint8Array, size: number): void {
  for (let at = 0; at + size <= bytes.length; at += size) {
    for (let i = at, k = at + size - 1; i < k; i++, k--) {
      const byte = bytes[i];
      bytes[i] = bytes[k];
      bytes[k] = byte;
    }
  }
}

function isNumberType(code: number): code is keyof typeof NUMBERS {
  return Object.hasOwn(NUMBERS, code);
}

/** Says why a file is not read. */
function fail(reason: string): never {
  throw new SyntaxError(`Cannot read the MAT file: ${reason}.`);
}
