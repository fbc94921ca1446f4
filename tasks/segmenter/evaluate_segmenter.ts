import type { Compute } from "../../core/gpu/compute.ts";
import { predictImage } from "../../core/predict/predict_image.ts";
import { sweepAll, type SweepPair } from "../../core/metrics/sweep.ts";
import type { Sweep } from "../../core/metrics/sweep_result.ts";
import type { Segmenter } from "../../models/segmenter/segmenter.ts";
import type { MaskedPhotos } from "./training_data.ts";

/** Compares the predictions of a network for whole photos with their masks; those that are soft are cut in the middle. */
export async function evaluateSegmenter(
  segmenter: Segmenter,
  photos: MaskedPhotos,
  { compute }: { readonly compute: Compute },
): Promise<Sweep> {
  async function* pairs(): AsyncGenerator<SweepPair> {
    for (const [i, { name }] of photos.entries.entries()) {
      const { width, height, pixels, truth: mask } = await photos.photo(i);
      const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
      for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
        rgba.set(pixels.subarray(from, from + 3), to);
      }
      const { confidence } = await predictImage(compute, new ImageData(rgba, width, height), { segmenter });
      const shape = { width, height, channels: 1 };
      using prediction = compute.upload({ ...shape, data: confidence });
      using truth = compute.upload({ ...shape, data: mask.map((value) => value >= 128 ? 1 : 0) });
      yield { name, prediction, truth };
    }
  }
  return await sweepAll(pairs());
}
