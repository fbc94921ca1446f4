/**
 * The stages of a label that need no network: 6, 7, 8, 10 and 11 of a 640 × 360 photo, upload and one readback included.
 */
import { openCompute } from "../../core/compute.ts";
import { joinMaps, thresholdCracks } from "../../core/label_image.ts";
import { recipes } from "../../core/recipe.ts";
import { uploadImage } from "../../core/upload_image.ts";
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
  Deno.bench(`stages 6, 7, 8, 10, 11 of recipe ${recipe.name}, upload to readback, 640 × 360`, {
    group: "label",
  }, async () => {
    using photo = uploadImage(compute, image);
    using dark = thresholdCracks(photo, recipe);
    using confidence = joinMaps(everywhere, dark, recipe);
    await confidence.read();
  });
}
