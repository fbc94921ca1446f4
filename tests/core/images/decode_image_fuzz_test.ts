import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { MUTATIONS, withChecksums } from "../../fuzz/mutations.ts";
import { fixture, random } from "./image_fixtures.ts";

const FIXTURES = [...Deno.readDirSync(new URL("../../fixtures/images", import.meta.url))]
  .map(({ name }) => name).filter((name) => !["rgb_jpeg.tif", "moving.webp"].includes(name)).sort();
const TRIALS = 300;
/** Pixels that a mutated header may claim: at most 16 MiB of RGBA. */
const MAX_PIXELS = 2 ** 22;

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
