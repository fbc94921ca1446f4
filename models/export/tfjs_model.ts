import { fitsHalf } from "../checkpoint/precision.ts";

/** A tensor to write. */
export interface TfjsTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** How the weights of a tfjs model are stored: exactly, or rounded to half of the bytes. */
export type TfjsPrecision = "F32" | "F16";

/** What {@linkcode encodeTfjs} writes. */
export interface TfjsModel {
  /** Weights by name. */
  readonly tensors: ReadonlyMap<string, TfjsTensor>;
  /** The layers, as tfjs has them in JSON; without them only the weights can be read. */
  readonly topology?: unknown;
  /** Anything that JSON can hold, for whoever reads the file. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** How the weights are stored. Default: F32. In F16, tensors with values beyond its range stay in F32. */
  readonly precision?: TfjsPrecision;
}

/** The two files of a tfjs model. */
export interface TfjsFiles {
  /** The text of `model.json`. */
  readonly json: string;
  /** The one shard that it names: `weights.bin`, float32 or float16, little-endian. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

/** Name of the shard, beside `model.json`. */
const TFJS_SHARD = "weights.bin";

/**
 * Writes weights as tfjs keeps them: a manifest of names and shapes in `model.json`, values in a shard.
 *
 * @throws {RangeError} for a tensor whose shape does not fit its data.
 */
export function encodeTfjs(
  { tensors, topology, metadata, precision = "F32" }: TfjsModel,
): TfjsFiles {
  const parts: Uint8Array[] = [];
  const entries: unknown[] = [];
  let length = 0;
  for (const [name, { shape, data }] of tensors) {
    const wanted = shape.reduce((product, axis) => product * axis, 1);
    if (data.length !== wanted) {
      throw new RangeError(
        `Cannot write the tensor "${name}": it has ${data.length} values, ${wanted} are wanted for [${shape}].`,
      );
    }
    const half = precision === "F16" && fitsHalf(data);
    const stored = half ? new Float16Array(data) : data;
    parts.push(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
    length += stored.byteLength;
    const quantization = { dtype: "float16", original_dtype: "float32" };
    entries.push({ name, shape, dtype: "float32", ...half && { quantization } });
  }
  const weights = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    weights.set(part, offset);
    offset += part.length;
  }
  const model = {
    format: "layers-model",
    generatedBy: "Hairline",
    convertedBy: null,
    ...topology !== undefined && { modelTopology: topology },
    weightsManifest: [{ paths: [TFJS_SHARD], weights: entries }],
    ...metadata && { userDefinedMetadata: metadata },
  };
  return { json: JSON.stringify(model), weights };
}
