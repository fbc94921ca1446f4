import { discDilation } from "../../core/kernels/disc_dilation.ts";
import { joinMaps, labelImage, thresholdCracks } from "../../core/label/label_image.ts";
import type { Plane } from "../../core/gpu/compute.ts";
import type { Recipe } from "../../core/label/recipe.ts";
import type { MeasuredPhoto, Method } from "./method.ts";
import type { CachedClassifier } from "./cached_classifier.ts";

/** Pixels around the true crack that a perfect localisation still calls crack: about what four erosions leave of a patch of 32. */
const MARGIN = 12;

/** What a method would reach whose localisation, or whose thresholding, made no mistake: both look at the truth. */
export function upperBounds(
  recipe: Recipe,
  { sha256, classifier }: { readonly sha256: string; readonly classifier: CachedClassifier },
): Method[] {
  return [
    {
      id: "no-localisation",
      title: "thresholding alone (localised everywhere)",
      identity: { localisation: "everywhere", recipe },
      predict: (photo) => {
        const { width, height, compute } = photo.plane;
        const data = new Float32Array(width * height).fill(1);
        using everywhere = compute.upload({ width, height, channels: 1, data });
        return thresholdWithin(everywhere, photo, recipe);
      },
    },
    {
      id: "perfect-localisation",
      title: `thresholding within ${MARGIN} px of the truth`,
      identity: { localisation: `truth widened by ${MARGIN}`, recipe },
      predict: (photo) => {
        using located = discDilation(photo.truth, MARGIN);
        return thresholdWithin(located, photo, recipe);
      },
    },
    {
      id: "perfect-thresholding",
      title: "localisation, the truth for a threshold",
      identity: { threshold: "truth", classifier: sha256, recipe },
      predict: async (photo) => {
        using located = await localise(photo, classifier, recipe);
        return joinMaps(located, photo.truth, recipe);
      },
    },
  ];
}

function thresholdWithin(located: Plane, { plane }: MeasuredPhoto, recipe: Recipe): Plane {
  using dark = thresholdCracks(plane, recipe);
  return joinMaps(located, dark, recipe);
}

/** Stage 5 of a label. */
async function localise(
  photo: MeasuredPhoto,
  classifier: CachedClassifier,
  recipe: Recipe,
): Promise<Plane> {
  const { compute } = photo.plane;
  const { stages } = await labelImage(compute, photo.image, {
    classifier: classifier.for(photo, recipe),
    recipe,
    stages: true,
  });
  const { width, height, data } = stages.find(({ key }) => key === "localisation")!;
  return compute.upload({ width, height, channels: 1, data });
}
