/** Bytes a value of each TIFF field type that holds whole numbers, letters or bytes: BYTE, ASCII, SHORT, LONG, UNDEFINED. */
const VALUE_SIZE: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 7: 1 };

/** Bytes of an entry of a directory. */
const ENTRY = 12;

/** The values of a field. */
export type IfdValues = Uint8Array | Uint16Array | Uint32Array;

/** A TIFF structure, looked into from its first byte on. */
interface IfdView {
  readonly view: DataView;
  readonly little: boolean;
}

function viewOf(bytes: Uint8Array): IfdView | undefined {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const little = order === 0x4949;
  return view.getUint16(2, little) === 42 ? { view, little } : undefined;
}

/** How many entries the directory at an offset has; `undefined` where it is not whole. */
function entriesAt({ view, little }: IfdView, start: number): number | undefined {
  if (start < 8 || start + 2 > view.byteLength) return undefined;
  const entries = view.getUint16(start, little);
  return start + 2 + ENTRY * entries > view.byteLength ? undefined : entries;
}

/**
 * Where the image file directories of a TIFF structure begin: each ends with the offset of the next. A chain that runs in a circle, or into what
 * is none, ends there.
 *
 * @param most So many are followed.
 */
export function ifdOffsets(bytes: Uint8Array, most: number): number[] {
  const tiff = viewOf(bytes);
  if (tiff === undefined) return [];
  const { view, little } = tiff;
  const offsets = new Set<number>();
  for (let start = view.getUint32(4, little); offsets.size < most && !offsets.has(start);) {
    const entries = entriesAt(tiff, start);
    if (entries === undefined) break;
    offsets.add(start);
    const next = start + 2 + ENTRY * entries;
    if (next + 4 > bytes.length) break;
    start = view.getUint32(next, little);
  }
  return [...offsets];
}

/**
 * Reads whole-number fields of an image file directory of a TIFF structure (TIFF 6.0, section 2), which is
 * also what an EXIF block is.
 *
 * @param bytes From the byte-order mark ("II*\0" or "MM\0*") on: all offsets count from here.
 * @param tags The tags wanted; others are skipped.
 * @param options `start`: where the directory begins, by default the first; `most`: so many values of a field are read.
 * @returns The values by tag; a field that is of another type or points outside `bytes` is left out. Of a repeated tag
 * the first is taken: a directory of 65535 entries that all point at the same long list would take hours and gigabytes else. `undefined` when
 * there is no whole directory.
 */
export function readIfd(
  bytes: Uint8Array,
  tags: ReadonlySet<number>,
  { start, most = Infinity }: { readonly start?: number; readonly most?: number } = {},
): Map<number, IfdValues> | undefined {
  const tiff = viewOf(bytes);
  if (tiff === undefined) return undefined;
  const { view, little } = tiff;
  const directory = start ?? view.getUint32(4, little);
  const entries = entriesAt(tiff, directory);
  if (entries === undefined) return undefined;
  const fields = new Map<number, IfdValues>();
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + ENTRY * entry;
    const tag = view.getUint16(at, little);
    const size = VALUE_SIZE[view.getUint16(at + 2, little)];
    if (!tags.has(tag) || fields.has(tag) || size === undefined) continue;
    const count = view.getUint32(at + 4, little);
    // Up to four bytes of values lie in the entry itself.
    const from = count * size <= 4 ? at + 8 : view.getUint32(at + 8, little);
    if (count < 1 || from + count * size > bytes.length) continue;
    fields.set(tag, valuesAt(view, { from, count: Math.min(count, most), size, little }));
  }
  return fields;
}

function valuesAt(
  view: DataView,
  { from, count, size, little }: { from: number; count: number; size: number; little: boolean },
): IfdValues {
  if (size === 1) return new Uint8Array(view.buffer, view.byteOffset + from, count);
  const values = size === 2 ? new Uint16Array(count) : new Uint32Array(count);
  for (let i = 0, at = from; i < count; i++, at += size) {
    values[i] = size === 2 ? view.getUint16(at, little) : view.getUint32(at, little);
  }
  return values;
}

const ORIENTATION = 274;

/**
 * Reads the orientation out of an EXIF block. A damaged block never costs the image: it counts as upright.
 *
 * @param exif The TIFF structure, without JPEG's "Exif\0\0".
 * @returns 1..8, and 1 where the block does not say.
 */
export function exifOrientation(exif: Uint8Array): number {
  const value = readIfd(exif, new Set([ORIENTATION]))?.get(ORIENTATION)?.[0] ?? 1;
  return value >= 1 && value <= 8 ? value : 1;
}
