import type { ThreadPlan } from "../../models/threads/network_threads.ts";

/** How many threads a network runs in, to follow its name and backend: nothing where one is all there can be. */
export function describeThreads({ count, reason }: ThreadPlan): string {
  if (count > 1) return ` in ${count} threads`;
  return reason === undefined ? "" : ` in one thread: ${reason}`;
}
