import assert from "node:assert/strict";
import { allOrDispose, mapOrdered, Semaphore } from "../../core/concurrency.ts";

/** Work on items that ends when the test says so. */
class ManualWork {
  readonly started: number[] = [];
  readonly #jobs = new Map<number, PromiseWithResolvers<number>>();

  work = (item: number): Promise<number> => {
    this.started.push(item);
    const job = Promise.withResolvers<number>();
    this.#jobs.set(item, job);
    return job.promise;
  };

  end(item: number): void {
    this.#jobs.get(item)?.resolve(10 * item);
  }

  fail(item: number): void {
    this.#jobs.get(item)?.reject(new Error(`item ${item}`));
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("mapOrdered() yields results in the order of the items, however they end, and starts so many at a time", async () => {
  const manual = new ManualWork();
  const results: number[] = [];
  const all = (async () => {
    for await (const result of mapOrdered([1, 2, 3, 4, 5], manual.work, { atOnce: 3 })) results.push(result);
  })();
  await turn();
  assert.deepEqual(manual.started, [1, 2, 3]);
  manual.end(3);
  manual.end(2);
  await turn();
  assert.deepEqual([results, manual.started], [[], [1, 2, 3]]);
  manual.end(1);
  await turn();
  assert.deepEqual([results, manual.started], [[10, 20, 30], [1, 2, 3, 4, 5]]);
  manual.end(5);
  manual.end(4);
  await all;
  assert.deepEqual(results, [10, 20, 30, 40, 50]);
});

Deno.test("mapOrdered() starts nothing after a failure, and waits for what is under way", async () => {
  const manual = new ManualWork();
  const results: number[] = [];
  let ended = false;
  const all = assert.rejects(async () => {
    for await (const result of mapOrdered([1, 2, 3, 4, 5], manual.work, { atOnce: 3 })) results.push(result);
  }, /item 2/).finally(() => ended = true);
  await turn();
  manual.fail(2);
  await turn();
  assert.deepEqual(results, []);
  manual.end(1);
  await turn();
  assert.deepEqual([results, manual.started, ended], [[10], [1, 2, 3], false]);
  manual.end(3);
  await all;
});

Deno.test("mapOrdered() waits for what is under way when its results are no longer wanted", async () => {
  const manual = new ManualWork();
  let ended = false;
  const all = (async () => {
    for await (const _ of mapOrdered([1, 2, 3], manual.work, { atOnce: 2 })) break;
    ended = true;
  })();
  await turn();
  manual.end(1);
  await turn();
  assert.deepEqual([manual.started, ended], [[1, 2], false]);
  manual.fail(2);
  await all;
});

const disposable = (name: string, gone: string[]) => ({ name, [Symbol.dispose]: () => void gone.push(name) });

Deno.test("allOrDispose() gives all values in their order, or the first failure with the others disposed of", async () => {
  const gone: string[] = [];
  const late = async (name: string) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return disposable(name, gone);
  };
  const both = await allOrDispose([late("a"), Promise.resolve(disposable("b", gone))]);
  assert.deepEqual([both.map(({ name }) => name), gone], [["a", "b"], []]);
  await assert.rejects(
    allOrDispose([late("c"), Promise.reject(new RangeError("no")), late("d")]),
    /^RangeError: no$/,
  );
  assert.deepEqual(gone, ["c", "d"]);
});

Deno.test("Semaphore serves in turn, within its total, and what exceeds that alone", async () => {
  const semaphore = new Semaphore(10);
  const served: string[] = [];
  const take = (name: string, amount: number) =>
    semaphore.take(amount).then((held) => {
      served.push(name);
      return held;
    });
  const a = take("a", 6), b = take("b", 4), c = take("c", 50), d = take("d", 1);
  await turn();
  assert.deepEqual(served, ["a", "b"]);
  const first = await a;
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await turn();
  // d would fit beside b, but is after c.
  assert.deepEqual(served, ["a", "b"]);
  (await b)[Symbol.dispose]();
  await turn();
  assert.deepEqual(served, ["a", "b", "c"]);
  (await c)[Symbol.dispose]();
  await d;
  assert.deepEqual(served, ["a", "b", "c", "d"]);
});
