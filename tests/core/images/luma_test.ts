import { deepStrictEqual } from "node:assert/strict";
import { luma } from "../../../core/images/luma.ts";

Deno.test("luma() weighs red, green and blue as BT.601 does, wherever a pixel stands", () => {
  const data = [255, 0, 0, 9, 0, 255, 0, 9, 0, 0, 255, 9, 255, 255, 255, 9];
  deepStrictEqual([0, 4, 8, 12].map((at) => Math.round(1000 * luma(data, at))), [
    76245,
    149685,
    29070,
    255000,
  ]);
});
