import { applyThreshold } from "../../core/kernels/apply_threshold.ts";
import { bilateralFilter } from "../../core/kernels/bilateral_filter.ts";
import { grayscale } from "../../core/kernels/grayscale.ts";
import { niblackThreshold } from "../../core/kernels/niblack_threshold.ts";
import { otsuThresholds } from "../../core/kernels/otsu_thresholds.ts";
import { patchThreshold } from "../../core/kernels/patch_threshold.ts";
import type { Plane } from "../../core/gpu/compute.ts";
import { sauvolaThreshold } from "../../core/kernels/sauvola_threshold.ts";
import type { Method } from "./method.ts";

/** A way to part dark pixels from the others: H × W × 1, 0..255, to H × W × 1, 1 where dark. */
type Threshold = (grey: Plane) => Plane | Promise<Plane>;

/** Those of the paper's Figure 3, in its order. */
const THRESHOLDS: readonly [id: string, title: string, threshold: Threshold][] = [
  ["otsu-2", "Otsu, whole image", (grey) => otsu(grey, 2)],
  ["otsu-3", "Multi-Otsu, whole image", (grey) => otsu(grey, 3)],
  ["niblack", "Niblack, window 33", (grey) => niblackThreshold(grey)],
  ["sauvola", "Sauvola, window 33", (grey) => sauvolaThreshold(grey)],
  ["patches", "Multi-Otsu, patches (ours)", (grey) => patchThreshold(grey)],
];

/** Thresholds as methods, each on the denoised grey image of the label's stage 7. */
export const thresholdings: readonly Method[] = THRESHOLDS.map(([id, title, threshold]) => ({
  id: `3-${id}`,
  title,
  identity: { threshold: id, of: "bilateral filter, grey" },
  predict: async ({ plane }) => {
    using denoised = bilateralFilter(plane);
    using grey = grayscale(denoised);
    return await threshold(grey);
  },
}));

/** Dark pixels by the lowest threshold; the image's own grey values are the histogram's levels, rounded to integers. */
async function otsu(grey: Plane, classes: 2 | 3): Promise<Plane> {
  const [lowest] = await otsuThresholds(grey, { classes });
  // A level stands for the values that round to it.
  return applyThreshold(grey, lowest < 0 ? lowest : lowest + 0.5);
}
