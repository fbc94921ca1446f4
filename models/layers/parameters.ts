import { tf } from "../tfjs.ts";

/** What a parameter of a network looks like before it holds values. */
export interface ParameterSpec {
  /** Sizes of its axes: a convolution's kernel is height × width × inputs × outputs, as in Keras. */
  readonly shape: readonly number[];
  /** Its value before training: all equal to `constant`, or drawn uniformly from −`bound` to `bound`. */
  readonly initial: { readonly constant: number } | { readonly bound: number };
  /** Whether training moves it: false for running statistics and for biases that a batch norm takes away again. */
  readonly trainable: boolean;
}

/** The parameters of a network, by their Keras names such as `conv2_block1_1_bn/gamma`, in the order of the layers. */
export type ParameterSpecs = ReadonlyMap<string, ParameterSpec>;

/** The values of a network's parameters, by the names of its {@linkcode ParameterSpecs}. */
export type Parameters = ReadonlyMap<string, tf.Variable>;

/** How many numbers a network holds, running statistics included, as Keras counts them. */
export function countParameters(specs: ParameterSpecs): number {
  let count = 0;
  for (const { shape } of specs.values()) count += shape.reduce((product, size) => product * size, 1);
  return count;
}

/**
 * Untrained parameters. Equal seeds give equal values on every machine: the generator works on integers, each parameter
 * has its own stream, named by seed and name, and no transcendental function is used.
 */
export function createParameters(specs: ParameterSpecs, seed: number): Parameters {
  return new Map(
    [...specs].map(([name, { shape, initial, trainable }]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      const values = "constant" in initial
        ? new Float32Array(length).fill(initial.constant)
        : uniformValues(length, { bound: initial.bound, seed, stream: name });
      return [name, tf.tidy(() => tf.variable(tf.tensor(values, [...shape], "float32"), trainable))];
    }),
  );
}

/** The parameter of that name. */
export function parameter<R extends tf.Rank>(parameters: Parameters, name: string): tf.Variable<R> {
  const found = parameters.get(name);
  if (found === undefined) throw new Error(`Cannot run the network: it has no parameter "${name}".`);
  return found as tf.Variable<R>;
}

/** Options of {@linkcode uniformValues}. */
export interface UniformValuesOptions {
  /** Values lie in [−bound, bound). */
  readonly bound: number;
  /** Any integer, taken modulo 2³². */
  readonly seed: number;
  /** Names one of the independent sequences of a seed. */
  readonly stream: string;
}

/**
 * Uniformly distributed float32 values, the same for equal arguments on every machine: integers up to the last step, which is
 * a product of two doubles, correctly rounded by IEEE 754.
 *
 * The generator is SplitMix32: a Weyl sequence through the finaliser of MurmurHash3
 * (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195).
 */
export function uniformValues(length: number, options: UniformValuesOptions): Float32Array<ArrayBuffer> {
  const { bound, seed, stream } = options;
  let state = mix((seed | 0) ^ hash(stream));
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    state = (state + 0x9e3779b9) | 0;
    values[i] = (mix(state) / 2 ** 31 - 1) * bound;
  }
  return values;
}

/** MurmurHash3's finaliser: 32 bits, unsigned. */
function mix(bits: number): number {
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** FNV-1a over the UTF-16 units of a name. */
function hash(name: string): number {
  let bits = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) bits = Math.imul(bits ^ name.charCodeAt(i), 0x01000193);
  return bits;
}
