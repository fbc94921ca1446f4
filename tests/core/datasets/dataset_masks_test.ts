import assert from "node:assert/strict";
import { encodePng } from "../../../core/images/encode_png.ts";
import { assertTruths, type Files, mask, photo, truthOf, withDataset } from "./dataset_fixtures.ts";

Deno.test("openDataset() recognises that the masks of a general folder are inverted, unless `inverted` says", async () => {
  const files: Files = Object.fromEntries([1, 2, 3].flatMap((seed) => [
    [`images/${seed}.jpg`, photo(seed)],
    [`masks/${seed}.png`, mask(seed, 0, 255)],
  ]));
  await withDataset(files, async (dataset) => {
    assert.match(dataset.notes.join(" "), /dark \(inverted\) is crack.*in 3 of the 3 looked at/);
    await assertTruths(dataset, [1, 2, 3]);
  });
  await withDataset(files, async ({ samples, notes }) => {
    const truth = await samples[0].truth();
    assert.ok(typeof truth !== "boolean");
    assert.deepEqual([...truth.data], [...truthOf(1, 0, 1)]);
    assert.match(notes.join(" "), /bright is crack/);
  }, { inverted: false });
});

Deno.test("openDataset() turns the one mask that is inverted, says so, and refuses one of which it cannot be told", async () => {
  const half = encodePng({
    ...{ width: 12, height: 8, channels: 1 },
    data: Uint8Array.from({ length: 96 }, (_, i) => i % 12 < 7 ? 255 : 0),
  });
  const all = encodePng({ width: 12, height: 8, channels: 1, data: new Uint8Array(96).fill(255) });
  const files = (kinds: readonly (Uint8Array | Promise<Uint8Array>)[]): Files =>
    Object.fromEntries(kinds.flatMap((bytes, i) => [
      [`images/${i + 1}.jpg`, photo(i + 1)],
      [`masks/${i + 1}.png`, bytes],
    ]));
  // The fifth is turned, whichever way the others are; 7 of 12 pixels of a mask, or all of it, may be anything.
  for (const [crack, ground] of [[255, 0], [0, 255]]) {
    const upright = [1, 2, 3, 4, 6, 7].map((seed) => mask(seed, crack, ground));
    await withDataset(
      files([...upright.slice(0, 4), mask(5, ground, crack), ...upright.slice(4)]),
      async ({ samples, notes }) => {
        assert.match(notes[0], crack > 0 ? /bright is crack/ : /dark \(inverted\) is crack/);
        for (const [i, sample] of samples.entries()) {
          const truth = await sample.truth();
          assert.ok(typeof truth !== "boolean");
          const seed = [1, 2, 3, 4, 5, 6, 7][i];
          assert.deepEqual([...truth.data], [...truthOf(seed)]);
          assert.equal(
            truth.note,
            i === 4
              ? "The mask is inverted, unlike the others of its set, and was turned: 83 % of its pixels were crack."
              : undefined,
          );
        }
      },
    );
  }
  await withDataset(files([mask(1), mask(2), mask(3), mask(4), half, all]), async ({ samples, path }) => {
    for (const [i, share] of [[4, 58], [5, 100]]) {
      await assert.rejects(samples[i].truth(), {
        name: "RangeError",
        message:
          `${path}/masks/${
            i + 1
          }.png: Cannot tell crack from background: read like the other masks of its set, ${share} % of its pixels are crack, ` +
          "more than cracks cover; turn the mask if it is inverted, or leave it out.",
      });
    }
  });
});

Deno.test("openDataset() says of a known layout that its masks may have to be inverted, and leaves them", () =>
  withDataset({ "images/1.jpg": photo(1), "masks/1.png": mask(1, 0, 255) }, async (dataset) => {
    assert.match(dataset.notes.join(" "), /In 1 of the 1 masks looked at most pixels are crack/);
    const truth = await dataset.samples[0].truth();
    assert.ok(typeof truth !== "boolean");
    assert.deepEqual([...truth.data], [...truthOf(1, 0, 1)]);
  }, { layout: "cracksc" }));

Deno.test("Sample.read() names the file whose mask is damaged, of another size or of three values", () =>
  withDataset({
    "images/a.jpg": photo(1),
    "masks/a.png": "no image",
    "images/b.jpg": photo(2),
    "masks/b.png": Uint8Array.fromBase64(
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
    ),
    "images/c.jpg": photo(3),
    "masks/c.png": encodePng({ width: 12, height: 8, channels: 1, data: truthOf(3, 128).with(0, 255) }),
    "images/d.jpg": photo(4),
    "masks/d.png": mask(4),
  }, async ({ samples }, root) => {
    const failures = await Promise.all(
      samples.map((sample) =>
        sample.read().then(() => "", (error: Error) => error.message.replace(root, ""))
      ),
    );
    assert.match(failures[0], /^\/masks\/a\.png: Cannot decode the image: /);
    assert.equal(
      failures[1].replace(root, ""),
      "Cannot use /images/b.jpg: it is 12 × 8, but its mask is 1 × 1.",
    );
    assert.match(
      failures[2],
      /^\/masks\/c\.png: Cannot tell crack .* the mask has 3 values, 0, 128 and 255; /,
    );
    assert.equal(failures[3], "");
  }));

Deno.test("openDataset() reads masks by what all of a set hold: classes, what is ignored, a photo without crack", async () => {
  const grey = (...data: number[]) =>
    encodePng({ width: 3, height: 1, channels: 1, data: Uint8Array.from(data) });
  const three = grey(90, 100, 110);
  const truths = async (...masks: number[][]) => {
    const files = masks.flatMap((values, i): [string, Promise<Uint8Array>][] => [
      [`images/${i}.png`, three],
      [`masks/${i}.png`, grey(...values)],
    ]);
    const found: unknown[] = [];
    await withDataset(Object.fromEntries(files), async ({ samples, notes }) => {
      for (const sample of samples) {
        const truth = await sample.truth();
        assert.ok(typeof truth !== "boolean");
        found.push(truth.weight === undefined ? [...truth.data] : [[...truth.data], [...truth.weight]]);
      }
      found.push(notes.join(" "));
    });
    return found;
  };
  // The second photo has no crack: its mask is ground alone, in the value that ground has in the first.
  assert.deepEqual(await truths([1, 1, 2], [1, 1, 1], [2, 2, 2]), [
    [0, 0, 1],
    [0, 0, 0],
    [1, 1, 1],
    "Truth: 8-bit PNG of 1/2; bright is crack.",
  ]);
  assert.deepEqual((await truths([0, 1, 255], [0, 0, 255], [0, 0, 1])).slice(0, 3), [
    [[0, 1, 0], [255, 255, 0]],
    [[0, 0, 0], [255, 255, 0]],
    [0, 0, 1],
  ]);
  assert.deepEqual((await truths([0, 0, 255], [0, 255, 0])).slice(0, 2), [[0, 0, 1], [0, 1, 0]]);
});
