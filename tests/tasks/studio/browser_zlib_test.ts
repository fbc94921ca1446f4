import assert from "node:assert/strict";
import * as node from "node:zlib";
import * as page from "../../../tasks/studio/browser/zlib.ts";
import { seeded } from "../../core/testing.ts";

/** Bytes that deflate well, and bytes that do not. */
function contents(length: number): Uint8Array[] {
  const random = seeded(length);
  return [
    new Uint8Array(length),
    Uint8Array.from({ length }, (_, i) => i >> 5),
    Uint8Array.from({ length }, () => 256 * random()),
  ];
}

for (const length of [0, 1, 4095, 4096, 4097, 200_001]) {
  Deno.test(`on pages zlib gives what node:zlib gives: ${length} bytes`, () => {
    for (const bytes of contents(length)) {
      assert.equal(page.crc32(bytes), node.crc32(bytes));
      const stream = new Uint8Array(node.deflateSync(bytes));
      assert.deepEqual(page.inflateSync(stream), bytes);
      assert.deepEqual(page.inflateSync(stream, { maxOutputLength: length, chunkSize: length + 64 }), bytes);
      assert.deepEqual(new Uint8Array(node.inflateSync(page.deflateSync(bytes))), bytes);
    }
  });
}

Deno.test("on pages zlib refuses streams that hold too much, end early or are damaged", () => {
  const [zeros, , noise] = contents(200_001);
  const bomb = new Uint8Array(node.deflateSync(zeros)), stream = new Uint8Array(node.deflateSync(noise));
  assert.throws(() => page.inflateSync(bomb, { maxOutputLength: 200_000 }), { code: "ERR_BUFFER_TOO_LARGE" });
  assert.throws(() => page.inflateSync(stream.subarray(0, -1)), /ends early/);
  for (const at of [0, 1, stream.length - 1]) {
    const damaged = stream.slice();
    damaged[at] ^= 0x55;
    assert.throws(() => page.inflateSync(damaged), /damaged/, `byte ${at}`);
  }
});

Deno.test("on pages zlib gives the start of a stream that ends early, but for less than a piece of it", () => {
  const [, , noise] = contents(200_001);
  const stream = new Uint8Array(node.deflateSync(noise));
  const start = page.inflateSync(stream.subarray(0, 100_000), { finishFlush: page.constants.Z_SYNC_FLUSH });
  assert.deepEqual(start, noise.subarray(0, start.length));
  assert.ok(start.length > 90_000, `${start.length} bytes`);
});
