import assert from "node:assert/strict";
import { fuzzFiles } from "./fuzz_files.ts";

Deno.test("damaged files of every kind are read or refused in a sentence", async () => {
  const { counts, faults } = await fuzzFiles(600, 13);
  assert.deepEqual(faults.filter((fault) => !/\d ms$/.test(fault)), []);
  for (const { kind, read, refused } of counts) {
    assert.ok(refused > 0 && read + refused >= 10, `${kind}: ${read} read, ${refused} refused`);
  }
});
