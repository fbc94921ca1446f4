import { Dataset, File, Group, ready } from "npm:h5wasm@0.10.3";
import { type ForeignTensor, type ForeignWeights, kerasName } from "./foreign_weights.ts";

const KIND = "Keras .h5 file";

let opened = 0;

/**
 * Opens weights that Keras wrote as HDF5: those of `save_weights()`, and whole models of `save()`, whose `model_weights` are taken. The
 * file is closed with the result. HDF5 is read by its own library, compiled to WebAssembly, which needs no permission. It notices files
 * that are cut short; bytes changed in the midst of one can go unnoticed, or keep it busy without end.
 *
 * @throws {SyntaxError} for a file that is no HDF5, is damaged, or was not laid out by Keras.
 */
export async function openKerasWeights(bytes: Uint8Array): Promise<ForeignWeights> {
  const { FS, activate_throwing_error_handler: throwErrors } = await ready;
  throwErrors();
  const path = `/weights_${opened++}.h5`;
  FS.writeFile(path, bytes);
  let file: File | undefined;
  const close = (): void => {
    file?.close();
    file = undefined;
    if (FS.analyzePath(path).exists) FS.unlink(path);
  };
  try {
    file = read("it is no HDF5 file or is damaged", () => new File(path, "r"));
    const tensors = readLayers(file);
    return { kind: KIND, tensors, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The weights of all layers, whose names are attributes: `layer_names` of the root, `weight_names` of each layer. */
function readLayers(file: File): Map<string, ForeignTensor> {
  const inner = read("its root cannot be read", () => file.get("model_weights"));
  const root = inner instanceof Group ? inner : file;
  const tensors = new Map<string, ForeignTensor>();
  for (const layer of readNames(root, "layer_names")) {
    const group = read(`its layer ${JSON.stringify(layer)} cannot be read`, () => root.get(layer));
    if (!(group instanceof Group)) fail(`it names the layer ${JSON.stringify(layer)} and has none`);
    for (const weight of readNames(group, "weight_names")) {
      const name = kerasName(weight, layer);
      if (tensors.has(name)) fail(`it has two weights called ${JSON.stringify(name)}`);
      tensors.set(name, openTensor(group, { weight, name }));
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

function openTensor(
  group: Group,
  { weight, name }: { readonly weight: string; readonly name: string },
): ForeignTensor {
  const quoted = JSON.stringify(name);
  const found = read(`its weight ${quoted} cannot be read`, () => group.get(weight));
  if (!(found instanceof Dataset)) fail(`it names the weight ${quoted} and has none`);
  return {
    shape: read(`the shape of ${quoted} cannot be read`, () => found.shape ?? []),
    get data() {
      const value = read(`the values of ${quoted} cannot be read`, () => found.value);
      const values = typeof value === "number" ? [value] : value;
      if (values instanceof Float32Array) return values;
      if (values instanceof Float64Array || Array.isArray(values) && values.every(isNumber)) {
        return Float32Array.from(values as ArrayLike<number>);
      }
      return fail(`the values of ${quoted} are ${JSON.stringify(found.dtype)}, floats are wanted`);
    },
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === "number";
}

function read<T>(reason: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    // The library answers with what its C code prints, many lines.
    throw new SyntaxError(`Cannot read the ${KIND}: ${reason}.`, { cause });
  }
}

function fail(reason: string): never {
  throw new SyntaxError(`Cannot read the ${KIND}: ${reason}.`);
}
