import { recogniseForeignFile } from "./foreign_file.ts";

/** How the values of a tensor are stored: the dtypes of safetensors that networks use. */
export type SafetensorsDtype = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "I8" | "U8";

/** Values as they are held in memory. */
export type TensorData = Float32Array | Float64Array | BigInt64Array | Int32Array | Int8Array | Uint8Array;

/** A tensor of a safetensors file. */
export interface StoredTensor {
  /** How it is stored. */
  readonly dtype: SafetensorsDtype;
  /** Sizes of its axes, outermost first; none for a single number. */
  readonly shape: readonly number[];
  /**
   * Its values, row-major: float32 for `F32`, `F16` and `BF16`, for the others the array of the same name.
   */
  readonly data: TensorData;
}

/** What a safetensors file holds. */
interface Safetensors {
  /** Tensors by name. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bytes a value, and how values are read from bytes that start at a multiple of that. */
const DTYPES: Readonly<
  Record<SafetensorsDtype, { bytes: number; read: (bytes: ArrayBuffer) => TensorData }>
> = {
  F64: { bytes: 8, read: (bytes) => new Float64Array(bytes) },
  F32: { bytes: 4, read: (bytes) => new Float32Array(bytes) },
  F16: { bytes: 2, read: (bytes) => Float32Array.from(new Float16Array(bytes)) },
  BF16: { bytes: 2, read: readBfloat16 },
  I64: { bytes: 8, read: (bytes) => new BigInt64Array(bytes) },
  I32: { bytes: 4, read: (bytes) => new Int32Array(bytes) },
  I8: { bytes: 1, read: (bytes) => new Int8Array(bytes) },
  U8: { bytes: 1, read: (bytes) => new Uint8Array(bytes) },
};

/** The upper half of a float32. */
function readBfloat16(bytes: ArrayBuffer): Float32Array {
  const bits = Uint32Array.from(new Uint16Array(bytes), (half) => half << 16);
  return new Float32Array(bits.buffer);
}

/** The largest header that is read, as in the reference implementation. */
const MAX_HEADER = 100_000_000;

/**
 * Reads a safetensors file (https://github.com/huggingface/safetensors#format): 8 bytes of header length, a JSON header, then the
 * values, little-endian like every machine that Deno runs on. Nothing in it is trusted.
 *
 * @throws {SyntaxError} for a file of another kind, which is called what it is; for one that is cut short or not laid out as the format
 * says: header length, JSON, shapes, and offsets that must cover the values without gap or overlap.
 * @throws {TypeError} for a dtype that is not one of {@linkcode SafetensorsDtype}.
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  if (bytes.length < 8) fail(`it is cut short, ${bytes.length} bytes where 8 of header length are wanted`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  // What other kinds of files begin with is, as a length, beyond any file.
  const foreign = length > BigInt(bytes.length) ? recogniseForeignFile(bytes) : undefined;
  if (foreign !== undefined) fail(`it is ${foreign.name}; ${foreign.remedy}`);
  if (length > BigInt(MAX_HEADER)) {
    fail(`its header claims ${length} bytes, at most ${MAX_HEADER} are read`);
  }
  const start = 8 + Number(length);
  if (start > bytes.length) {
    fail(`it is cut short or no safetensors file, its header claims ${length} of ${bytes.length - 8} bytes`);
  }
  const header = parseHeader(bytes.subarray(8, start));
  const values = bytes.subarray(start);
  const found = Object.entries(header).filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => parseEntry(name, entry))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of found) {
    if (begin < covered) {
      fail(`${quote(name)} overlaps another tensor, it begins at ${begin}, not at ${covered}`);
    }
    if (begin > covered) fail(`no tensor covers its bytes ${covered} to ${begin}`);
    covered = end;
  }
  if (covered > values.length) fail(`it is cut short, ${values.length} bytes of values of ${covered}`);
  if (covered < values.length) fail(`${values.length - covered} bytes follow its last tensor`);
  const tensors = new Map(found.map(({ name, dtype, shape, begin, end }) => {
    // A copy starts aligned and does not keep the file alive.
    const data = DTYPES[dtype].read(values.slice(begin, end).buffer);
    return [name, { dtype, shape, data }];
  }));
  return { tensors, metadata: parseMetadata(header.__metadata__) };
}

interface Entry {
  name: string;
  dtype: SafetensorsDtype;
  shape: number[];
  begin: number;
  end: number;
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    fail("its header is not JSON in UTF-8");
  }
  if (!isRecord(header)) fail("its header is no JSON object");
  return header;
}

function parseEntry(name: string, entry: unknown): Entry {
  if (!isRecord(entry)) fail(`its entry ${quote(name)} is no JSON object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !Object.hasOwn(DTYPES, dtype)) {
    throw new TypeError(
      `Cannot read the safetensors file: ${quote(name)} has the dtype ${quote(String(dtype))}, one of ${
        Object.keys(DTYPES).join(", ")
      } is wanted.`,
    );
  }
  if (!isSizes(shape)) fail(`the shape of ${quote(name)} is no list of whole numbers`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    fail(`the offsets of ${quote(name)} are no two whole numbers`);
  }
  const [begin, end] = offsets;
  const size = shape.reduce((product, axis) => product * axis, DTYPES[dtype as SafetensorsDtype].bytes);
  if (end - begin !== size) {
    fail(`${quote(name)} spans bytes ${begin} to ${end}, ${size} bytes are wanted for ${dtype} [${shape}]`);
  }
  return { name, dtype: dtype as SafetensorsDtype, shape, begin, end };
}

function parseMetadata(metadata: unknown): Record<string, string> {
  if (metadata === undefined) return {};
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    fail("its __metadata__ is no JSON object of texts");
  }
  return metadata as Record<string, string>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** A text of the file for a message: on one line, and not longer than one. */
function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function fail(reason: string): never {
  throw new SyntaxError(`Cannot read the safetensors file: ${reason}.`);
}

/**
 * Writes a safetensors file (https://github.com/huggingface/safetensors#format), tensors of wide values first so that each starts at a
 * multiple of its value's size. `F16` is rounded to the nearest, ties to even.
 *
 * @throws {RangeError} for a tensor whose shape does not fit its data.
 * @throws {TypeError} for data of another array than its dtype asks for, and for `BF16`, which is only read.
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array<ArrayBuffer> {
  const ordered = [...tensors].sort(([, a], [, b]) => DTYPES[b.dtype].bytes - DTYPES[a.dtype].bytes);
  const header = new Map<string, unknown>([["__metadata__", metadata]]);
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, tensor] of ordered) {
    const bytes = toBytes(name, tensor);
    const { dtype, shape } = tensor;
    header.set(name, { dtype, shape, data_offsets: [offset, offset + bytes.length] });
    offset += bytes.length;
    parts.push(bytes);
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = 8 * Math.ceil(text.length / 8);
  const file = new Uint8Array(8 + headerLength + offset).fill(0x20, 8, 8 + headerLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(text, 8);
  let position = 8 + headerLength;
  for (const part of parts) {
    file.set(part, position);
    position += part.length;
  }
  return file;
}

function toBytes(name: string, { dtype, shape, data }: StoredTensor): Uint8Array {
  if (name === "__metadata__") {
    throw new RangeError(
      'Cannot write a tensor called "__metadata__": the format keeps that name for itself.',
    );
  }
  const length = shape.reduce((product, axis) => product * axis, 1);
  if (data.length !== length) {
    throw new RangeError(
      `Cannot write the tensor "${name}": it has ${data.length} values, ${length} are wanted for [${shape}].`,
    );
  }
  const wanted = dtype === "F16" ? Float32Array : dtype === "BF16" ? undefined : ARRAYS[dtype];
  if (wanted === undefined || !(data instanceof wanted)) {
    throw new TypeError(
      `Cannot write the tensor "${name}" as ${dtype}: its data is a ${data.constructor.name}, ${
        wanted?.name ?? "another dtype"
      } is wanted.`,
    );
  }
  const stored = dtype === "F16" ? new Float16Array(data as Float32Array) : data;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

const ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I8: Int8Array,
  U8: Uint8Array,
} as const;
