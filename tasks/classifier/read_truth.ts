import { splitMask } from "../../core/datasets/mask_form.ts";

/**
 * Which pixels of a decoded mask are crack: 0/1, 0/255, 1-bit, palette and soft masks alike.
 *
 * The brightest of red, green and blue counts, so that a palette may draw cracks in any bright colour. Where no pixel of the mask
 * exceeds 1 it holds class numbers and 1 is crack; elsewhere 128 and more is, so that soft edges are cut in their middle.
 *
 * @param image RGBA.
 * @returns one value a pixel, 1 for crack.
 */
export function readTruth(image: Pick<ImageData, "data">): Uint8Array {
  return splitMask(image, { rule: "bright" }).data;
}
