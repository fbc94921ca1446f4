/**
 * Works on several items at a time and yields the results in the order of the items. Once the work on an item fails, or results
 * are no longer asked for, no other is started, and what is under way ends first.
 *
 * @param options `atOnce`: the most items that are started and not yet yielded.
 */
export async function* mapOrdered<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  { atOnce }: { readonly atOnce: number },
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  let failed = false;
  try {
    for (const item of items) {
      if (started.length >= atOnce) {
        yield await started[0];
        started.shift();
      }
      if (failed) break;
      const result = work(item);
      // Thrown when its turn comes.
      result.catch(() => failed = true);
      started.push(result);
    }
    for (; started.length > 0; started.shift()) yield await started[0];
  } finally {
    await Promise.allSettled(started);
  }
}

/** As `Promise.all()`, but waits for all of them, and where one fails, what the others gave is disposed of. */
export async function allOrDispose<T extends Disposable>(promises: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(promises);
  const failure = results.find((result) => result.status === "rejected");
  const values = results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
  if (failure === undefined) return values;
  for (const value of values) value[Symbol.dispose]();
  throw failure.reason;
}

interface Waiting {
  readonly amount: number;
  readonly admit: () => void;
}

/**
 * Something of which only so much may be in use at a time. Who asks first is served first; what exceeds the whole is served alone.
 */
export class Semaphore {
  readonly #total: number;
  readonly #waiting: Waiting[] = [];
  #used = 0;

  constructor(total: number) {
    this.#total = total;
  }

  /** Waits until `amount` is free, and takes it until the result is disposed of; disposing twice does nothing. */
  async take(amount: number): Promise<Disposable> {
    await new Promise<void>((admit) => {
      this.#waiting.push({ amount, admit });
      this.#serve();
    });
    let held = amount;
    return {
      [Symbol.dispose]: () => {
        this.#used -= held;
        held = 0;
        this.#serve();
      },
    };
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#used > 0 && this.#used + next.amount > this.#total) return;
      this.#used += next.amount;
      this.#waiting.shift();
      next.admit();
    }
  }
}
