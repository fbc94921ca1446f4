import assert from "node:assert/strict";
import { leastPath, type StepCosts } from "../../../tasks/studio/page/least_path.ts";
import { seeded } from "../../core/testing.ts";

/** A grid of so many open columns and rows with a closed rim, whose pixels cost what a function says. */
function gridOf(columns: number, rows: number, costAt: (x: number, y: number) => number): StepCosts {
  const width = columns + 2, count = width * (rows + 2);
  const straight = new Uint16Array(count), diagonal = new Uint16Array(count);
  for (let y = 1; y <= rows; y++) {
    for (let x = 1; x <= columns; x++) {
      straight[y * width + x] = costAt(x, y);
      diagonal[y * width + x] = Math.round(Math.SQRT2 * straight[y * width + x]);
    }
  }
  return { width, straight, diagonal };
}

/** What a path costs; fails where it jumps or steps onto what is closed. */
function costOf({ width, straight, diagonal }: StepCosts, path: readonly number[]): number {
  return path.slice(1).reduce((sum, pixel, i) => {
    const before = path[i];
    const dx = Math.abs(pixel % width - before % width);
    const dy = Math.abs(Math.floor(pixel / width) - Math.floor(before / width));
    assert.ok(Math.max(dx, dy) === 1 && straight[pixel] > 0, `from ${before} to ${pixel}`);
    return sum + (dx + dy === 2 ? diagonal : straight)[pixel];
  }, 0);
}

/** The least costs from a pixel to all others, by going over all steps until nothing changes (Bellman and Ford). */
function leastCosts({ width, straight, diagonal }: StepCosts, start: number): Float64Array {
  const costs = new Float64Array(straight.length).fill(Infinity);
  costs[start] = 0;
  for (let changed = true; changed;) {
    changed = false;
    for (let pixel = 0; pixel < costs.length; pixel++) {
      if (costs[pixel] === Infinity) continue;
      for (const dy of [-1, 0, 1]) {
        for (const dx of [-1, 0, 1]) {
          const other = pixel + dy * width + dx;
          const step = (dx !== 0 && dy !== 0 ? diagonal : straight)[other];
          if (step > 0 && costs[pixel] + step < costs[other]) {
            costs[other] = costs[pixel] + step;
            changed = true;
          }
        }
      }
    }
  }
  return costs;
}

Deno.test("a path costs what the least of all paths does, on random grids of odd sizes and with walls", () => {
  const random = seeded(2);
  for (const [columns, rows] of [[1, 1], [1, 9], [9, 1], [23, 17], [40, 31]]) {
    for (const walls of [0, 0.3]) {
      const grid = gridOf(columns, rows, () => random() < walls ? 0 : 1 + Math.floor(350 * random() ** 3));
      const open = [...grid.straight.keys()].filter((pixel) => grid.straight[pixel] > 0);
      for (let i = 0; i < 5; i++) {
        const [start, end] = [random(), random()].map((at) => open[Math.floor(at * open.length)]);
        if (start === undefined) continue;
        const path = leastPath(grid, start, end), least = leastCosts(grid, start)[end];
        assert.equal(path.at(-1), end);
        if (least === Infinity) assert.deepEqual(path, [end]);
        else assert.deepEqual([path[0], costOf(grid, path)], [start, least]);
      }
    }
  }
});
