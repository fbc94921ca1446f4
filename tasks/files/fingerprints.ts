import { enlarged, hashOf } from "./text_set.ts";

/** 53 bits of a text, all that is to be kept of it: that two of a million have the same by chance is so rare that such texts may be looked at again. */
export function fingerprint(text: string): number {
  return (hashOf(text) & 0x1fffff) * 2 ** 32 + hashOf(text, 0x9747b28c);
}

/** Very many numbers, eight bytes each. */
export class NumberList {
  #numbers = new Float64Array(64);
  #length = 0;

  add(number: number): void {
    if (this.#length === this.#numbers.length) this.#numbers = enlarged(this.#numbers);
    this.#numbers[this.#length++] = number;
  }

  get all(): Float64Array {
    return this.#numbers.subarray(0, this.#length);
  }
}

/** The numbers that are there more than once. The list is sorted. */
export function repeated(numbers: Float64Array): Set<number> {
  numbers.sort();
  const found = new Set<number>();
  for (let i = 1; i < numbers.length; i++) if (numbers[i] === numbers[i - 1]) found.add(numbers[i]);
  return found;
}
