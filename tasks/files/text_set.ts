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
export class TextTable implements Texts {
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
    yield* iterated(this);
  }
}

/** Texts by their numbers, or something like that whose texts are made when they are asked for. */
export interface Texts {
  readonly length: number;
  at(index: number): string;
}

/** Texts one after the other. */
export function* iterated(texts: Texts): Generator<string> {
  for (let i = 0; i < texts.length; i++) yield texts.at(i);
}

/**
 * Numbers by texts that lie elsewhere: of each number there is its text's hash only, and where two are one the text is asked for. Hashed with open
 * addressing (Knuth, The Art of Computer Programming 3, 6.4, algorithm L), at most half full.
 */
export class TextIndex {
  readonly #textOf: (number: number) => string;
  #size = 0;
  /** Number + 1 where there is one, and the hash of its text. */
  #slots = new Uint32Array(128);
  #hashes = new Uint32Array(128);

  /** @param textOf the text of a number that was added. */
  constructor(textOf: (number: number) => string) {
    this.#textOf = textOf;
  }

  /** The number of a text; undefined where none has it. */
  find(text: string): number | undefined {
    const found = this.#slots[this.#slotOf(text, hashOf(text))];
    return found === 0 ? undefined : found - 1;
  }

  /** The number that has a text already, or else the given one, which has it from now on. */
  add(text: string, number: number): number {
    if (2 * this.#size === this.#slots.length) this.#enlarge();
    const hash = hashOf(text), slot = this.#slotOf(text, hash);
    if (this.#slots[slot] > 0) return this.#slots[slot] - 1;
    this.#slots[slot] = number + 1;
    this.#hashes[slot] = hash;
    this.#size++;
    return number;
  }

  /** Where a text is, or would be. */
  #slotOf(text: string, hash: number): number {
    const last = this.#slots.length - 1;
    for (let slot = hash & last;; slot = (slot + 1) & last) {
      const number = this.#slots[slot] - 1;
      if (number < 0 || this.#hashes[slot] === hash && this.#textOf(number) === text) return slot;
    }
  }

  #enlarge(): void {
    const [slots, hashes] = [this.#slots, this.#hashes];
    this.#slots = new Uint32Array(2 * slots.length);
    this.#hashes = new Uint32Array(2 * slots.length);
    const last = this.#slots.length - 1;
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] === 0) continue;
      let slot = hashes[i] & last;
      while (this.#slots[slot] > 0) slot = (slot + 1) & last;
      this.#slots[slot] = slots[i];
      this.#hashes[slot] = hashes[i];
    }
  }
}

/** Different texts by their numbers, and the number of a text. */
export class TextSet {
  readonly #texts = new TextTable();
  readonly #key: (text: string) => string;
  readonly #numbers: TextIndex;

  /** @param key what two texts differ in. Default: the texts themselves. */
  constructor(key: (text: string) => string = (text) => text) {
    this.#key = key;
    this.#numbers = new TextIndex((number) => key(this.at(number)));
  }

  get size(): number {
    return this.#texts.length;
  }

  /** The number of a text; undefined where there is none like it. */
  find(text: string): number | undefined {
    return this.#numbers.find(this.#key(text));
  }

  /** The number of a text, which is added where there is none like it. */
  add(text: string): number {
    const number = this.#numbers.add(this.#key(text), this.size);
    if (number === this.size) this.#texts.add(text);
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
}

/** FNV-1a of the UTF-16 code units, 32 bits, the upper half stirred into the lower one, by which slots are chosen. */
export function hashOf(text: string, basis = 0x811c9dc5): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ hash >>> 15) >>> 0;
}
