import type { ThreadPlan } from "../../../models/threads/network_threads.ts";

/** Waits until all threads of a plan have the network. */
export async function threadsReady(
  threads: { readonly ready: number },
  { count }: ThreadPlan,
): Promise<void> {
  while (threads.ready < count && count > 1) await new Promise((resolve) => setTimeout(resolve, 5));
}
