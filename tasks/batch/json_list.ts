/**
 * A JSON object with one long list, such as a manifest, read and written an item at a time: a million items are a gigabyte, which neither a text of V8's
 * nor the memory holds.
 */

/** Where an item is in a file, in bytes. */
export interface Place {
  readonly offset: number;
  readonly bytes: number;
}

/** Bytes that are read at once, and that an item's text is taken together until they are written. */
const PIECE = 2 ** 18;

/** Bytes of an item, and of all that is around the list: a text of V8's cannot be longer than 2²⁹ characters. */
const MAX_BYTES = 2 ** 28;

const encoder = new TextEncoder(), decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Bytes that come one after the other. */
class ByteBuffer {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** A copy. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  get text(): string {
    return decoder.decode(this.#bytes.subarray(0, this.#length));
  }
}

const QUOTE = 0x22, COMMA = 0x2c, COLON = 0x3a, BACKSLASH = 0x5c;
const OPENING = [0x5b, 0x7b], CLOSING = [0x5d, 0x7d], LIST = 0x5b;
const SPACES = [0x09, 0x0a, 0x0d, 0x20];

/** What each byte is outside of texts. */
const KINDS = Uint8Array.from(
  { length: 256 },
  (_, byte) =>
    OPENING.includes(byte)
      ? 1
      : CLOSING.includes(byte)
      ? 2
      : SPACES.includes(byte)
      ? 3
      : byte === COMMA
      ? 4
      : byte === QUOTE
      ? 5
      : byte === COLON
      ? 6
      : 0,
);
const OPENS = 1, CLOSES = 2, SPACE = 3, SEPARATES = 4, QUOTES = 5, NAMES = 6;

/**
 * Reads a file that holds an object with a list.
 *
 * @param options `field`: the list's name. `onItem`: called with the text of each item, whether it is JSON or not. `headOnly`: whether to end at the
 * first item, and take the object as if it ended with the list.
 * @returns the object's text, with a 0 for each item; it is JSON where the file is, the items aside.
 * @throws {Error} where an item, or all that is around them, exceeds 256 MiB.
 */
export async function readJsonList(
  path: string,
  { field, onItem, headOnly = false }: {
    readonly field: string;
    readonly onItem: (text: string, place: Place) => void;
    readonly headOnly?: boolean;
  },
): Promise<string> {
  using file = await Deno.open(path);
  const around = new ByteBuffer(), item = new ByteBuffer(), name = new ByteBuffer();
  const buffer = new Uint8Array(PIECE);
  const zero = encoder.encode("0"), quoted = encoder.encode(JSON.stringify(field));
  const wanted = decoder.decode(quoted);
  let depth = 0, inText = false, escaped = false, inList = false, isWanted = false;
  /** Where the item begins that is being read, and where it ends so far, in the file. */
  let start = -1, end = -1;
  for (let offset = 0;;) {
    const length = await file.read(buffer);
    if (length === null) break;
    const piece = buffer.subarray(0, length);
    /** From where on the piece has not been taken. */
    let from = 0;
    const take = (to: number) => {
      if (to > from) (start < 0 ? around : item).add(piece.subarray(from, to));
      from = to;
    };
    const finish = (at: number) => {
      take(at);
      const { text } = item;
      onItem(end < offset + at ? text.trimEnd() : text, { offset: start, bytes: end - start });
      item.clear();
      start = -1;
      around.add(zero);
    };
    for (let i = 0; i < length; i++) {
      const byte = piece[i];
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inText = false;
        if (depth === 1 && start < 0) name.add(piece.subarray(i, i + 1));
        if (start >= 0) end = offset + i + 1;
        continue;
      }
      const kind = KINDS[byte];
      if (inList && depth === 2 && (kind === SPACE || kind === SEPARATES || kind === CLOSES)) {
        // Between items, or behind the last.
        if (kind === SPACE) {
          if (start < 0) {
            take(i);
            from = i + 1;
          }
          continue;
        }
        if (start >= 0) finish(i);
        else take(i);
        if (headOnly) return `${around.text}]}`;
        if (kind === CLOSES) {
          inList = false;
          depth--;
        }
        continue;
      }
      if (inList && start < 0) {
        take(i);
        start = offset + i;
      }
      if (kind === OPENS) {
        depth++;
        if (depth === 2 && isWanted && byte === LIST) inList = true;
        isWanted = false;
      } else if (kind === CLOSES) depth--;
      else if (kind === QUOTES) {
        inText = true;
        if (depth === 1) {
          name.clear();
          name.add(piece.subarray(i, i + 1));
        }
      } else if (depth === 1) {
        if (kind === NAMES) isWanted = name.length === quoted.length && name.text === wanted;
        else if (kind !== SPACE) isWanted = false;
      }
      if (start >= 0) end = offset + i + 1;
    }
    take(length);
    offset += length;
    if (around.length > MAX_BYTES || item.length > MAX_BYTES) {
      const { size } = await file.stat();
      throw new Error(
        `Cannot read ${path}: it has ${size} bytes, and a record of at most ${MAX_BYTES} bytes is wanted.`,
      );
    }
  }
  return around.text;
}

/**
 * The text of an object with a list, as `JSON.stringify(…, null, 2)` gives it and a line end, piece by piece.
 *
 * @param value the object, with an empty list.
 * @param options `field`: the list's name. `onPlace`: told where each item is.
 */
export async function* writeJsonList(
  value: object,
  { field, items, onPlace }: {
    readonly field: string;
    readonly items: Iterable<object> | AsyncIterable<object>;
    readonly onPlace?: (place: Place) => void;
  },
): AsyncGenerator<Uint8Array> {
  const list = `\n  ${JSON.stringify(field)}: [`;
  const [head, tail] = JSON.stringify(value, null, 2).split(`${list}]`);
  const piece = new ByteBuffer();
  let written = 0, count = 0;
  const add = (text: string) => {
    const bytes = encoder.encode(text);
    piece.add(bytes);
    written += bytes.length;
  };
  const taken = () => {
    const { bytes } = piece;
    piece.clear();
    return bytes;
  };
  add(head + list);
  for await (const item of items) {
    add(`${count++ === 0 ? "" : ","}\n    `);
    const offset = written;
    add(JSON.stringify(item, null, 2).replaceAll("\n", "\n    "));
    onPlace?.({ offset, bytes: written - offset });
    if (piece.length >= PIECE) yield taken();
  }
  add(`${count > 0 ? "\n  " : ""}]${tail}\n`);
  yield taken();
}
