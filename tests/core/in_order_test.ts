import assert from "node:assert/strict";
import { mapOrdered, Semaphore } from "../../core/concurrency.ts";

/** Work that ends when told to. */
class Workshop {
  readonly begun: number[] = [];
  readonly #jobs = new Map<number, PromiseWithResolvers<number>>();

  work = (item: number): Promise<number> => {
    this.begun.push(item);
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

Deno.test("mapOrdered() hands on results in the order of the items, however they end, and begins so many at a time", async () => {
  const shop = new Workshop();
  const results: number[] = [];
  const all = (async () => {
    for await (const result of mapOrdered([1, 2, 3, 4, 5], shop.work, { atOnce: 3 })) results.push(result);
  })();
  await turn();
  assert.deepEqual(shop.begun, [1, 2, 3]);
  shop.end(3);
  shop.end(2);
  await turn();
  assert.deepEqual([results, shop.begun], [[], [1, 2, 3]]);
  shop.end(1);
  await turn();
  assert.deepEqual([results, shop.begun], [[10, 20, 30], [1, 2, 3, 4, 5]]);
  shop.end(5);
  shop.end(4);
  await all;
  assert.deepEqual(results, [10, 20, 30, 40, 50]);
});

Deno.test("mapOrdered() begins nothing after a failure, and waits for what is under way", async () => {
  const shop = new Workshop();
  const results: number[] = [];
  let ended = false;
  const all = assert.rejects(async () => {
    for await (const result of mapOrdered([1, 2, 3, 4, 5], shop.work, { atOnce: 3 })) results.push(result);
  }, /item 2/).finally(() => ended = true);
  await turn();
  shop.fail(2);
  await turn();
  assert.deepEqual(results, []);
  shop.end(1);
  await turn();
  assert.deepEqual([results, shop.begun, ended], [[10], [1, 2, 3], false]);
  shop.end(3);
  await all;
});

Deno.test("mapOrdered() waits for what is under way when its results are no longer wanted", async () => {
  const shop = new Workshop();
  let ended = false;
  const all = (async () => {
    for await (const _ of mapOrdered([1, 2, 3], shop.work, { atOnce: 2 })) break;
    ended = true;
  })();
  await turn();
  shop.end(1);
  await turn();
  assert.deepEqual([shop.begun, ended], [[1, 2], false]);
  shop.fail(2);
  await all;
});

Deno.test("Semaphore serves in turn, within its total, and what exceeds that alone", async () => {
  const allowance = new Semaphore(10);
  const served: string[] = [];
  const take = (name: string, amount: number) =>
    allowance.take(amount).then((held) => {
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
