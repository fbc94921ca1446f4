/** A field of a directory: type 2 is letters, 3 and 4 are whole numbers of 2 and 4 bytes, 7 is bytes. */
export type TiffEntry = readonly [tag: number, type: 2 | 3 | 4 | 7, values: readonly number[]];

/** A page: its strips or tiles, and its fields, which are given where these lie in the file. */
export interface TiffPage {
  readonly content: Uint8Array;
  readonly entries: (contentAt: number) => readonly TiffEntry[];
}

const VALUE_BYTES = { 2: 1, 3: 2, 4: 4, 7: 1 } as const;

const bytesOf = ([, type, values]: TiffEntry) => values.length * VALUE_BYTES[type];

/** Writes a little-endian TIFF: of each page its directory, then the lists that do not fit into it, then its content. */
export function writeTiff(pages: readonly TiffPage[]): Uint8Array<ArrayBuffer> {
  const sizes = pages.map(({ content, entries }) => {
    const fields = entries(0);
    const lists = fields.map(bytesOf).filter((bytes) => bytes > 4).reduce((sum, bytes) => sum + bytes, 0);
    return 2 + 12 * fields.length + 4 + lists + content.length;
  });
  const file = new Uint8Array(sizes.reduce((sum, size) => sum + size, 8));
  const view = new DataView(file.buffer);
  file.set([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
  let start = 8;
  for (const [i, { content, entries }] of pages.entries()) {
    const end = start + sizes[i];
    writePage(view, start, { entries: entries(end - content.length), next: i + 1 < pages.length ? end : 0 });
    file.set(content, end - content.length);
    start = end;
  }
  return file;
}

function writePage(
  view: DataView,
  start: number,
  { entries, next }: { readonly entries: readonly TiffEntry[]; readonly next: number },
): void {
  view.setUint16(start, entries.length, true);
  let at = start + 2;
  let free = at + 12 * entries.length + 4;
  for (const entry of entries) {
    const [tag, type, values] = entry;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, values.length, true);
    const long = bytesOf(entry) > 4;
    if (long) view.setUint32(at + 8, free, true);
    let to = long ? free : at + 8;
    if (long) free += bytesOf(entry);
    for (const value of values) {
      if (type === 3) view.setUint16(to, value, true);
      else if (type === 4) view.setUint32(to, value, true);
      else view.setUint8(to, value);
      to += VALUE_BYTES[type];
    }
    at += 12;
  }
  view.setUint32(at, next, true);
}

/** The values of letters, with the zero that ends them. */
export function letters(text: string): number[] {
  return [...text, "\0"].map((letter) => letter.charCodeAt(0));
}

/** An uncompressed page of 8- or 16-bit samples in one strip, with further fields. */
export function plainPage(
  { width, height, depth = 16, photometric = 1, samples, more = [] }: {
    readonly width: number;
    readonly height: number;
    readonly depth?: 8 | 16;
    readonly photometric?: number;
    /** Row-major, interleaved. */
    readonly samples: readonly number[];
    readonly more?: readonly TiffEntry[];
  },
): TiffPage {
  const content = depth === 16 ? new Uint8Array(Uint16Array.from(samples).buffer) : Uint8Array.from(samples);
  const channels = samples.length / width / height;
  const entries = (at: number): TiffEntry[] => [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, Array<number>(channels).fill(depth)],
    [259, 3, [1]],
    [262, 3, [photometric]],
    [273, 4, [at]],
    [277, 3, [channels]],
    [279, 4, [content.length]],
    ...more,
  ];
  return { content, entries: (at) => entries(at).sort(([a], [b]) => a - b) };
}
