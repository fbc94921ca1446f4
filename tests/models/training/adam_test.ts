import assert from "node:assert/strict";
import { tf } from "../../../models/tfjs.ts";
import { Adam } from "../../../models/training/adam.ts";
import { polynomialSchedule } from "../../../models/training/learning_rate.ts";
import { assertClose, seeded } from "../../core/testing.ts";
import { use } from "../testing.ts";

const SIZE = 37, STEPS = 5, RATE = 0.01, BETA1 = 0.9, BETA2 = 0.99;

function gradientsOf(step: number): Float32Array {
  const random = seeded(step + 1);
  // Of several sizes, 0 among them.
  return Float32Array.from({ length: SIZE }, (_, i) => i === 0 ? 0 : (random() - 0.5) * 10 ** (i % 5 - 3));
}

/** The algorithm of the paper, in float64. */
function oracle(start: Float32Array): Float64Array {
  const w = Float64Array.from(start), m = new Float64Array(SIZE), v = new Float64Array(SIZE);
  for (let t = 1; t <= STEPS; t++) {
    const g = gradientsOf(t - 1);
    for (let i = 0; i < SIZE; i++) {
      m[i] = BETA1 * m[i] + (1 - BETA1) * g[i];
      v[i] = BETA2 * v[i] + (1 - BETA2) * g[i] ** 2;
      w[i] -= RATE * (m[i] / (1 - BETA1 ** t)) / (Math.sqrt(v[i] / (1 - BETA2 ** t)) + 1e-8);
    }
  }
  return w;
}

for (const backend of ["cpu", "wasm"] as const) {
  Deno.test(`Adam on ${backend} moves as the paper says, also where it was interrupted`, async () => {
    await use(backend);
    const before = tf.memory().numTensors;
    const start = gradientsOf(99);
    const run = async (stopAfter?: number): Promise<Float32Array> => {
      const w = tf.tidy(() => tf.variable(tf.tensor1d(start)));
      let adam = new Adam({ beta1: BETA1, beta2: BETA2 });
      for (let step = 0; step < STEPS; step++) {
        if (step === stopAfter) {
          const resumed = new Adam({ beta1: BETA1, beta2: BETA2 });
          resumed.restore(adam.state());
          adam[Symbol.dispose]();
          adam = resumed;
        }
        const g = tf.tensor1d(gradientsOf(step));
        adam.step({ w: g, other: g }, new Map([["w", w]]), { step, learningRate: RATE });
        g.dispose();
      }
      adam[Symbol.dispose]();
      const values = (await w.data<"float32">()).slice();
      w.dispose();
      return values;
    };
    const whole = await run();
    assertClose(whole, oracle(start), 1e-6, "values");
    assert.deepEqual(await run(3), whole);
    assert.equal(tf.memory().numTensors, before, "everything is freed");
  });
}

Deno.test("Adam refuses shares out of range", () => {
  for (const beta of [-0.1, 1, NaN]) {
    assert.throws(
      () => new Adam({ beta1: beta, beta2: 0 }),
      /beta1 of .*: it must be at least 0 and below 1\.$/,
    );
    assert.throws(() => new Adam({ beta1: 0, beta2: beta }), /beta2 of /);
  }
});

Deno.test("polynomialSchedule() falls from its rate towards 0", () => {
  const rate = polynomialSchedule({ rate: 2, steps: 10, power: 0.9 });
  assertClose([0, 5, 9].map(rate), [2, 2 * 0.5 ** 0.9, 2 * 0.1 ** 0.9], 1e-12, "rates");
});
