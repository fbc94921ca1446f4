/** Bytes of a piece of memory that texts lie in: of the first, and the most. */
const FIRST_CHUNK = 2 ** 10, CHUNK = 2 ** 20;

const encoder = new TextEncoder(), decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A copy of numbers with room for twice as many. */
export function enlarged<Numbers extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  numbers: Numbers,
): Numbers {
  const larger = new (numbers.constructor as new (length: number) => Numbers)(2 * numbers.length);
  larger.set(numbers);
  return larger;
}

/**
 * Texts by their numbers, as UTF-8 in few large pieces of memory: a million names are a million objects else, of which each weighs more than what
 * is in it.
 */
export class TextTable {
  readonly #chunks: Uint8Array[] = [];
  /** Bytes of the last chunk that are in use, and how many it has. */
  #used = 0;
  #room = 0;
  #starts = new Uint32Array(64);
  #bytes = new Uint32Array(64);
  #length = 0;

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds a text, and gives its number: as many as there were before. */
  add(text: string): number {
    if (this.#length === this.#starts.length) {
      this.#starts = enlarged(this.#starts);
      this.#bytes = enlarged(this.#bytes);
    }
    this.replace(this.#length, text);
    return this.#length++;
  }

  /** Puts another text in the place of one. */
  replace(index: number, text: string): void {
    // UTF-8 has at most three bytes for a unit of UTF-16.
    if (this.#chunks.length === 0 || this.#used + 3 * text.length > this.#room) {
      this.#room = Math.max(3 * text.length, Math.min(CHUNK, FIRST_CHUNK * 4 ** this.#chunks.length));
      this.#chunks.push(new Uint8Array(this.#room));
      this.#used = 0;
    }
    const chunk = this.#chunks.length - 1;
    const { written } = encoder.encodeInto(text, this.#chunks[chunk].subarray(this.#used));
    this.#starts[index] = chunk * CHUNK + this.#used;
    this.#bytes[index] = written;
    this.#used += written;
    // Whatever begins in a chunk begins in its first mebibyte.
    if (this.#used >= CHUNK) this.#room = 0;
  }

  /** The text of a number. */
  at(index: number): string {
    const start = this.#starts[index];
    const chunk = this.#chunks[Math.floor(start / CHUNK)];
    return decoder.decode(chunk.subarray(start % CHUNK, start % CHUNK + this.#bytes[index]));
  }

  /** All, in the order of their numbers. */
  *[Symbol.iterator](): Generator<string> {
    for (let i = 0; i < this.#length; i++) yield this.at(i);
  }
}

/**
 * Different texts by their numbers, and the number of a text: a table and, beside it, its numbers hashed with open addressing (Knuth, The Art of
 * Computer Programming 3, 6.4, algorithm L).
 */
export class TextSet {
  readonly #texts = new TextTable();
  readonly #key: (text: string) => string;
  #hashes = new Uint32Array(64);
  /** Number + 1 where there is a text. */
  #slots = new Uint32Array(128);

  /** @param key what two texts differ in. Default: the texts themselves. */
  constructor(key: (text: string) => string = (text) => text) {
    this.#key = key;
  }

  get size(): number {
    return this.#texts.length;
  }

  /** The number of a text; undefined where there is none like it. */
  find(text: string): number | undefined {
    const key = this.#key(text);
    const found = this.#slots[this.#slotOf(key, hashOf(key))];
    return found === 0 ? undefined : found - 1;
  }

  /** The number of a text, which is added where there is none like it. */
  add(text: string): number {
    if (this.size === this.#hashes.length) this.#enlarge();
    const key = this.#key(text), hash = hashOf(key);
    const slot = this.#slotOf(key, hash);
    const found = this.#slots[slot];
    if (found > 0) return found - 1;
    const number = this.#texts.add(text);
    this.#hashes[number] = hash;
    this.#slots[slot] = number + 1;
    return number;
  }

  at(number: number): string {
    return this.#texts.at(number);
  }

  /** Spells a text otherwise; what it differs from others in stays. */
  respell(number: number, text: string): void {
    this.#texts.replace(number, text);
  }

  /** All, in the order of their numbers. */
  [Symbol.iterator](): Generator<string> {
    return this.#texts[Symbol.iterator]();
  }

  /** Where a text is, or would be. */
  #slotOf(key: string, hash: number): number {
    const last = this.#slots.length - 1;
    for (let slot = hash & last;; slot = (slot + 1) & last) {
      const number = this.#slots[slot] - 1;
      if (number < 0 || this.#hashes[number] === hash && this.#key(this.at(number)) === key) return slot;
    }
  }

  #enlarge(): void {
    this.#hashes = enlarged(this.#hashes);
    this.#slots = new Uint32Array(2 * this.#hashes.length);
    const last = this.#slots.length - 1;
    for (let number = 0; number < this.size; number++) {
      let slot = this.#hashes[number] & last;
      while (this.#slots[slot] > 0) slot = (slot + 1) & last;
      this.#slots[slot] = number + 1;
    }
  }
}

/** FNV-1a of the UTF-16 code units, 32 bits, the upper half stirred into the lower one, by which slots are chosen. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ hash >>> 15) >>> 0;
}
