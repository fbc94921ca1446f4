/**
 * The studio's pen between two clicks: over a photo of 640 × 360 from corner to corner, along a crack of a real one, and over 12 megapixels.
 *
 *     deno bench --allow-read tests/bench/crack_pen_bench.ts
 */
import { CrackPen } from "../../tasks/studio/page/crack_pen.ts";
import { type Content, testPhoto as drawnPhoto } from "../core/testing.ts";
import { testPhoto } from "./test_photo.ts";

/** Pixels with the bytes that pages have. */
function pixelsOf({ width, height, data }: ImageData) {
  return { width, height, data: Uint8ClampedArray.from(data) };
}

const SMALL = { width: 640, height: 360 }, LARGE = { width: 4000, height: 3000 };

function bench(name: string, photo: ImageData): void {
  const pixels = pixelsOf(photo);
  const { width, height } = pixels;
  const pen = new CrackPen(pixels);
  Deno.bench(`${name}: look at the photo, once`, () => new CrackPen(pixels).prepare());
  pen.prepare();
  Deno.bench(`${name}: corner to corner`, () => {
    pen.trace({ x: 0, y: 0 }, { x: width - 1, y: height - 1 });
  });
  Deno.bench(`${name}: 200 pixels`, () => {
    pen.trace({ x: 100, y: 100 }, { x: 240, y: 240 });
  });
}

for (const content of ["flat", "random", "crack"] satisfies Content[]) {
  bench(`640 × 360, ${content}`, drawnPhoto(SMALL.width, SMALL.height, content));
}
bench("640 × 360, a real photo", await testPhoto(SMALL.width, SMALL.height));
bench("12 megapixels, a real photo", await testPhoto(LARGE.width, LARGE.height));
bench("12 megapixels, random", drawnPhoto(LARGE.width, LARGE.height, "random"));
