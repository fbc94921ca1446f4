/** Texts that are in memory at a time, as texts. */
const PIECE = 2 ** 15;

/** A sorted piece that is being merged: the number that is next, and its text. */
interface Run {
  readonly numbers: Uint32Array;
  next: number;
  text: string;
}

/**
 * Sorts numbers by the texts that they stand for, of which few are in memory at a time: pieces are sorted one after the other and merged (Knuth, The
 * Art of Computer Programming 3, 5.4.1). Each text is asked for twice, and numbers of equal texts stay in their order.
 */
export function sortByText(
  numbers: Uint32Array,
  { textOf, compare, piece = PIECE }: {
    readonly textOf: (number: number) => string;
    readonly compare: (a: string, b: string) => number;
    /** Texts in memory. Default: 32,768. */
    readonly piece?: number;
  },
): Uint32Array {
  const runs: Run[] = [];
  for (let start = 0; start < numbers.length; start += piece) {
    const sorted = sortPiece(numbers.subarray(start, start + piece), textOf, compare);
    runs.push({ numbers: sorted, next: 0, text: textOf(sorted[0]) });
  }
  if (runs.length <= 1) return runs[0]?.numbers ?? new Uint32Array(0);
  // Earlier pieces come first where texts are equal.
  const order = new Map(runs.map((run, i) => [run, i]));
  const before = (a: Run, b: Run) => (compare(a.text, b.text) || order.get(a)! - order.get(b)!) < 0;
  const heap = runs.toSorted((a, b) => before(a, b) ? -1 : 1);
  const merged = new Uint32Array(numbers.length);
  for (let i = 0; i < merged.length; i++) {
    const [first] = heap;
    merged[i] = first.numbers[first.next++];
    if (first.next < first.numbers.length) first.text = textOf(first.numbers[first.next]);
    else {
      const last = heap.pop()!;
      if (heap.length > 0) heap[0] = last;
    }
    sink(heap, before);
  }
  return merged;
}

function sortPiece(
  numbers: Uint32Array,
  textOf: (number: number) => string,
  compare: (a: string, b: string) => number,
): Uint32Array {
  const texts = Array.from(numbers, textOf);
  // A plain list is sorted by merging what is in order, as most of it is.
  const order = [...texts.keys()].sort((a, b) => compare(texts[a], texts[b]));
  return Uint32Array.from(order, (i) => numbers[i]);
}

/** Moves the root of a heap to its place. */
function sink<T>(heap: T[], before: (a: T, b: T) => boolean): void {
  for (let at = 0;;) {
    const left = 2 * at + 1, right = left + 1;
    let least = at;
    if (left < heap.length && before(heap[left], heap[least])) least = left;
    if (right < heap.length && before(heap[right], heap[least])) least = right;
    if (least === at) return;
    [heap[at], heap[least]] = [heap[least], heap[at]];
    at = least;
  }
}
