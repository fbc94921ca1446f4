import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { crc32 } from "node:zlib";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { fixture, random } from "./image_fixtures.ts";

const FIXTURES = [...Deno.readDirSync(new URL("../../fixtures/images", import.meta.url))]
  .map(({ name }) => name).filter((name) => !["rgb_jpeg.tif", "moving.webp"].includes(name)).sort();
const TRIALS = 300;
/** Pixels that a mutated header may claim: at most 16 MiB of RGBA. */
const MAX_PIXELS = 2 ** 22;
/** Values that headers are weak at: nothing, one, the largest signed and unsigned ones and what lies beside them. */
const EXTREMES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

type Bytes = Uint8Array<ArrayBuffer>;

function joined(...parts: readonly Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Ways to damage a file, each given a draw below a limit and another file to take from. */
const MUTATIONS: Readonly<
  Record<string, (file: Bytes, draw: (limit: number) => number, other: Bytes) => Bytes>
> = {
  flip(file, draw) {
    const bad = file.slice();
    for (let flips = 1 + draw(4); flips > 0; flips--) bad[draw(bad.length)] ^= 1 << draw(8);
    return bad;
  },
  overwrite(file, draw) {
    const bad = file.slice();
    for (let bytes = 1 + draw(4); bytes > 0; bytes--) bad[draw(bad.length)] = draw(256);
    return bad;
  },
  cut: (file, draw) => file.slice(0, draw(file.length)),
  insert(file, draw) {
    const at = draw(file.length);
    const more = Uint8Array.from({ length: 1 + draw(40) }, () => draw(256));
    return joined(file.subarray(0, at), more, file.subarray(at));
  },
  remove(file, draw) {
    const at = draw(file.length);
    return joined(file.subarray(0, at), file.subarray(at + 1 + draw(40)));
  },
  repeat(file, draw) {
    const at = draw(file.length), end = at + draw(200);
    return joined(file.subarray(0, end), file.subarray(at, end), file.subarray(end));
  },
  move: (file, draw) => file.slice().copyWithin(draw(file.length), draw(file.length), draw(file.length)),
  /** Most of what a file says of itself stands near its ends. */
  extreme(file, draw) {
    const bad = file.slice();
    const view = new DataView(bad.buffer);
    const span = Math.min(file.length - 4, 300);
    const at = draw(2) === 0 ? draw(span) : file.length - 4 - draw(span);
    const value = EXTREMES[draw(EXTREMES.length)];
    const little = draw(2) === 0;
    if (draw(2) === 0) view.setUint32(at, value, little);
    else view.setUint16(at, value & 0xffff, little);
    return bad;
  },
  /** The head of one file before the rest of another. */
  splice: (file, draw, other) =>
    joined(
      other.subarray(0, draw(Math.min(other.length, 400))),
      file.subarray(draw(Math.min(file.length, 400))),
    ),
};

/** Gives every chunk of a PNG the checksum that it needs, so that damage gets past it. */
function withChecksums(file: Bytes): Bytes {
  const copy = file.slice();
  const view = new DataView(copy.buffer);
  for (let at = 8; at + 12 <= copy.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > copy.length) break;
    view.setUint32(end, crc32(copy.subarray(at + 4, end)));
    at = end + 4;
  }
  return copy;
}

Deno.test("decodeImage() gives an image or one sentence for damaged files, and decodes the next good one", async () => {
  const next = random(20261122);
  const draw = (limit: number) => Math.floor(next() * limit);
  const files = new Map(FIXTURES.map((name) => [name, fixture(name)]));
  const names = Object.keys(MUTATIONS);
  const outcomes = Object.fromEntries(names.map((name) => [name, { image: 0, error: 0 }]));
  let trials = 0;
  const memory = Deno.memoryUsage().rss;
  for (const [name, file] of files) {
    const good = await decodeImage(file);
    for (let trial = 0; trial < TRIALS; trial++) {
      const kind = names[trial % names.length];
      const mutated = MUTATIONS[kind](file, draw, files.get(FIXTURES[draw(FIXTURES.length)]) ?? file);
      const bad = name.endsWith(".png") && draw(2) === 0 ? withChecksums(mutated) : mutated;
      const before = bad.slice();
      try {
        const { width, height, data } = await decodeImage(bad, { maxPixels: MAX_PIXELS });
        ok(width * height <= MAX_PIXELS);
        strictEqual(data.length, 4 * width * height);
        outcomes[kind].image++;
      } catch (error) {
        ok(
          error instanceof SyntaxError || error instanceof TypeError || error instanceof RangeError,
          `${name}, trial ${trial}, ${kind}: ${error}`,
        );
        match(error.message, /^Cannot decode the image: [^\n]+\.$/, `${name}, trial ${trial}, ${kind}`);
        outcomes[kind].error++;
      }
      deepStrictEqual(bad, before, "the caller's bytes stay as they are");
      if (trial % 5 === 0) {
        deepStrictEqual((await decodeImage(file)).data, good.data, `${name} after trial ${trial}`);
      }
      trials++;
    }
    deepStrictEqual((await decodeImage(file)).data, good.data, `${name} after all trials`);
  }
  ok(trials >= 10_000, String(trials));
  const grown = (Deno.memoryUsage().rss - memory) / 2 ** 20;
  ok(grown < 512, `${grown} MiB more memory after ${trials} trials`);
  // Damage that is always seen, or never, would show that trials do not reach the decoders.
  for (const [kind, { image, error }] of Object.entries(outcomes)) {
    ok(error > 20 && (image > 20 || kind === "cut"), `${kind}: ${image} images, ${error} errors`);
  }
});
