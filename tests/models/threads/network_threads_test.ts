import assert from "node:assert/strict";
import { openBackend } from "../../../models/backend.ts";
import { tf } from "../../../models/tfjs.ts";
import { NetworkThreads } from "../../../models/threads/network_threads.ts";

/** Threads of what is no network, which their workers refuse; its jobs are numbers. */
async function withThreads(
  test: (threads: NetworkThreads<string, number, number>) => Promise<void>,
): Promise<void> {
  await openBackend({ backend: "wasm" });
  const variable = tf.variable(tf.scalar(1));
  using threads = new NetworkThreads<string, number, number>(
    { name: "probe", parameters: new Map([["value", variable]]) },
    {
      script: new URL("../../../models/classifier/scoring_worker.ts", import.meta.url),
      snapshot: () => "probe",
      onWorker: (job, worker) => worker.ask(job),
      onMainThread: async (job) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (job === 3) throw new RangeError("Cannot do 3.");
        return 10 * job;
      },
    },
  );
  try {
    await test(threads);
  } finally {
    variable.dispose();
  }
}

Deno.test("NetworkThreads does in this thread, with a reason, what threads that fail leave, and goes on after a job that fails", async () => {
  await withThreads(async (threads) => {
    threads.start(2);
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((job) => threads.run(job)));
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === "fulfilled" ? outcome.value : String(outcome.reason)),
      [10, 20, "RangeError: Cannot do 3.", 40],
    );
    const until = Date.now() + 5000;
    while (threads.plan(2).reason === undefined && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const { count, reason } = threads.plan(2);
    assert.equal(count, 1);
    assert.match(`${reason}`, /^Cannot compute in another thread: .*weights/);
    assert.equal(threads.ready, 0);
    assert.equal(await threads.run(5), 50);
  });
});

Deno.test("NetworkThreads does first what fewer threads may do", async () => {
  await withThreads(async (threads) => {
    const order: number[] = [];
    // The first is worked on already when the others come.
    await Promise.all([1, 2, 4].map(async (job) => {
      await threads.run(job, { threads: job === 4 ? 1 : 2 });
      order.push(job);
    }));
    assert.deepEqual(order, [1, 4, 2]);
  });
});

Deno.test("NetworkThreads rejects what waits when it is disposed of", async () => {
  await withThreads(async (threads) => {
    const begun = threads.run(1);
    const failed = assert.rejects(threads.run(2), {
      name: "TypeError",
      message: "Cannot go on with probe: it was disposed of meanwhile.",
    });
    threads[Symbol.dispose]();
    await failed;
    assert.equal(await begun, 10);
  });
});
