import { countParameters, type Parameters, type ParameterSpecs } from "../layers/parameters.ts";
import { tf } from "../tfjs.ts";

/** A network whose values go from thread to thread. */
interface Values {
  readonly specs: ParameterSpecs;
  readonly parameters: Parameters;
}

/** A network for another thread: what to make it of, and its values in memory that threads share. */
export interface Snapshot<Description extends object> {
  /** What it is, values aside, as plain data. */
  readonly description: Description;
  /** The values of all parameters, in the order of its specs. */
  readonly weights: Float32Array<SharedArrayBuffer>;
}

/** The values that a network has now, in memory that threads share. */
export function shareValues(network: Values): Float32Array<SharedArrayBuffer> {
  const weights = sharedFloats(countParameters(network.specs));
  updateShared(weights, network);
  return weights;
}

/** A network with the values that it has now. */
export function takeSnapshot<Description extends object>(
  network: Values & { readonly description: Description },
): Snapshot<Description> {
  return { description: network.description, weights: shareValues(network) };
}

/** Writes the values that a network has now over those that it shared before. */
export function updateShared(
  weights: Float32Array<SharedArrayBuffer>,
  { parameters, specs }: Values,
): void {
  writeShared(weights, [...specs.keys()].map((name) => parameters.get(name)!));
}

/** Variables with the values that a snapshot has now. Needs an open backend. */
export function restoreParameters(
  weights: Float32Array<SharedArrayBuffer>,
  specs: ParameterSpecs,
): Parameters {
  const values = splitValues(weights, specs);
  return new Map(
    [...specs].map(([name, { shape, trainable }], i) => [
      name,
      tf.tidy(() => tf.variable(tf.tensor(values[i], [...shape], "float32"), trainable)),
    ]),
  );
}

/** Gives a restored network the values that its snapshot has now. */
export function refreshParameters(
  weights: Float32Array<SharedArrayBuffer>,
  { specs, parameters }: Values,
): void {
  const values = splitValues(weights, specs);
  tf.tidy(() => {
    for (const [i, variable] of [...parameters.values()].entries()) {
      variable.assign(tf.tensor(values[i], variable.shape, "float32"));
    }
  });
}

/** The values of each parameter: copies, since nothing may change under a tensor. */
function splitValues(
  weights: Float32Array<SharedArrayBuffer>,
  specs: ParameterSpecs,
): Float32Array<ArrayBuffer>[] {
  let offset = 0;
  return [...specs.values()].map(({ shape }) => {
    const length = shape.reduce((product, size) => product * size, 1);
    return new Float32Array(weights.subarray(offset, offset += length));
  });
}

/** Zeros in memory that threads share. */
export function sharedFloats(length: number): Float32Array<SharedArrayBuffer> {
  return new Float32Array(new SharedArrayBuffer(length * 4));
}

/** Copies tensors, one after the other, into memory that threads share. */
export function writeShared(target: Float32Array<SharedArrayBuffer>, tensors: readonly tf.Tensor[]): void {
  let offset = 0;
  for (const tensor of tensors) {
    target.set(tensor.dataSync<"float32">(), offset);
    offset += tensor.size;
  }
}

/** Tensors from what {@linkcode writeShared} put there, of the given shapes; the caller's to dispose. */
export function readShared(
  source: Float32Array<SharedArrayBuffer>,
  shapes: readonly { readonly shape: number[]; readonly size: number }[],
): tf.Tensor[] {
  let offset = 0;
  return shapes.map(({ shape, size }) => {
    // A copy: nothing may change under a tensor.
    const values = source.slice(offset, offset += size);
    return tf.tensor(values, shape, "float32");
  });
}
