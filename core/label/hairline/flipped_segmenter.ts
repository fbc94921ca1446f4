import { allOrDispose } from "../../concurrency.ts";
import type { Plane } from "../../gpu/compute.ts";
import { flip, type FlipOptions } from "../../kernels/flip.ts";
import { mean } from "../../kernels/pointwise.ts";
import type { Segmenting } from "../../predict/segmenting.ts";

/** In which mirrors an image is shown to a network, too: none, one that exchanges left and right, or those of left and right, above and below, and both. */
export type Flips = "none" | "horizontal" | "both";

/** How many times an image is shown is 2 to the power of these mirrors. */
const MIRRORS: { readonly [flips in Flips]: readonly FlipOptions[] } = {
  none: [],
  horizontal: [{ across: true }],
  both: [{ across: true }, { down: true }],
};

/** The names of {@linkcode Flips}. */
export const FLIPS = Object.keys(MIRRORS) as readonly Flips[];

/** A network whose confidence is the mean of what it says of an image and of its mirror images, turned back. */
export function flippedSegmenter(segmenter: Segmenting, flips: Flips): Segmenting {
  return MIRRORS[flips].reduce(averageWithMirror, segmenter);
}

function averageWithMirror(segmenter: Segmenting, mirror: FlipOptions): Segmenting {
  return {
    name: segmenter.name,
    pixelsAtOnce: (compute) => segmenter.pixelsAtOnce(compute),
    picturesAtOnce: async (compute, pixels) =>
      Math.ceil((await segmenter.picturesAtOnce?.(compute, pixels) ?? 1) / 2),
    predict: async (image: Plane): Promise<Plane> => {
      using mirrored = flip(image, mirror);
      const [upright, reversed] = await allOrDispose([segmenter.predict(image), segmenter.predict(mirrored)]);
      using own = upright, other = reversed;
      using turned = flip(other, mirror);
      return mean(own, turned);
    },
  };
}
