/**
 * Which pixels of a decoded mask are crack: 0/1, 0/255, 1-bit, palette and soft masks alike.
 *
 * The brightest of red, green and blue counts, so that a palette may draw cracks in any bright colour. Where no pixel of the mask
 * exceeds 1 it holds class numbers and 1 is crack; elsewhere 128 and more is, so that soft edges are cut in their middle.
 *
 * @param data RGBA.
 * @returns one value a pixel, 1 for crack.
 */
export function readTruth({ data }: Pick<ImageData, "data">): Uint8Array {
  const brightest = new Uint8Array(data.length / 4);
  let highest = 0;
  for (let i = 0; i < brightest.length; i++) {
    brightest[i] = Math.max(data[i * 4], data[i * 4 + 1], data[i * 4 + 2]);
    highest = Math.max(highest, brightest[i]);
  }
  const least = highest <= 1 ? 1 : 128;
  return brightest.map((value) => value >= least ? 1 : 0);
}
