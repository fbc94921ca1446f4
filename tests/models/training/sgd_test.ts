import assert from "node:assert/strict";
import { MomentumSgd } from "../../../models/training/momentum.ts";
import { sgd, type SgdTask } from "../../../models/training/sgd.ts";
import type { BatchGradients } from "../../../models/training/gradients.ts";

/** A batch that counts how often it is freed. */
class CountedBatch implements Disposable {
  freed = 0;

  [Symbol.dispose](): void {
    this.freed++;
  }
}

Deno.test("sgd() frees each batch once, that made ahead included, wherever a step fails", async (t) => {
  for (const failing of ["prepare", "fetch", "gradients", "check", "onStep"] as const) {
    await t.step(failing, async () => {
      const batches: CountedBatch[] = [];
      const fail = (where: string, step = 1) => {
        if (where === failing && step > 0) throw new Error(`cannot ${where}`);
      };
      const task: SgdTask<CountedBatch, CountedBatch, BatchGradients> = {
        trainable: new Map(),
        prepare: (step) => {
          fail("prepare", step);
          batches.push(new CountedBatch());
          return Promise.resolve(batches[step]);
        },
        fetch: (batch) => {
          fail("fetch");
          return Promise.resolve(batch);
        },
        gradients: () => {
          if (failing === "gradients") return Promise.reject(new Error("cannot gradients"));
          return Promise.resolve({ gradients: {}, loss: 1 });
        },
        check: () => fail("check"),
        count: () => 1,
        first: (batch) => batch,
        onStep: () => fail("onStep"),
      };
      using optimiser = new MomentumSgd({ momentum: 0.9 });
      await assert.rejects(sgd(task, { optimiser, learningRate: () => 0.1, steps: 3 }), {
        message: `cannot ${failing}`,
      });
      assert.deepEqual(batches.map(({ freed }) => freed), failing === "prepare" ? [1] : [1, 1]);
    });
  }
});
