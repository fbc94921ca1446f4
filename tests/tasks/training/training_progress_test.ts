import assert from "node:assert/strict";
import { startTrainingProgress } from "../../../tasks/training/training_progress.ts";

Deno.test("startTrainingProgress() reports loss, accuracy, rate and time left, now and then", () => {
  let clock = 0;
  let reported = "";
  const progress = (options: { quiet: boolean; interactive: boolean }) =>
    startTrainingProgress({
      ...options,
      examples: "patches",
      now: () => clock,
      write: (text) => reported += text,
    });
  using lines = progress({ quiet: false, interactive: false });
  lines.start({ steps: 100, firstStep: 20, batch: 8 });
  for (let i = 0; i < 80; i++) {
    clock += 1000;
    lines.step("loss 0.500");
  }
  assert.deepEqual(reported.trimEnd().split("\n"), [
    "Going on after step 20 of 100.",
    "Step 50 of 100: loss 0.500, 8.0 patches/s, 50 s left",
    "Step 80 of 100: loss 0.500, 8.0 patches/s, 20 s left",
    "Step 100 of 100: loss 0.500, 8.0 patches/s",
  ]);
  reported = "";
  using quiet = progress({ quiet: true, interactive: true });
  quiet.start({ steps: 2, firstStep: 1, batch: 8 });
  quiet.step("loss 1.000");
  assert.equal(reported, "");
  quiet.note("A warning.");
  assert.equal(reported, "A warning.\n");
});
