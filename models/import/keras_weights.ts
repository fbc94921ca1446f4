import { Dataset, File, Group, ready } from "npm:h5wasm@0.10.3";
import { kerasName } from "./foreign_weights.ts";

/** What files of this kind are called. */
const KIND = "Keras .h5 file";

/** Settles when the library is compiled, which takes seconds on a busy machine. */
export const libraryReady: Promise<unknown> = ready;

/** Where the library keeps the file. */
const PATH = "/weights.h5";

/** A weight of a file. */
export interface KerasTensor {
  readonly shape: readonly number[];
  /** Its values, in memory that threads share, as copies of half a gigabyte would take long; or why there are none: a sentence. */
  readonly data: Float32Array<SharedArrayBuffer> | string;
}

/**
 * Reads weights that Keras wrote as HDF5: those of `save_weights()`, and whole models of `save()`, whose `model_weights` are taken. HDF5
 * is read by its own library, compiled to WebAssembly, which needs no permission. It notices files that are cut short; bytes changed in
 * the midst of one can go unnoticed, or keep it busy without end.
 *
 * @throws {SyntaxError} for a file that is no HDF5, is damaged, or was not laid out by Keras.
 */
export async function readKerasWeights(bytes: Uint8Array): Promise<Map<string, KerasTensor>> {
  const { FS, activate_throwing_error_handler: throwErrors } = await ready;
  throwErrors();
  FS.writeFile(PATH, bytes);
  let file: File | undefined;
  try {
    file = read("it is no HDF5 file or is damaged", () => new File(PATH, "r"));
    return readLayers(file);
  } finally {
    file?.close();
    FS.unlink(PATH);
  }
}

/** The weights of all layers, whose names are attributes: `layer_names` of the root, `weight_names` of each layer. */
function readLayers(file: File): Map<string, KerasTensor> {
  const inner = read("its root cannot be read", () => file.get("model_weights"));
  const root = inner instanceof Group ? inner : file;
  const tensors = new Map<string, KerasTensor>();
  for (const layer of readNames(root, "layer_names")) {
    const group = read(`its layer ${JSON.stringify(layer)} cannot be read`, () => root.get(layer));
    if (!(group instanceof Group)) fail(`it names the layer ${JSON.stringify(layer)} and has none`);
    for (const weight of readNames(group, "weight_names")) {
      const name = kerasName(weight, layer);
      if (tensors.has(name)) fail(`it has two weights called ${JSON.stringify(name)}`);
      tensors.set(name, readTensor(group, { weight, name }));
    }
  }
  return tensors;
}

/** A list of texts, which Keras splits into `…_names0`, `…_names1`, … where it is long. */
function readNames(group: Group, attribute: string): string[] {
  const attributes = read(`the attributes of ${group.path} cannot be read`, () => group.attrs);
  const parts = attribute in attributes
    ? [attribute]
    : Object.keys(attributes).filter((name) => /^\d+$/.test(name.slice(attribute.length)))
      .filter((name) => name.startsWith(attribute))
      .sort((a, b) => Number(a.slice(attribute.length)) - Number(b.slice(attribute.length)));
  if (parts.length === 0) {
    fail(`${group.path} has no attribute "${attribute}", which Keras writes up to version 2 and save() of 3`);
  }
  return parts.flatMap((part) => {
    const value = read(`the attribute ${part} of ${group.path} cannot be read`, () => attributes[part].value);
    // Keras writes an empty list, that of a layer without weights, as numbers.
    const names = [value].flat().filter((name) => typeof name === "string");
    const size = attributes[part].shape?.reduce((product, axis) => product * axis, 1);
    if (names.length !== size) fail(`the attribute ${part} of ${group.path} is no list of texts`);
    return names;
  });
}

function readTensor(
  group: Group,
  { weight, name }: { readonly weight: string; readonly name: string },
): KerasTensor {
  const quoted = JSON.stringify(name);
  const found = read(`its weight ${quoted} cannot be read`, () => group.get(weight));
  if (!(found instanceof Dataset)) fail(`it names the weight ${quoted} and has none`);
  return {
    shape: read(`the shape of ${quoted} cannot be read`, () => found.shape ?? []),
    data: readValues(found, quoted),
  };
}

/** The values of a weight, or why there are none: a weight that is not asked for may be of another kind, such as a count, or damaged. */
function readValues(found: Dataset, quoted: string): KerasTensor["data"] {
  let value: Dataset["value"];
  try {
    value = found.value;
  } catch {
    return sentence(`the values of ${quoted} cannot be read`);
  }
  const values = typeof value === "number" ? [value] : value;
  if (
    values instanceof Float32Array || values instanceof Float64Array ||
    Array.isArray(values) && values.every(isNumber)
  ) {
    const shared = new Float32Array(
      new SharedArrayBuffer(Float32Array.BYTES_PER_ELEMENT * values.length),
    );
    shared.set(values as ArrayLike<number>);
    return shared;
  }
  return sentence(`the values of ${quoted} are ${JSON.stringify(found.dtype)}, floats are wanted`);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function read<T>(reason: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    // The library answers with what its C code prints, many lines.
    throw new SyntaxError(sentence(reason), { cause });
  }
}

function fail(reason: string): never {
  throw new SyntaxError(sentence(reason));
}

function sentence(reason: string): string {
  return `Cannot read the ${KIND}: ${reason}.`;
}
