import assert from "node:assert/strict";
import { fingerprint, NumberList, repeated } from "../../../tasks/files/fingerprints.ts";

Deno.test("fingerprint() tells texts apart that are alike, in whole numbers that are exact", () => {
  const texts = Array.from({ length: 200_000 }, (_, i) => `64769 ${i}`);
  const prints = texts.map(fingerprint);
  assert.ok(prints.every((print) => Number.isSafeInteger(print) && print >= 0));
  assert.equal(new Set(prints).size, texts.length);
  // All 53 bits are used.
  assert.ok(Math.max(...prints.slice(0, 1000)) > 2 ** 52);
});

Deno.test("repeated() finds what is in a list more than once", () => {
  const list = new NumberList();
  assert.deepEqual(repeated(list.all), new Set());
  for (let i = 0; i < 1000; i++) list.add(fingerprint(`${i}`));
  assert.deepEqual(repeated(list.all), new Set());
  for (const i of [3, 999, 3]) list.add(fingerprint(`${i}`));
  assert.equal(list.all.length, 1003);
  assert.deepEqual(repeated(list.all), new Set([fingerprint("3"), fingerprint("999")]));
});
