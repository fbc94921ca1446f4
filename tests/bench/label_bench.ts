/**
 * A label of a 640 × 360 photo: the stages that need no network (6, 7, 8, 10, 11; upload and one readback included), then all
 * of them, with the classifier that ships and with the paper's ResNet-50 (its values do not matter for its time).
 */
import { openCompute } from "../../core/compute.ts";
import { joinMaps, labelImage, thresholdCracks } from "../../core/label_image.ts";
import { recipes } from "../../core/recipe.ts";
import { uploadImage } from "../../core/upload_image.ts";
import { createClassifier } from "../../models/classifier.ts";
import { loadClassifier } from "../../models/load_classifier.ts";
import { testPhoto } from "./test_photo.ts";

const compute = await openCompute();
const image = await testPhoto(640, 360);
// What a localisation would be: certain everywhere, so that no later stage has it easy.
const everywhere = compute.upload({
  width: image.width,
  height: image.height,
  channels: 1,
  data: new Float32Array(image.width * image.height).fill(0.75),
});

for (const recipe of [recipes.paper, recipes.reference]) {
  Deno.bench(`stages 6, 7, 8, 10, 11 (${recipe.name})`, { group: "stages without a network" }, async () => {
    using photo = uploadImage(compute, image);
    using dark = thresholdCracks(photo, recipe);
    using confidence = joinMaps(everywhere, dark, recipe);
    await confidence.read();
  });
}

for (const classifier of [await loadClassifier(), createClassifier({ arch: "resnet50" })]) {
  await labelImage(compute, image, { classifier });
  Deno.bench(`label with ${classifier.name}`, { group: "whole label", n: 10, warmup: 2 }, async () => {
    await labelImage(compute, image, { classifier });
  });
}
