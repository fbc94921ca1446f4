/**
 * Works on several items at a time and hands on the results in the order of the items. Once the work on an item fails, or results
 * are no longer asked for, no other is begun, and what is under way comes to its end first.
 *
 * @param options `atOnce`: the most items that are begun and not handed on.
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  { atOnce }: { readonly atOnce: number },
): AsyncGenerator<Result> {
  const begun: Promise<Result>[] = [];
  let failed = false;
  try {
    for (const item of items) {
      if (begun.length >= atOnce) {
        yield await begun[0];
        begun.shift();
      }
      if (failed) break;
      const result = work(item);
      // Told when its turn comes.
      result.catch(() => failed = true);
      begun.push(result);
    }
    for (; begun.length > 0; begun.shift()) yield await begun[0];
  } finally {
    await Promise.allSettled(begun);
  }
}
