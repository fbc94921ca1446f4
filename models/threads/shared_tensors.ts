import { tf } from "../tfjs.ts";

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
