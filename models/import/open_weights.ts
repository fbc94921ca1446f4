import { decodeSafetensors } from "../checkpoint/safetensors.ts";
import type { ForeignWeights } from "./foreign_weights.ts";
import { type OpenKerasOptions, openKerasWeights } from "./open_keras_weights.ts";
import { readTfjsWeights } from "./tfjs_weights.ts";

/** The first bytes of an HDF5 file. */
const HDF5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** What a file of weights seems to be, by its first bytes; `safetensors` for anything else. */
export function kindOfWeights(bytes: Uint8Array): "hdf5" | "tfjs" | "safetensors" {
  if (HDF5.every((byte, i) => bytes[i] === byte)) return "hdf5";
  const start = bytes.subarray(0, 8);
  // Safetensors begin with the length of their header, in 8 bytes of which the last are 0.
  return !start.includes(0) && /^\s*\{/.test(new TextDecoder().decode(start)) ? "tfjs" : "safetensors";
}

/**
 * Opens a file of weights of another library, by what is in it: HDF5 of Keras, `model.json` of tfjs with its shards, or safetensors.
 *
 * @param readShard gives the bytes of a shard of tfjs by its path, which is relative to `model.json`.
 * @throws {SyntaxError} for another kind of file, and for a damaged one.
 */
export async function openWeights(
  bytes: Uint8Array,
  readShard: (path: string) => Promise<Uint8Array>,
  options: OpenKerasOptions = {},
): Promise<ForeignWeights> {
  switch (kindOfWeights(bytes)) {
    case "hdf5": {
      return await openKerasWeights(bytes, options);
    }
    case "tfjs":
      return await readTfjsWeights(new TextDecoder().decode(bytes), readShard);
    case "safetensors":
      return readSafetensorsWeights(bytes);
  }
}

/**
 * The weights of a safetensors file, numbers of all kinds as float32.
 *
 * @throws {SyntaxError} for a file that is none or is damaged.
 */
export function readSafetensorsWeights(bytes: Uint8Array): ForeignWeights {
  const { tensors } = decodeSafetensors(bytes);
  return {
    kind: "safetensors file",
    tensors: new Map(
      [...tensors].map(([name, { shape, data }]) => [name, {
        shape,
        get data() {
          return data instanceof Float32Array ? data : Float32Array.from(data, Number);
        },
      }]),
    ),
    [Symbol.dispose]() {},
  };
}
