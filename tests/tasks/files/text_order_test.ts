import assert from "node:assert/strict";
import { compareNames } from "../../../core/datasets/list_files.ts";
import { sortByText } from "../../../tasks/files/text_order.ts";
import { random } from "../../core/images/image_fixtures.ts";

Deno.test("sortByText() sorts as a list is sorted, equal texts in their order, whatever is in memory at a time", () => {
  const next = random(7);
  for (const [count, kinds] of [[0, 1], [1, 1], [7, 3], [64, 64], [500, 40], [501, 5000]]) {
    const texts = Array.from({ length: count }, () => `IMG_${Math.floor(next() * kinds)}`);
    const numbers = Uint32Array.from(texts.keys()).filter(() => next() < 0.9);
    const expected = [...numbers].sort((a, b) => compareNames(texts[a], texts[b]));
    for (const piece of [1, 3, 64, 1000]) {
      const sorted = sortByText(numbers, { textOf: (i) => texts[i], compare: compareNames, piece });
      assert.deepEqual([...sorted], expected, `${count} texts, ${piece} in memory`);
    }
  }
});
