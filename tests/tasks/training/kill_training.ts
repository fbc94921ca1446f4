import assert from "node:assert/strict";
import { scriptArgs } from "../run_script.ts";

/**
 * Starts a training in a process of its own and kills it as soon as it has saved itself.
 *
 * @param options `out`: the file of its network.
 */
export async function killTraining(
  script: string,
  args: readonly string[],
  { permissions, out }: { readonly permissions: readonly string[]; readonly out: string },
): Promise<void> {
  const process = new Deno.Command(Deno.execPath(), {
    args: scriptArgs(script, args, permissions),
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  process.status.then(() => ended = true);
  while (!ended && !(await Deno.stat(`${out}.training`).then(() => true, () => false))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.ok(!ended, "the training ended before it could be killed");
  process.kill("SIGKILL");
  await process.status;
}
