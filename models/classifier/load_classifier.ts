import { loadCheckpoint } from "./load_checkpoint.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import { readSource } from "../checkpoint/read_source.ts";

/**
 * A trained classifier from a checkpoint, which {@linkcode saveCheckpoint} or a training wrote.
 *
 * Bytes need no permission, a path needs to be readable, a URL needs its host to be allowed.
 *
 * @param source the checkpoint: its bytes, a path, or a URL (`https:`, `http:`, `file:`). Without one, the classifier that ships
 * with Hairline; models/weights/CARD.md says what it is.
 *
 * @example
 * ```ts
 * import { createClassifier, loadClassifier, saveCheckpoint } from "../../mod.ts";
 *
 * using untrained = createClassifier({ arch: "resnet18", width: 0.25 });
 * using classifier = await loadClassifier(await saveCheckpoint(untrained));
 * console.log(classifier.name); // resnet18 × 0.25
 * ```
 *
 * @throws {Error} if the source cannot be fetched.
 * @throws {SyntaxError} for a file that is no checkpoint or is damaged.
 * @throws {RangeError} for parameters that do not fit the network.
 */
export async function loadClassifier(source?: Uint8Array | string | URL): Promise<NetworkClassifier> {
  const bytes = source === undefined
    ? (await import("../weights/shipped_classifier.ts")).shippedCheckpoint()
    : await readSource(source);
  return (await loadCheckpoint(bytes)).classifier;
}
