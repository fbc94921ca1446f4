import assert from "node:assert/strict";
import type { ThreadPlan } from "../../../models/threads/network_threads.ts";
import { runScript } from "../../tasks/run_script.ts";

/** What a script reports as JSON about its work in threads. */
type Outcome = { readonly plan: ThreadPlan } & Readonly<Record<string, unknown>>;

/**
 * Runs a script that may start threads, one that may not, and one that may and forgets to dispose of its network: each ends without a
 * complaint, and the second one gives a reason.
 */
export async function runWithThreads(
  script: string,
): Promise<[together: Outcome, alone: Outcome, forgotten: Outcome]> {
  const run = async (args: readonly string[], permissions: readonly string[]): Promise<Outcome> => {
    const { code, out, err } = await runScript(script, args, { permissions });
    assert.equal(code, 0, err);
    assert.doesNotMatch(err, /NotCapable|Requires|worker/);
    return JSON.parse(out);
  };
  const outcomes = await Promise.all([
    run([], ["--allow-read"]),
    run([], []),
    run(["forget"], ["--allow-read"]),
  ]);
  const [together, alone, forgotten] = outcomes;
  assert.deepEqual([together.plan.reason, forgotten.plan.reason], [undefined, undefined]);
  assert.equal(alone.plan.count, 1);
  assert.match(`${alone.plan.reason}`, /^this run may not read .*, where the others start$/);
  return outcomes;
}

/** Waits until all threads of a plan have the network. */
export async function threadsReady(
  threads: { readonly ready: number },
  { count }: ThreadPlan,
): Promise<void> {
  while (threads.ready < count && count > 1) await new Promise((resolve) => setTimeout(resolve, 5));
}
