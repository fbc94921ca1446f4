import { loadCheckpoint } from "./load_checkpoint.ts";
import type { NetworkClassifier } from "./network_classifier.ts";

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
 * import { createClassifier, loadClassifier, saveCheckpoint } from "../mod.ts";
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
  const { classifier } = await loadCheckpoint(await readSource(source));
  return classifier;
}

async function readSource(source: Uint8Array | string | URL | undefined): Promise<Uint8Array> {
  if (source === undefined) return (await import("./shipped.ts")).shippedCheckpoint();
  if (source instanceof Uint8Array) return source;
  const text = String(source);
  if (!/^https?:/i.test(text)) return await Deno.readFile(/^file:/i.test(text) ? new URL(text) : text);
  const response = await fetch(text);
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(
      `Cannot load a classifier from ${text}: the server answers ${response.status} ${response.statusText}.`,
    );
  }
  return await response.bytes();
}
