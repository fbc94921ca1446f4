/**
 * Packs a trained checkpoint as the classifier that ships: 16-bit weights, base64 in a text file, so that it can be imported
 * without any permission, from a folder or from a URL.
 *
 * ```sh
 * deno run --allow-read --allow-write=models/weights models/weights/pack.ts crack.safetensors
 * ```
 *
 * @module
 */
import { loadClassifier } from "../load_classifier.ts";
import { saveCheckpoint } from "../save_checkpoint.ts";

const [checkpoint] = Deno.args;
using classifier = await loadClassifier(checkpoint);
const bytes = await saveCheckpoint(classifier, { precision: "F16" });
await Deno.writeTextFile(new URL("crack.safetensors.b64", import.meta.url), bytes.toBase64());
console.log(`${classifier.name}: ${bytes.length} bytes of weights.`);
