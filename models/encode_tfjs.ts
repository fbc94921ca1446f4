/** A tensor to write. */
export interface TfjsTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What {@linkcode encodeTfjs} writes. */
export interface TfjsModel {
  /** Weights by name. */
  readonly tensors: ReadonlyMap<string, TfjsTensor>;
  /** The layers, as tfjs has them in JSON; without them only the weights can be read. */
  readonly topology?: unknown;
  /** Anything that JSON can hold, for whoever reads the file. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** The two files of a tfjs model. */
export interface TfjsFiles {
  /** The text of `model.json`. */
  readonly json: string;
  /** The one shard that it names: `weights.bin`, float32, little-endian. */
  readonly weights: Uint8Array<ArrayBuffer>;
}

/** Name of the shard, beside `model.json`. */
const TFJS_SHARD = "weights.bin";

/**
 * Writes weights as tfjs keeps them: a manifest of names and shapes in `model.json`, values in a shard.
 *
 * @throws {RangeError} for a tensor whose shape does not fit its data.
 */
export function encodeTfjs({ tensors, topology, metadata }: TfjsModel): TfjsFiles {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const [name, { shape, data }] of tensors) {
    const wanted = shape.reduce((product, axis) => product * axis, 1);
    if (data.length !== wanted) {
      throw new RangeError(
        `Cannot write the tensor "${name}": it has ${data.length} values, ${wanted} are wanted for [${shape}].`,
      );
    }
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    length += data.byteLength;
  }
  const weights = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    weights.set(part, offset);
    offset += part.length;
  }
  const entries = [...tensors].map(([name, { shape }]) => ({ name, shape, dtype: "float32" }));
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
