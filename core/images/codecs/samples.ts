/**
 * Reads samples of 1, 2, 4, 8 or 16 bits, most significant first, as PNG and TIFF pack them in a row.
 *
 * @param row From the row's first byte on.
 * @param layout `depth`: bits a sample; `count`: samples to read.
 * @returns The samples as stored, 0..2^depth − 1; for 8 bits a view of `row`.
 */
export function unpackSamples(
  row: Uint8Array,
  { depth, count }: { depth: number; count: number },
): Uint8Array | Uint16Array {
  if (depth === 8) return row.subarray(0, count);
  if (depth === 16) {
    const samples = new Uint16Array(count);
    for (let i = 0; i < count; i++) samples[i] = (row[2 * i] << 8) | row[2 * i + 1];
    return samples;
  }
  const samples = new Uint8Array(count);
  const mask = (1 << depth) - 1;
  for (let i = 0; i < count; i++) {
    const bit = i * depth;
    samples[i] = (row[bit >> 3] >> (8 - depth - (bit & 7))) & mask;
  }
  return samples;
}

/** The nearest 8-bit value of each sample value: round(255 v / top), where the whole range ends at `top`, by default 2^depth − 1. */
export function eightBitTable(depth: number, top: number = 2 ** depth - 1): Uint8Array {
  return Uint8Array.from({ length: 2 ** depth }, (_, value) => Math.min(255, Math.round(255 * value / top)));
}
