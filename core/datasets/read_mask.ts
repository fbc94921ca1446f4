import { decodeImage } from "../images/decode_image.ts";
import { readCfdTruth } from "./cfd.ts";
import { describeMaskFile, type MaskRule, splitMask } from "./mask_form.ts";
import type { TruthMask } from "./types.ts";

/**
 * Reads the truth of a photo from the bytes of a picture, or of a MATLAB file of CFD.
 *
 * @throws what `decodeImage`, `splitMask` and `readCfdTruth` throw.
 */
export async function readMask(bytes: Uint8Array, rule: MaskRule | "cfd"): Promise<TruthMask> {
  if (rule === "cfd") return readCfdTruth(bytes);
  const image = await decodeImage(bytes);
  const { file, lossy } = describeMaskFile(bytes);
  const { data, values, crack } = splitMask(image, { rule, lossy });
  return { width: image.width, height: image.height, data, form: { file, values, crack } };
}
