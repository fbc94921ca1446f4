import { crc32 } from "node:zlib";

/** Values that headers are weak at: nothing, one, the largest signed and unsigned ones and what lies beside them. */
const EXTREMES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

type Bytes = Uint8Array<ArrayBuffer>;

function joined(...parts: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Ways to damage a file, each given a draw below a limit and another file to take from. */
export const MUTATIONS: Readonly<
  Record<string, (file: Bytes, draw: (limit: number) => number, other: Bytes) => Bytes>
> = {
  flip(file, draw) {
    const bad = file.slice();
    for (let flips = 1 + draw(4); flips > 0; flips--) bad[draw(bad.length)] ^= 1 << draw(8);
    return bad;
  },
  overwrite(file, draw) {
    const bad = file.slice();
    for (let bytes = 1 + draw(4); bytes > 0; bytes--) bad[draw(bad.length)] = draw(256);
    return bad;
  },
  cut: (file, draw) => file.slice(0, draw(file.length)),
  insert(file, draw) {
    const at = draw(file.length);
    const more = Uint8Array.from({ length: 1 + draw(40) }, () => draw(256));
    return joined(file.subarray(0, at), more, file.subarray(at));
  },
  remove(file, draw) {
    const at = draw(file.length);
    return joined(file.subarray(0, at), file.subarray(at + 1 + draw(40)));
  },
  repeat(file, draw) {
    const at = draw(file.length), end = at + draw(200);
    return joined(file.subarray(0, end), file.subarray(at, end), file.subarray(end));
  },
  move: (file, draw) => file.slice().copyWithin(draw(file.length), draw(file.length), draw(file.length)),
  /** Most of what a file says of itself stands near its ends. */
  extreme(file, draw) {
    const bad = file.slice();
    const view = new DataView(bad.buffer);
    const span = Math.min(file.length - 4, 300);
    const at = draw(2) === 0 ? draw(span) : file.length - 4 - draw(span);
    const value = EXTREMES[draw(EXTREMES.length)];
    const little = draw(2) === 0;
    if (draw(2) === 0) view.setUint32(at, value, little);
    else view.setUint16(at, value & 0xffff, little);
    return bad;
  },
  /** The head of one file before the rest of another. */
  splice: (file, draw, other) =>
    joined(
      other.subarray(0, draw(Math.min(other.length, 400))),
      file.subarray(draw(Math.min(file.length, 400))),
    ),
};

/** Gives every chunk of a PNG the checksum that it needs, so that damage gets past it. */
export function withChecksums(file: Bytes): Bytes {
  const copy = file.slice();
  const view = new DataView(copy.buffer);
  for (let at = 8; at + 12 <= copy.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > copy.length) break;
    view.setUint32(end, crc32(copy.subarray(at + 4, end)));
    at = end + 4;
  }
  return copy;
}
