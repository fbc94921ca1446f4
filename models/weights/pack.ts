/**
 * Packs a trained checkpoint as the classifier or the segmentation network that ships: fewer bits a weight, base64 in a text file, so that
 * it can be imported without any permission, from a folder or from a URL.
 *
 * ```sh
 * deno run --allow-read --allow-write=models/weights models/weights/pack.ts classifier crack.safetensors
 * deno run --allow-read --allow-write=models/weights models/weights/pack.ts segmenter unet.safetensors
 * ```
 *
 * @module
 */
import { loadClassifier, saveCheckpoint } from "../classifier/checkpoint.ts";
import { loadSegmenterCheckpoint, saveSegmenter } from "../segmenter/checkpoint.ts";

const [kind, checkpoint] = Deno.args;
switch (kind) {
  case "classifier": {
    using classifier = await loadClassifier(checkpoint);
    await write("crack", classifier.name, await saveCheckpoint(classifier, { precision: "F16" }));
    break;
  }
  case "segmenter": {
    const { segmenter } = await loadSegmenterCheckpoint(await Deno.readFile(checkpoint));
    using _segmenter = segmenter;
    await write("segmenter", segmenter.name, await saveSegmenter(segmenter, { precision: "I8" }));
    break;
  }
  default:
    throw new Error(`Cannot pack ${kind}: it must be classifier or segmenter.`);
}

async function write(stem: string, name: string, bytes: Uint8Array): Promise<void> {
  await Deno.writeTextFile(new URL(`${stem}.safetensors.b64`, import.meta.url), bytes.toBase64());
  console.log(`${name}: ${bytes.length} bytes of weights.`);
}
