import type { Compute } from "../../core/gpu/compute.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { type BackendName, openBackend } from "../../models/backend.ts";
import { tf } from "../../models/tfjs.ts";
import type { ThreadPlan } from "../../models/threads/network_threads.ts";
import type { Runtime } from "./manifests.ts";

/** Options of {@linkcode openDevices}. */
export interface OpenDevicesOptions {
  /** What runs the network. Default: chosen by the adapter. */
  readonly backend?: BackendName;
  /** Whether to measure each kernel. */
  readonly profile?: boolean;
}

/** What computes, opened. */
export interface Devices {
  readonly compute: Compute;
  readonly runtime: Runtime;
}

/** Opens the device of the kernels and the backend of networks. */
export async function openDevices(options: OpenDevicesOptions): Promise<Devices> {
  const compute = await openCompute({ profile: options.profile });
  const { name: backend } = await openBackend({ backend: options.backend, compute });
  const { description: adapter, software } = compute;
  return {
    compute,
    runtime: { deno: Deno.version.deno, tfjs: tf.version.tfjs, adapter, software, backend },
  };
}

/** The adapter of the kernels in words: `llvmpipe (software)`. */
export function describeAdapter({ adapter, software }: Pick<Runtime, "adapter" | "software">): string {
  return `${adapter}${software ? " (software)" : ""}`;
}

/** A network and the threads that it runs in. */
export interface NetworkThreads {
  /** Its name. */
  readonly network: string;
  readonly threads: ThreadPlan;
}

/** What runs where: a line. */
export function describeDevices(runtime: Runtime, ...networks: readonly NetworkThreads[]): string {
  const parts = networks.map(({ network, threads }) =>
    `, ${network} on ${runtime.backend}${describeThreads(threads)}`
  );
  return `Kernels run on ${describeAdapter(runtime)}${parts.join("")}.\n`;
}

/** How many threads a network runs in, to follow its name and backend: nothing where one is all there can be. */
function describeThreads({ count, reason }: ThreadPlan): string {
  if (count > 1) return ` in ${count} threads`;
  return reason === undefined ? "" : ` in one thread: ${reason}`;
}
