import assert from "node:assert/strict";
import type { BackendName } from "../../../models/backend.ts";
import { tf } from "../../../models/tfjs.ts";
import { MomentumSgd } from "../../../models/training/momentum.ts";
import { relativeDifference, withBackend } from "../testing.ts";

const BACKENDS: BackendName[] = ["cpu", "wasm"];
const SIZES = [1, 3, 4, 37, 1000];

/** Variables of several sizes. */
function variables(): Map<string, tf.Variable> {
  const uniform = (size: number) => tf.randomUniform([size], -1, 1, "float32", size);
  return new Map(SIZES.map((size) => [`w${size}`, tf.tidy(() => tf.variable(uniform(size)))]));
}

function gradients(step: number): Record<string, tf.Tensor> {
  return Object.fromEntries(
    SIZES.map((size) => [`w${size}`, tf.randomUniform([size], -1, 1, "float32", 31 * step + size)]),
  );
}

/** The values of the variables, which are disposed. */
function take(moved: Map<string, tf.Variable>): tf.Tensor[] {
  return [...moved.values()].map((variable) => {
    const values = variable.clone();
    variable.dispose();
    return values;
  });
}

for (const backend of BACKENDS) {
  Deno.test(`MomentumSgd on ${backend} moves as tf.train.momentum does`, async () => {
    const expected = await withBackend(backend, () => {
      const moved = variables();
      const optimizer = tf.train.momentum(0.1, 0.9);
      // The optimiser of tfjs finds variables by the names that it gave them.
      for (let step = 0; step < 4; step++) {
        const named = Object.entries(gradients(step)).map(([name, tensor]) => ({
          name: moved.get(name)!.name,
          tensor,
        }));
        optimizer.applyGradients(named);
      }
      optimizer.dispose();
      return take(moved);
    });
    const actual = await withBackend(backend, () => {
      const moved = variables();
      using optimizer = new MomentumSgd({ momentum: 0.9 });
      for (let step = 0; step < 4; step++) optimizer.step(gradients(step), moved, 0.1);
      return take(moved);
    });
    assert.ok(relativeDifference(actual, expected) < 1e-6);
  });

  Deno.test(`MomentumSgd on ${backend} goes on from a saved state as if it had not stopped`, async () => {
    const run = (stop: boolean) =>
      withBackend(backend, () => {
        const moved = variables();
        let optimizer = new MomentumSgd({ momentum: 0.9 });
        for (let step = 0; step < 4; step++) {
          if (stop && step === 2) {
            const resumed = new MomentumSgd({ momentum: 0.9 });
            resumed.restore(optimizer.state());
            optimizer.dispose();
            optimizer = resumed;
          }
          optimizer.step(gradients(step), moved, 0.1);
        }
        optimizer.dispose();
        return take(moved);
      });
    assert.deepEqual(await run(true), await run(false));
  });

  Deno.test(`MomentumSgd on ${backend} leaves snapshots of the variables and the gradients as they were`, async () => {
    const [snapshot, before, gradient, same] = await withBackend(backend, () => {
      const w = tf.variable(tf.tensor1d([1, 2, 3]));
      const g = tf.tensor1d([4, 5, 6]);
      const copy = w.clone();
      using optimizer = new MomentumSgd({ momentum: 0.5 });
      optimizer.step({ w: g }, new Map([["w", w]]), 1);
      w.dispose();
      return [copy, tf.tensor1d([1, 2, 3]), g, tf.tensor1d([4, 5, 6])];
    });
    assert.deepEqual([snapshot, gradient], [before, same]);
  });
}

Deno.test("MomentumSgd frees all that it made", async () => {
  for (const backend of BACKENDS) {
    await withBackend(backend, () => []);
    const before = tf.memory().numTensors;
    const moved = variables();
    const optimizer = new MomentumSgd({ momentum: 0.9 });
    for (let step = 0; step < 3; step++) {
      const steps = gradients(step);
      optimizer.step(steps, moved, 0.1);
      tf.dispose(steps);
    }
    assert.equal(tf.memory().numTensors, before + 2 * SIZES.length);
    optimizer.dispose();
    tf.dispose([...moved.values()]);
    assert.equal(tf.memory().numTensors, before);
  }
});

Deno.test("MomentumSgd refuses a momentum out of range, unknown variables and gradients of another shape", async () => {
  await withBackend("cpu", () => []);
  for (const momentum of [-0.1, 1, NaN]) assert.throws(() => new MomentumSgd({ momentum }), RangeError);
  using optimizer = new MomentumSgd({ momentum: 0.9 });
  const w = tf.variable(tf.zeros([2]));
  assert.throws(() => optimizer.step({ v: w }, new Map([["w", w]]), 1), RangeError);
  const g = tf.zeros([3]);
  assert.throws(() => optimizer.step({ w: g }, new Map([["w", w]]), 1), RangeError);
  tf.dispose([w, g]);
});
