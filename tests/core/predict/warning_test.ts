import assert from "node:assert/strict";
import { connectedPixels } from "../../../core/predict/connected_pixels.ts";
import { warningOf } from "../../../core/predict/warning.ts";
import { SIZES, testImage } from "../testing.ts";

/** A mask of so many pixels a side, and its crack pixels. */
function masked(width: number, height: number, crack: (x: number, y: number) => boolean) {
  const mask = Uint8Array.from(
    { length: width * height },
    (_, i) => Number(crack(i % width, Math.floor(i / width))),
  );
  return { width, height, mask, crackPixels: mask.reduce((sum, value) => sum + value, 0) };
}

const once = [{ scale: 1, weight: 1 }];
const line = (x: number, y: number) => x === y;
/** Dots of 3 × 3 pixels. */
const dots = (x: number, y: number) => x % 10 < 3 && y % 10 < 3;

/** The groups of a mask, each pixel taking the least label of its neighbours until nothing changes. */
function groupsOracle(mask: Uint8Array, width: number): number[] {
  const labels = Array.from(mask, (value, i) => value === 0 ? -1 : i);
  for (let changed = true; changed;) {
    changed = false;
    for (let i = 0; i < labels.length; i++) {
      if (labels[i] < 0) continue;
      for (let j = 0; j < labels.length; j++) {
        const near = Math.abs(i % width - j % width) <= 1 &&
          Math.abs(Math.floor(i / width) - Math.floor(j / width)) <= 1;
        if (labels[j] < 0 || !near || labels[j] >= labels[i]) continue;
        labels[i] = labels[j];
        changed = true;
      }
    }
  }
  return labels.map((label, i) => label === i ? labels.filter((other) => other === label).length : 0)
    .filter((count) => count > 0);
}

Deno.test("connectedPixels() gives the groups of eight neighbours, each pixel once, at any size", () => {
  for (const [width, height] of SIZES.slice(0, 5)) {
    for (const share of [0, 0.1, 0.3, 0.6, 1]) {
      const { data } = testImage(width, height, 1, "random", 11);
      const mask = Uint8Array.from(data, (value) => Number(value < 256 * share));
      const groups = [...connectedPixels(mask, { width, height })];
      const what = `${width} × ${height} at ${share}`;
      assert.deepEqual(groups.map(({ length }) => length), groupsOracle(mask, width), what);
      const places = groups.flatMap((group) => [...group]).sort((a, b) => a - b);
      assert.deepEqual(places, [...mask.keys()].filter((i) => mask[i] === 1), what);
    }
  }
});

Deno.test("warningOf() is quiet where lines are marked, or nothing", () => {
  assert.equal(warningOf(masked(100, 100, line), { scales: once, spectrum: [40, 30] }), undefined);
  assert.equal(warningOf(masked(100, 100, () => false), { scales: once, spectrum: [40, 30] }), undefined);
  assert.equal(warningOf(masked(100, 100, () => true), { scales: once }), undefined);
  // A line of 200 pixels and specks of 9 each: 63 % of the whole are specks.
  const mixed = masked(200, 200, (x, y) => y === 100 || (dots(x, y) && y < 20 && x < 190));
  assert.equal(warningOf(mixed, { scales: once }), undefined);
});

Deno.test("warningOf() tells specks from lines at the scale that counted most", () => {
  const specks = masked(100, 100, (x, y) => dots(x, y) || (y === 99 && x < 70));
  const scales = [{ scale: 1, weight: 0.6 }, { scale: 0.5, weight: 0.4 }];
  // A hundred dots of nine pixels, and seventy in a row.
  assert.equal(
    warningOf(specks, { scales }),
    "Of what is marked 92 % lies in specks of fewer than 64 pixels, not in lines: there may be no crack, or none that the network knows.",
  );
  scales.reverse();
  assert.match(
    warningOf(specks, { scales: [{ scale: 1, weight: 0.3 }, { scale: 0.5, weight: 0.7 }] })!,
    /256/,
  );
  // Enlarged by four, the same line and dots.
  const large = masked(400, 400, (x, y) => dots(Math.floor(x / 4), Math.floor(y / 4)));
  assert.equal(warningOf(large, { scales: once }), undefined);
  assert.match(
    warningOf(large, { scales: [{ scale: 0.25, weight: 1 }] })!,
    /100 % .* fewer than 1024 pixels/,
  );
});

Deno.test("warningOf() names photos that are too small, and such as have no detail", () => {
  assert.match(
    warningOf(masked(31, 500, line), { scales: once, spectrum: [40] })!,
    /^The photo is 31 × 500: /,
  );
  assert.equal(warningOf(masked(32, 500, (x) => x === 3), { scales: once, spectrum: [40] }), undefined);
  assert.match(warningOf(masked(1, 1, line), { scales: once, spectrum: [] })!, /^The photo is 1 × 1: /);
  assert.match(warningOf(masked(64, 64, line), { scales: once, spectrum: [0, 2.75, 1] })!, /has no detail/);
  assert.equal(warningOf(masked(70, 70, line), { scales: once, spectrum: [0, 3] }), undefined);
});
