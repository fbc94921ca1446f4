import { openBackend } from "../backend.ts";
import type { Parameters } from "../layers/parameters.ts";
import { serveRequests } from "./serve_requests.ts";
import type { Snapshot } from "./shared_values.ts";

/** What a worker of `NetworkThreads` does. */
export interface NetworkService<Description extends object, Network, Job, Reply> {
  /** Makes the network of a snapshot. A backend is open then. */
  restore(snapshot: Snapshot<Description>): Network;
  /** Does a job with it. */
  work(network: Network, job: Job): Promise<Reply>;
}

/**
 * The worker's side of `NetworkThreads`: its first request is a snapshot of the network, and so is one whenever the values change, answered by
 * nothing; the others are jobs.
 */
export function serveNetwork<
  Description extends object,
  Network extends Disposable & { readonly parameters: Parameters },
  Job extends object,
  Reply,
>({ restore, work }: NetworkService<Description, Network, Job, Reply>): void {
  let network: Network | undefined;
  serveRequests<Snapshot<Description> | Job, Reply | undefined>(async (request) => {
    if (!("weights" in request)) return await work(network!, request);
    await openBackend({ backend: "wasm" });
    network?.[Symbol.dispose]();
    network = restore(request);
    // Made at once: the asking thread does not keep the values.
    void network.parameters;
    return undefined;
  });
}
