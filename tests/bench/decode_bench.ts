/**
 * Decoding and encoding beside pure JavaScript peers: deno bench --no-prompt tests/bench/decode_bench.ts
 * The image is 640 × 360: smooth shading, grain and a dark line, compressed much as a photo of pavement is.
 */
import { decodeImage } from "../../core/images/decode_image.ts";
import { encodeJpeg } from "../../core/images/encode_jpeg.ts";
import { encodePng } from "../../core/images/encode_png.ts";
import { random } from "../core/images/image_fixtures.ts";
import { decodeWithFastPng, encodeWithFastPng, jpegJs } from "../oracles/image_peers.ts";

const WIDTH = 640;
const HEIGHT = 360;
const next = random(6);
const image = new ImageData(WIDTH, HEIGHT);
for (let y = 0; y < HEIGHT; y++) {
  for (let x = 0; x < WIDTH; x++) {
    const line = Math.abs(x - 200 - y / 2) < 3 ? -70 : 0;
    const grey = 140 + 30 * Math.sin(x / 90) + 20 * Math.cos(y / 70) + 24 * (next() - 0.5) + line;
    image.data.set([grey + 6, grey, grey - 8, 255], 4 * (y * WIDTH + x));
  }
}
const jpeg = await encodeJpeg(image, { quality: 90 });
const png = await encodePng(image);
const rgba = { width: WIDTH, height: HEIGHT, channels: 4, data: new Uint8Array(image.data.buffer) };

Deno.bench("decodeImage(): JPEG", { group: "decode JPEG", baseline: true }, async () => {
  await decodeImage(jpeg);
});
Deno.bench("jpeg-js", { group: "decode JPEG" }, () => {
  jpegJs.decode(jpeg, { useTArray: true });
});

Deno.bench("decodeImage(): PNG", { group: "decode PNG", baseline: true }, async () => {
  await decodeImage(png);
});
Deno.bench("fast-png", { group: "decode PNG" }, () => {
  decodeWithFastPng(png);
});

Deno.bench("encodePng()", { group: "encode PNG", baseline: true }, async () => {
  await encodePng(image);
});
Deno.bench("fast-png ", { group: "encode PNG" }, () => {
  encodeWithFastPng(rgba);
});

Deno.bench("encodeJpeg()", { group: "encode JPEG", baseline: true }, async () => {
  await encodeJpeg(image);
});
Deno.bench("jpeg-js ", { group: "encode JPEG" }, () => {
  jpegJs.encode({ width: WIDTH, height: HEIGHT, data: rgba.data }, 85);
});
