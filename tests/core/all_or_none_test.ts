import assert from "node:assert/strict";
import { allOrDispose } from "../../core/concurrency.ts";

const thing = (name: string, gone: string[]) => ({ name, [Symbol.dispose]: () => void gone.push(name) });

Deno.test("allOrDispose() gives all values in their order, or the first failure with the others disposed of", async () => {
  const gone: string[] = [];
  const late = async (name: string) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return thing(name, gone);
  };
  const both = await allOrDispose([late("a"), Promise.resolve(thing("b", gone))]);
  assert.deepEqual([both.map(({ name }) => name), gone], [["a", "b"], []]);
  await assert.rejects(
    allOrDispose([late("c"), Promise.reject(new RangeError("no")), late("d")]),
    /^RangeError: no$/,
  );
  assert.deepEqual(gone, ["c", "d"]);
});
