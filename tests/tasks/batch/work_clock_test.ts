import assert from "node:assert/strict";
import { WorkClock } from "../../../tasks/batch/work_clock.ts";

Deno.test("WorkClock shares time out among those that work at once, and waits count for nobody", () => {
  let now = 0;
  const clock = new WorkClock(() => now);
  const endA = clock.start();
  now = 1000;
  const endB = clock.start();
  now = 4000;
  // A alone for 1 s, then both for 3 s.
  assert.equal(endA(), 1 + 3 / 2);
  now = 6000;
  assert.equal(endB(), 3 / 2 + 2);
  // Nobody works for 4 s.
  now = 10_000;
  const endC = clock.start();
  now = 10_500;
  assert.equal(endC(), 0.5);
  // Ended once, it stays what it was.
  now = 20_000;
  assert.equal(endC(), 0.5);
  assert.equal(endA(), 2.5);
});
