/* Copies of pieces that lie apart at even steps: what cutting and joining tensors along an axis is. Addresses and sizes in bytes. */

/** From so many bytes on a piece is worth a call of the processor's own copy. */
const LONG: i32 = 256;

/** Copies `rows` pieces of `bytes` bytes, a multiple of 4; they start `step` bytes apart. */
export function copyRows(
  target: usize, targetStep: i32, source: usize, sourceStep: i32, bytes: i32, rows: i32,
): void {
  if (bytes >= LONG) {
    for (let row: i32 = 0; row < rows; row++) {
      memory.copy(target, source, bytes);
      target += targetStep;
      source += sourceStep;
    }
    return;
  }
  const vectors = bytes & ~15;
  for (let row: i32 = 0; row < rows; row++) {
    let k: i32 = 0;
    for (; k < vectors; k += 16) v128.store(target + k, v128.load(source + k));
    for (; k < bytes; k += 4) store<u32>(target + k, load<u32>(source + k));
    target += targetStep;
    source += sourceStep;
  }
}
