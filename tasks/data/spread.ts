/** So many of a list, evenly spread over it, in its order; all where it has fewer. */
export function spread<T>(items: readonly T[], count: number = items.length): T[] {
  const taken = Math.min(count, items.length);
  return Array.from({ length: taken }, (_, i) => items[Math.floor(i * items.length / taken)]);
}
