import { type ForeignTensor, type ForeignWeights, kerasName } from "./foreign_weights.ts";

const KIND = "tfjs model";

/** Bytes a stored value, and what they mean. */
const DTYPES = {
  float32: { bytes: 4, read: (buffer: ArrayBuffer) => new Float32Array(buffer) },
  float16: { bytes: 2, read: (buffer: ArrayBuffer) => Float32Array.from(new Float16Array(buffer)) },
  int32: { bytes: 4, read: (buffer: ArrayBuffer) => Float32Array.from(new Int32Array(buffer)) },
  uint16: { bytes: 2, read: (buffer: ArrayBuffer) => Float32Array.from(new Uint16Array(buffer)) },
  uint8: { bytes: 1, read: (buffer: ArrayBuffer) => Float32Array.from(new Uint8Array(buffer)) },
  bool: { bytes: 1, read: (buffer: ArrayBuffer) => Float32Array.from(new Uint8Array(buffer)) },
} as const;

/** One tensor of a manifest. */
interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: keyof typeof DTYPES;
  /** How values of a smaller type stand for float32: value × scale + min, or, for float16, as they are. */
  readonly quantization?: {
    readonly dtype: keyof typeof DTYPES;
    readonly scale?: number;
    readonly min?: number;
  };
}

/**
 * Reads the weights of a tfjs layers model: `model.json` with a `weightsManifest`, and its shards, quantised or not.
 *
 * @param json the text of `model.json`.
 * @param readShard gives the bytes of a shard by its path, which is relative to `model.json`.
 * @throws {SyntaxError} for what is no tfjs layers model or does not fit its shards.
 */
export async function readTfjsWeights(
  json: string,
  readShard: (path: string) => Promise<Uint8Array>,
): Promise<ForeignWeights> {
  const tensors = new Map<string, ForeignTensor>();
  for (const { paths, entries } of parseManifest(json)) {
    const shards: Uint8Array[] = [];
    for (const path of paths) shards.push(await readShard(path));
    const bytes = await new Blob(shards.map((shard) => new Uint8Array(shard))).bytes();
    let offset = 0;
    for (const entry of entries) {
      const length = sizeOf(entry);
      if (offset + length > bytes.length) {
        fail(
          `${JSON.stringify(entry.name)} ends at byte ${offset + length} of ${paths.join(", ")}, which ${
            paths.length === 1 ? "has" : "have"
          } ${bytes.length}`,
        );
      }
      const name = kerasName(entry.name);
      if (tensors.has(name)) fail(`it has two weights called ${JSON.stringify(name)}`);
      const part = bytes.subarray(offset, offset += length);
      tensors.set(name, {
        shape: entry.shape,
        get data() {
          return decode(entry, part.slice().buffer);
        },
      });
    }
    if (offset < bytes.length) {
      fail(`${bytes.length - offset} bytes follow the last weight in ${paths.join(", ")}`);
    }
  }
  return { kind: KIND, tensors, [Symbol.dispose]() {} };
}

function decode({ dtype, quantization }: Entry, buffer: ArrayBuffer): Float32Array {
  const values = DTYPES[quantization?.dtype ?? dtype].read(buffer);
  const { scale, min } = quantization ?? {};
  return scale === undefined || min === undefined ? values : values.map((value) => value * scale + min);
}

function sizeOf({ shape, dtype, quantization }: Entry): number {
  return shape.reduce((product, axis) => product * axis, DTYPES[quantization?.dtype ?? dtype].bytes);
}

function parseManifest(json: string): { paths: string[]; entries: Entry[] }[] {
  let model: unknown;
  try {
    model = JSON.parse(json);
  } catch {
    fail("its model.json is no JSON");
  }
  if (!isRecord(model)) fail("its model.json is no JSON object");
  const { format, weightsManifest } = model;
  if (format !== undefined && format !== "layers-model") {
    fail(`its format is ${JSON.stringify(format)}, "layers-model" is wanted, whose layers have names`);
  }
  if (!Array.isArray(weightsManifest)) fail('its model.json has no list "weightsManifest"');
  return weightsManifest.map((group: unknown) => {
    if (!isRecord(group)) fail('its "weightsManifest" lists something else than groups of weights');
    const { paths, weights } = group;
    if (!isList(paths, (path) => typeof path === "string") || !isList(weights, isEntry)) {
      fail('a group of its "weightsManifest" lacks paths, or weights with a name, a shape and a known dtype');
    }
    return { paths, entries: weights };
  });
}

function isEntry(value: unknown): value is Entry {
  if (!isRecord(value)) return false;
  const { name, shape, dtype, quantization } = value;
  return typeof name === "string" && isList(shape, isSize) && isDtype(dtype) &&
    (quantization === undefined || isRecord(quantization) && isDtype(quantization.dtype) &&
        [quantization.scale, quantization.min].every((part) => part === undefined || Number.isFinite(part)));
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isDtype(value: unknown): value is keyof typeof DTYPES {
  return typeof value === "string" && Object.hasOwn(DTYPES, value);
}

function isList<T>(value: unknown, fits: (part: unknown) => part is T): value is T[] {
  return Array.isArray(value) && value.every(fits);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fail(reason: string): never {
  throw new SyntaxError(`Cannot read the ${KIND}: ${reason}.`);
}
