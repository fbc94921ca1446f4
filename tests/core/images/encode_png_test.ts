import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodePng, type PngSource } from "../../../core/images/encode_png.ts";
import { decodeWithFastPng } from "../../oracles/image_peers.ts";
import { random } from "./image_fixtures.ts";

const SIZES = [[1, 1], [1, 7], [7, 1], [3, 5], [33, 17], [64, 64], [101, 67]];

Deno.test("encodePng() is read back unchanged by fast-png at odd sizes, flat, smooth and noisy", async () => {
  const next = random(4);
  const contents = [() => 255, (i: number) => (i * 3) % 256, () => Math.floor(next() * 256)];
  for (const [width, height] of SIZES) {
    for (const channels of [1, 3, 4] as const) {
      for (const content of contents) {
        const data = Uint8Array.from({ length: width * height * channels }, (_, i) => content(i));
        data[channels - 1] = 5; // keeps an RGBA image from being opaque
        const png = decodeWithFastPng(await encodePng({ width, height, channels, data }), { checkCrc: true });
        deepStrictEqual([png.width, png.height, png.depth, png.channels], [width, height, 8, channels]);
        deepStrictEqual(png.data, data);
      }
    }
  }
});

Deno.test("encodePng() and decodeImage() keep an ImageData, alpha included", async () => {
  const next = random(5);
  const data = Uint8ClampedArray.from({ length: 4 * 19 * 11 }, () => next() * 256);
  const image = await decodeImage(await encodePng(new ImageData(data, 19, 11)));
  deepStrictEqual([image.width, image.height], [19, 11]);
  deepStrictEqual(image.data, data);
});

Deno.test("encodePng() writes an opaque ImageData as RGB", async () => {
  const data = Uint8ClampedArray.from({ length: 4 * 6 }, (_, i) => i % 4 === 3 ? 255 : i);
  const png = await encodePng(new ImageData(data, 3, 2));
  strictEqual(decodeWithFastPng(png).channels, 3);
  deepStrictEqual((await decodeImage(png)).data, data);
});

Deno.test("encodePng() makes smooth content smaller than its rows unfiltered", async () => {
  const data = Uint8Array.from({ length: 128 * 128 }, (_, i) => ((i % 128) + 2 * Math.floor(i / 128)) % 256);
  ok((await encodePng({ width: 128, height: 128, channels: 1, data })).length < 1000);
});

Deno.test("encodePng() refuses sides, channels and lengths that do not fit", async () => {
  const good: PngSource = { width: 2, height: 3, channels: 1, data: new Uint8Array(6) };
  const refuses = (change: object, kind: ErrorConstructor, message: RegExp) =>
    rejects(
      encodePng({ ...good, ...change }),
      (error: Error) => error.constructor === kind && message.test(error.message),
    );
  await refuses({ width: 0 }, RangeError, /width is 0 where a whole number from 1/);
  await refuses({ height: 1.5 }, RangeError, /height is 1.5/);
  await refuses({ channels: 2 }, RangeError, /channels is 2 where 1, 3 or 4/);
  await refuses({ data: new Uint8Array(5) }, RangeError, /data has 5 bytes where 2 × 3 × 1 = 6 are wanted/);
  await refuses({ data: new Float32Array(6) }, TypeError, /data is object where bytes/);
});
