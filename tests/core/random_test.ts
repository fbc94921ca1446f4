import assert from "node:assert/strict";
import { randomUnit, randomWords } from "../../core/random.ts";
import { randomWordsOracle } from "../oracles/augment.ts";

Deno.test("randomWords() equals the oracle in whole numbers", () => {
  const counters = [0, 1, 2, 255, 65536, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
  for (const a of counters) {
    for (const b of counters) {
      for (const [c, d] of [[0, 0], [a, b], [b, 3], [0xffffffff, a]]) {
        assert.deepEqual(randomWords([a, b, c, d]), randomWordsOracle([a, b, c, d]));
      }
    }
  }
});

Deno.test("randomUnit() lies inside (0, 1) and is a float32", () => {
  for (const word of [0, 511, 512, 0x80000000, 0xffffffff]) {
    const value = randomUnit(word);
    assert.ok(value > 0 && value < 1);
    assert.equal(Math.fround(value), value);
  }
});

Deno.test("randomWords() fills 64 intervals uniformly, whichever part of the counter counts", () => {
  const draws = 64_000;
  for (let part = 0; part < 4; part++) {
    const counts = [0, 1, 2, 3].map(() => new Array(64).fill(0));
    for (let i = 0; i < draws; i++) {
      const counter: [number, number, number, number] = [1, 2, 3, 4];
      counter[part] = i;
      randomWords(counter).forEach((word, lane) => counts[lane][Math.floor(randomUnit(word) * 64)]++);
    }
    for (const [lane, count] of counts.entries()) {
      const chiSquare = count.reduce((sum, times) => sum + (times - draws / 64) ** 2 / (draws / 64), 0);
      // 63 degrees of freedom: mean 63, standard deviation 11.2; both tails at about one in a million.
      assert.ok(chiSquare > 20 && chiSquare < 135, `part ${part}, word ${lane}: ${chiSquare}`);
    }
  }
});
