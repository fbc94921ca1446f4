import assert from "node:assert/strict";
import { TrainingLog } from "../../../tasks/training/training_log.ts";

Deno.test("TrainingLog makes points of equal stretches, also where it was taken up again", () => {
  const step = (i: number) => ({
    step: i,
    figures: { loss: [i, 1], accuracy: [i % 2, 1] } as const,
    time: 10,
    dataTime: 2,
  });
  const names = ["loss", "accuracy"] as const;
  const whole = new TrainingLog(names, { steps: 450 });
  for (let i = 0; i < 450; i++) whole.add(step(i));
  const { points, time, dataTime } = whole.state;
  assert.equal(points.length, 150);
  assert.deepEqual(points[0], { step: 3, loss: 1, accuracy: 1 / 3 });
  assert.deepEqual(points[149], { step: 450, loss: 448, accuracy: 2 / 3 });
  assert.deepEqual([time, dataTime], [4500, 900]);

  const first = new TrainingLog(names, { steps: 450 });
  for (let i = 0; i < 100; i++) first.add(step(i));
  const second = new TrainingLog(names, { steps: 450, state: JSON.parse(JSON.stringify(first.state)) });
  for (let i = 100; i < 450; i++) second.add(step(i));
  assert.deepEqual(second.state, whole.state);
});
