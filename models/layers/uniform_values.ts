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
 * Evenly distributed float32 values, the same for equal arguments on every machine: integers up to the last step, which is
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
