import type { Compute } from "../gpu/compute.ts";
import { dilate } from "../kernels/morphology.ts";
import type { DecodedPhoto, PhotoSource, PixelTruth } from "./decoded_photo.ts";

/**
 * The same photos with their cracks made thicker in the masks: dilated so many times by 3 × 3 pixels, as Inoue and Nagayoshi 2020
 * (arXiv:2011.02208) make masks coarse that were drawn finely. Theirs are bent at random, too, until they miss some of the crack; these are not. Confidences are
 * dilated as grey values; what is not known of a photo stays unknown.
 *
 * @param times from 1 on.
 */
export function fattenedPhotos(
  compute: Compute,
  source: PhotoSource<PixelTruth>,
  times: number,
): PhotoSource<PixelTruth> {
  // A photo that its source keeps is thickened once.
  const known = new WeakMap<DecodedPhoto<PixelTruth>, DecodedPhoto<PixelTruth>>();
  const fatten = async (photo: DecodedPhoto<PixelTruth>): Promise<DecodedPhoto<PixelTruth>> => {
    const { width, height, truth } = photo;
    const data = truth instanceof Uint8Array ? truth : truth.truth;
    using mask = compute.upload({ width, height, channels: 1, data });
    using thick = dilate(mask, { iterations: times });
    const fat = Uint8Array.from(await thick.read());
    return { ...photo, truth: truth instanceof Uint8Array ? fat : { ...truth, truth: fat } };
  };
  return {
    count: source.count,
    async photo(index) {
      const photo = await source.photo(index);
      const before = known.get(photo);
      if (before !== undefined) return before;
      const fat = await fatten(photo);
      known.set(photo, fat);
      return fat;
    },
  };
}
