import { join } from "node:path";
import { encodeJpeg } from "../../core/images/encode_jpeg.ts";
import { MASK_COLOUR } from "../batch/overlay.ts";

/** How much of the mask's colour a crack pixel takes on: the crack itself stays to be seen. */
const OPACITY = 0.6;

/** `overlays/NAME.jpg`, as large as the photo. */
export function overlayPath(folder: string, name: string): string {
  return join(folder, "overlays", `${name}.jpg`);
}

/** A photo with its mask laid over it, as JPEG. The photo itself is left as it is. */
export async function overlayPicture(image: ImageData, mask: Uint8Array): Promise<Uint8Array> {
  const data = image.data.slice();
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue;
    for (let c = 0; c < 3; c++) {
      data[4 * i + c] = (1 - OPACITY) * data[4 * i + c] + OPACITY * MASK_COLOUR[c];
    }
  }
  return await encodeJpeg(new ImageData(data, image.width, image.height), { quality: 90 });
}
