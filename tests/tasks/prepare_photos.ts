import { join } from "node:path";
import { openBackend } from "../../models/backend.ts";
import { createClassifier } from "../../models/classifier/classifier.ts";
import { saveCheckpoint } from "../../models/classifier/checkpoint.ts";
import { crackPhoto } from "./crack_photo.ts";

/** Writes small photos into `photos/` of a folder and a tiny untrained classifier, `classifier.safetensors`, beside it. */
export async function preparePhotos(folder: string, names: readonly string[]): Promise<void> {
  await Deno.mkdir(join(folder, "photos"));
  for (const [i, name] of names.entries()) {
    await Deno.writeFile(join(folder, "photos", name), await crackPhoto(40, 33, i));
  }
  await openBackend({ backend: "cpu" });
  using classifier = createClassifier({ arch: "resnet18", width: 1 / 16, seed: 1 });
  await Deno.writeFile(join(folder, "classifier.safetensors"), await saveCheckpoint(classifier));
}
