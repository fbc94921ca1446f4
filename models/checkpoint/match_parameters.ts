import type { ParameterSpecs } from "../layers/parameters.ts";
import type { StoredTensor } from "./safetensors.ts";

/**
 * The float32 values of a network's parameters among the tensors of a file.
 *
 * @param network its name, for messages.
 * @throws {RangeError} if parameters are missing, unknown, or of another shape or kind of value: one sentence that names them.
 */
export function matchParameters(
  specs: ParameterSpecs,
  tensors: ReadonlyMap<string, StoredTensor>,
  network: string,
): ReadonlyMap<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  const missing: string[] = [], others: string[] = [];
  for (const [name, { shape }] of specs) {
    const found = tensors.get(name);
    if (found === undefined) missing.push(`"${name}"`);
    else if (!(found.data instanceof Float32Array) || found.shape.join() !== shape.join()) {
      others.push(`"${name}" (${found.dtype} [${found.shape}], float [${shape}] is wanted)`);
    } else values.set(name, found.data);
  }
  const unknown = [...tensors.keys()].filter((name) => !specs.has(name)).map((name) => JSON.stringify(name));
  const differences = [
    ...missing.length > 0 ? [`${missing.length} missing: ${few(missing)}`] : [],
    ...unknown.length > 0 ? [`${unknown.length} unknown: ${few(unknown)}`] : [],
    ...others.length > 0 ? [`${others.length} of another shape: ${few(others)}`] : [],
  ];
  if (differences.length > 0) {
    throw new RangeError(
      `Cannot load the parameters of ${network}: of its ${specs.size} parameters ${differences.join("; ")}.`,
    );
  }
  return values;
}

/** The first few, and how many more. */
function few(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
