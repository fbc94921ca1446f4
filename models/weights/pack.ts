/**
 * Packs trained checkpoints as the classifier or the segmentation network that ships: fewer bits a weight, base64 in a text file, so that
 * it can be imported without any permission, from a folder or from a URL. Of several networks of one kind, which one training after the other has made,
 * their mean, weight by weight (Izmailov et al. 2018, https://arxiv.org/abs/1803.05407).
 *
 * ```sh
 * deno run --allow-read --allow-write=models/weights models/weights/pack.ts classifier crack.safetensors
 * deno run --allow-read --allow-write=models/weights models/weights/pack.ts segmenter unet-1.safetensors unet-2.safetensors
 * ```
 *
 * @module
 */
import { openBackend } from "../backend.ts";
import { loadClassifier, saveCheckpoint } from "../classifier/checkpoint.ts";
import { saveSegmenter } from "../segmenter/checkpoint.ts";
import { meanSegmenter } from "../segmenter/mean_segmenter.ts";

const [kind, ...checkpoints] = Deno.args;
await openBackend({ backend: "cpu" });
switch (kind) {
  case "classifier": {
    using classifier = await loadClassifier(checkpoints[0]);
    await write("crack", classifier.name, await saveCheckpoint(classifier, { precision: "F16" }));
    break;
  }
  case "segmenter": {
    using segmenter = await meanSegmenter(await Promise.all(checkpoints.map((path) => Deno.readFile(path))));
    // In 8 bits the kernels of depthwise layers would share one scale, and 1 to 2 % of the crack pixels would turn.
    await write("segmenter", segmenter.name, await saveSegmenter(segmenter, { precision: "F16" }));
    break;
  }
  default:
    throw new Error(`Cannot pack ${kind}: it must be classifier or segmenter.`);
}

async function write(stem: string, name: string, bytes: Uint8Array): Promise<void> {
  await Deno.writeTextFile(new URL(`${stem}.safetensors.b64`, import.meta.url), bytes.toBase64());
  console.log(`${name}: ${bytes.length} bytes of weights.`);
}
