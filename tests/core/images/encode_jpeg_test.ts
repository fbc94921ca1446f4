import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { jpegJs } from "../../oracles/image_peers.ts";

function gradient(width: number, height: number): ImageData {
  const image = new ImageData(width, height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) image.data.set([x * 2, y * 3, 100 + x, 255], 4 * (y * width + x));
  }
  return image;
}

Deno.test("encodeJpeg() is read back by jpeg-js within its loss at odd sizes", async () => {
  for (const [width, height] of [[1, 1], [1, 7], [7, 1], [33, 17], [101, 67]]) {
    const image = gradient(width, height);
    const back = jpegJs.decode(await encodeJpeg(image, { quality: 95 }), { useTArray: true });
    deepStrictEqual([back.width, back.height], [width, height]);
    const error = back.data.reduce((most, value, i) => Math.max(most, Math.abs(value - image.data[i])), 0);
    ok(error <= 8, `${width} × ${height}: off by ${error}`);
  }
});

Deno.test("encodeJpeg() spends fewer bytes at lower quality", async () => {
  const image = gradient(101, 67);
  const [low, middle, high] = await Promise.all(
    [10, undefined, 100].map((quality) => encodeJpeg(image, { quality })),
  );
  ok(low.length < middle.length && middle.length < high.length);
});

Deno.test("encodeJpeg() refuses a quality, side or length that does not fit", async () => {
  const image = gradient(2, 2);
  await rejects(encodeJpeg(image, { quality: 0 }), {
    name: "RangeError",
    message: /quality is 0 where .* 1 to 100/,
  });
  await rejects(encodeJpeg(image, { quality: 80.5 }), { name: "RangeError" });
  const wide = { ...gradient(1, 1), width: 65536, height: 1, data: new Uint8ClampedArray(4 * 65536) };
  await rejects(encodeJpeg(wide), { name: "RangeError", message: /65536 × 1 pixels where 1 to 65535/ });
  const short = { ...image, width: 3, height: 2, data: image.data };
  await rejects(encodeJpeg(short), { name: "RangeError", message: /data has 16 bytes where 3 × 2 × 4 = 24/ });
});
