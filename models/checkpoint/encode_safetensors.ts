import { DTYPES, type Safetensors, type StoredTensor } from "./safetensors.ts";

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
