import { decodeImage } from "../../core/images/decode_image.ts";

const SAMPLE = new URL("../../tasks/demo/304.jpg", import.meta.url);

/** A real photo of any size for benchmarks: a sample of the demo, continued by mirroring, so that its texture stays as taken. */
export async function testPhoto(width: number, height: number): Promise<ImageData> {
  const sample = await decodeImage(await Deno.readFile(SAMPLE));
  const photo = new ImageData(width, height);
  const fold = (i: number, n: number): number => Math.min(i % (2 * n), 2 * n - 1 - i % (2 * n));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (fold(y, sample.height) * sample.width + fold(x, sample.width)) * 4;
      photo.data.set(sample.data.subarray(from, from + 4), (y * width + x) * 4);
    }
  }
  return photo;
}
