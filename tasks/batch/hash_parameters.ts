import { createHash } from "node:crypto";

/** A network's parameter, as far as its hash goes. */
export interface HashedParameter {
  readonly shape: readonly number[];
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
}

/**
 * SHA-256, in hexadecimal, of a network's parameters: of the name, shape and values of each in turn. It tells two
 * networks apart whatever kind of file they came from.
 */
export async function hashParameters(parameters: ReadonlyMap<string, HashedParameter>): Promise<string> {
  const hash = createHash("sha256");
  for (const [name, parameter] of parameters) {
    hash.update(`${name} ${parameter.shape.join("×")}\n`);
    const values = await parameter.data();
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}
