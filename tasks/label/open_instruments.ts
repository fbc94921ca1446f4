import { openCompute } from "../../core/compute.ts";
import { type BackendName, openBackend } from "../../models/backend.ts";
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
  const { description: adapter, software } = compute;
  if (!quiet) {
    writeErr(
      `Kernels run on ${adapter}${software ? " (software)" : ""}, ${classifier.name} on ${backend.name}.\n`,
    );
  }
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
