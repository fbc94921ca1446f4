import assert from "node:assert/strict";
import { pictureGrid } from "../../../tasks/reproduce/figures/picture_grid.ts";

Deno.test("pictureGrid() fits a photo on end into the height of the others, so that no row is taller than it has to be", async () => {
  const cell = (width: number, height: number) => ({ width, height, data: new Uint8Array(width * height) });
  const svg = await pictureGrid("Grid", ["on end", "level", "narrow"], [
    { title: "first", cells: [cell(10, 30), cell(30, 15), cell(1, 1)] },
    { title: "second", cells: [cell(40, 10)] },
  ]);
  const sizes = [...svg.matchAll(/<image x="(\d+)" y="(\d+)" width="([\d.]+)" height="([\d.]+)"/g)];
  // 300 × 225 pixels at most; a line of text of 26 and a gap of 12 before the next row.
  assert.deepEqual(sizes.map(([, ...numbers]) => numbers.map(Number)), [
    [12, 90, 75, 225],
    [324, 90, 300, 150],
    [636, 90, 225, 225],
    [12, 353, 300, 75],
  ]);
  assert.match(svg, /^<svg [^>]* width="948" height="440"/);
});
