import { classActivationMap } from "./class_activation.ts";
import type { Classifier } from "./classifier.ts";
import type { Compute } from "../gpu/compute.ts";
import { PhotoWindow } from "./photo_window.ts";
import { recipes } from "./recipe.ts";

/**
 * Grad-CAM of the crack class (Selvaraju et al. 2017, doi:10.1109/ICCV.2017.74, equations 1 and 2) on the classifier's last convolution,
 * at the photo's size.
 *
 * @returns H × W, 0..1, its maximum 1, or 0 throughout where nothing speaks for crack.
 */
export async function gradCam(
  compute: Compute,
  image: ImageData,
  { classifier }: { readonly classifier: Classifier },
): Promise<Float32Array> {
  const { height } = image;
  using photo = new PhotoWindow(compute, image, { rows: height, alignment: 1 });
  using map = await classActivationMap(photo, classifier, { ...recipes.paper, cam: "grad-cam" });
  using whole = map.rows([0, height]);
  return await whole.read();
}
