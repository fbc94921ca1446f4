import assert from "node:assert/strict";
import { oneCycleSchedule, stepSchedule } from "../../../models/training/learning_rate.ts";

Deno.test("stepSchedule() is the paper's: a tenth after each epoch", () => {
  const rate = stepSchedule({ rate: 1e-3, every: 100 });
  const expected: [step: number, rate: number][] = [[0, 1e-3], [99, 1e-3], [100, 1e-4], [199, 1e-4], [
    200,
    1e-5,
  ]];
  for (const [step, value] of expected) assert.ok(Math.abs(rate(step) / value - 1) < 1e-12, `step ${step}`);
});

Deno.test("oneCycleSchedule() rises from a 25th to the rate, then falls to nearly nothing, smoothly", () => {
  const steps = 1000;
  const rate = oneCycleSchedule({ rate: 0.03, steps });
  const all = Array.from({ length: steps }, (_, step) => rate(step));
  assert.ok(Math.abs(all[0] - 0.03 / 25) < 1e-12);
  assert.equal(all.indexOf(Math.max(...all)), 299);
  assert.ok(Math.abs(all[299] - 0.03) < 1e-12);
  assert.ok(Math.abs(all[999] - 0.03 / 250_000) < 1e-12);
  // Half a cosine passes its middle halfway.
  assert.ok(Math.abs(rate(149.5) - (0.03 + 0.03 / 25) / 2) < 1e-9);
  for (let step = 1; step < steps; step++) {
    assert.equal(all[step] > all[step - 1], step <= 299, `step ${step}`);
  }
});

Deno.test("oneCycleSchedule() is finite in trainings of very few steps", () => {
  for (let steps = 1; steps < 6; steps++) {
    for (let step = 0; step < steps; step++) {
      const value = oneCycleSchedule({ rate: 1, steps })(step);
      assert.ok(value > 0 && value <= 1, `step ${step} of ${steps}: ${value}`);
    }
  }
});
