import assert from "node:assert/strict";
import { encodePng } from "../../../core/images/encode_png.ts";
import { describeError } from "../../../tasks/cli/errors.ts";
import { DecodingThread } from "../../../tasks/files/decoding_thread.ts";

Deno.test("DecodingThread decodes photos and refuses others with decodeImage()'s own error, in one thread", async () => {
  using decoder = new DecodingThread();
  const grey = Uint8Array.of(0, 70, 140, 210, 255, 1);
  const png = await encodePng({ width: 3, height: 2, channels: 1, data: grey });
  for (let i = 0; i < 3; i++) {
    const notes: string[] = [];
    const image = await decoder.decode(png, { onNote: (note) => notes.push(note) });
    assert.deepEqual(notes, []);
    assert.ok(image instanceof ImageData);
    assert.deepEqual([image.width, image.height], [3, 2]);
    assert.deepEqual(image.data.filter((_, i) => i % 4 === 0), Uint8ClampedArray.from(grey));
    await assert.rejects(decoder.decode(png.subarray(0, 40)), (error: Error) => {
      assert.equal(error.constructor, SyntaxError);
      assert.match(error.message, /^Cannot decode the image: the PNG file is cut off/);
      assert.equal(describeError(error), error.message);
      return true;
    });
  }
  assert.ok(png.length > 0, "the bytes stay the caller's");
});

Deno.test("DecodingThread gives up a file that takes too long, and decodes the next", async () => {
  const script = new URL("./fixture_endless_decoder.ts", import.meta.url);
  using decoder = new DecodingThread({ limit: 5000, script });
  await assert.rejects(decoder.decode(Uint8Array.of(0)), {
    name: "RangeError",
    message: "Cannot decode the image: it took more than 5 s; the file is damaged, or made to take long.",
  });
  await assert.rejects(decoder.decode(Uint8Array.of(7, 8)), {
    name: "SyntaxError",
    message: "Cannot decode the image: 2 bytes are too few.",
  });
});

Deno.test("DecodingThread gives each of several files at once the whole limit, and fails the one that takes too long only", async () => {
  const script = new URL("./fixture_endless_decoder.ts", import.meta.url);
  using decoder = new DecodingThread({ limit: 3000, script });
  const told = await Promise.allSettled(
    [[7], [0], [7, 8, 9]].map((bytes) => decoder.decode(Uint8Array.from(bytes))),
  );
  assert.deepEqual(told.map((one) => one.status === "rejected" && one.reason.message), [
    "Cannot decode the image: 1 bytes are too few.",
    "Cannot decode the image: it took more than 3 s; the file is damaged, or made to take long.",
    "Cannot decode the image: 3 bytes are too few.",
  ]);
});

Deno.test("DecodingThread refuses larger photos than it is told, and names the flag that commands have for that", async () => {
  using decoder = new DecodingThread({ maxPixels: 5 });
  const png = (width: number) =>
    encodePng({ width, height: 2, channels: 1, data: new Uint8Array(2 * width) });
  assert.equal((await decoder.decode(await png(2))).width, 2);
  await assert.rejects(decoder.decode(await png(3)), {
    name: "RangeError",
    message:
      "Cannot decode the image: the PNG header claims 3 × 2 = 6 pixels where at most 5 are wanted (--max-pixels).",
  });
});
