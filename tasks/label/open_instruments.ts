import { openCompute } from "../../core/compute.ts";
import { type BackendName, openBackend } from "../../models/backend.ts";
import type { ThreadPlan } from "../../models/scoring_threads.ts";
import { tf } from "../../models/tfjs.ts";
import { hashParameters } from "../cli/hash_parameters.ts";
import { readClassifier } from "../cli/read_classifier.ts";
import { writeErr } from "../cli/terminal.ts";
import type { Instruments } from "./label_photos.ts";

/** Options of {@linkcode openInstruments}. */
export interface OpenInstrumentsOptions {
  /** The file of a classifier. Default: the one that ships with Hairline. */
  readonly classifier?: string;
  /** What runs the network. Default: chosen by the adapter. */
  readonly backend?: BackendName;
  /** Whether to measure each kernel. */
  readonly profile?: boolean;
  /** Say nothing of what was chosen. */
  readonly quiet?: boolean;
}

/** Opens the device, the backend and the classifier, and says on standard error which they are. */
export async function openInstruments(options: OpenInstrumentsOptions): Promise<Instruments> {
  const { backend: name, profile, quiet } = options;
  const compute = await openCompute({ profile });
  const backend = await openBackend({ backend: name, compute });
  const classifier = await readClassifier(options.classifier);
  const network = `${classifier.name} on ${backend.name}${describeThreads(classifier.startThreads())}`;
  const { description: adapter, software } = compute;
  if (!quiet) writeErr(`Kernels run on ${adapter}${software ? " (software)" : ""}, ${network}.\n`);
  return {
    compute,
    classifier,
    classifierRecord: {
      name: classifier.name,
      source: options.classifier ?? "shipped",
      sha256: await hashParameters(classifier.parameters),
    },
    runtime: { deno: Deno.version.deno, tfjs: tf.version.tfjs, adapter, software, backend: backend.name },
  };
}

function describeThreads({ count, reason }: ThreadPlan): string {
  if (count > 1) return ` in ${count} threads`;
  return reason === undefined ? "" : ` in one thread: ${reason}`;
}
