import assert from "node:assert/strict";
import { formatScales, scalesValue } from "../../../tasks/batch/scale_option.ts";

const parser = scalesValue({ levels: 3 });

Deno.test("scalesValue() reads auto, one scale, and several that are halves of each other, as formatScales() writes them", () => {
  const cases = [
    ["auto", "auto", 3],
    ["1", 1, 1],
    ["0.3", 0.3, 1],
    ["2,1", 2, 2],
    ["1,0.5,0.25,0.125", 1, 4],
    ["0.3,0.15", 0.3, 2],
  ] as const;
  for (const [text, start, levels] of cases) {
    assert.deepEqual(parser.parse(text), { success: true, value: { start, levels } });
    assert.equal(formatScales({ start, levels }), text);
  }
});

Deno.test("scalesValue() refuses what names no scales", () => {
  for (const text of ["", "0", "-1", "all", "1,", "1,,0.5", "Infinity", "NaN", "1,0.25", "0.5,1", "auto,1"]) {
    assert.ok(!parser.parse(text).success, text);
  }
});
