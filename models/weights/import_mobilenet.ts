/**
 * Makes a classifier to start a training from, of the weights of a MobileNetV2 trained on ImageNet: `model.json`, which lists layers and
 * where their values lie, and `weights.bin`, float32, little-endian. The head is untrained.
 *
 * ```sh
 * deno run --allow-read --allow-write=imagenet.safetensors models/weights/import_mobilenet.ts mobilenet_v2/ imagenet.safetensors
 * ```
 *
 * @module
 */
import { openBackend } from "../backend.ts";
import { saveCheckpoint } from "../classifier/checkpoint.ts";
import { createClassifier } from "../classifier/classifier.ts";
import { tf } from "../tfjs.ts";

interface Layers {
  readonly weights: readonly {
    readonly name: string;
    readonly shape: number[];
    readonly byteOffset: number;
  }[];
}

const [folder, out] = Deno.args;
const { weights } = JSON.parse(await Deno.readTextFile(`${folder}/model.json`)) as Layers;
const { buffer } = await Deno.readFile(`${folder}/weights.bin`);
await openBackend({ backend: "cpu" });
using classifier = createClassifier({ arch: "mobilenet_v2" });
// Both list kernel and bias of each layer, in the order of the layers; ours ends earlier, with its head.
const names = [...classifier.parameters.keys()].filter((name) => !name.startsWith("predictions/"));
for (const [i, name] of names.entries()) {
  const { name: theirs, shape, byteOffset } = weights[i];
  const variable = classifier.parameters.get(name)!;
  if (!tf.util.arraysEqual(shape, variable.shape)) {
    throw new RangeError(
      `Cannot take ${theirs} for ${name}: its shape is ${shape.join(" × ")}, ${
        variable.shape.join(" × ")
      } is wanted.`,
    );
  }
  variable.assign(tf.tensor(new Float32Array(buffer, byteOffset, variable.size), shape));
}
await Deno.writeFile(out, await saveCheckpoint(classifier));
console.log(`${out}: ${names.length} tensors of ${folder}.`);
