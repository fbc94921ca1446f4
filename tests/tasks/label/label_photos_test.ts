import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { labelImage } from "../../../core/label/label_image.ts";
import { recipes } from "../../../core/label/recipe.ts";
import { UsageError } from "../../../tasks/cli/errors.ts";
import { labelPhotos } from "../listed_runs.ts";
import { FakeClassifier } from "../../core/label/fake_classifier.ts";
import { crackPhoto } from "../crack_photo.ts";
import { list, options, quietly, readManifest, session, withPhotos } from "./labelled_photos.ts";

Deno.test("labelPhotos() writes the label of each photo as labelImage() gives it", async () => {
  await withPhotos(async (folder, compute) => {
    await Deno.writeTextFile(join(folder, "photos", "d.HEIC"), "\0\0\0\x18ftypheic");
    const { photos, skipped, failures, leftOut } = await labelPhotos(
      options(folder),
      () => Promise.resolve(session(compute)),
    );
    assert.deepEqual([photos.length, skipped, failures.length], [3, 0, 0]);
    assert.deepEqual(leftOut.map(({ path, kind }) => [path, kind]), [[
      join(folder, "photos", "d.HEIC"),
      "HEIC file",
    ]]);
    const out = join(folder, "labels");
    assert.deepEqual(list(out), [".hairline.lock", "confidence", "manifest.json", "masks", "report.html"]);
    for (const record of photos) {
      const image = await decodeImage(await Deno.readFile(record.path));
      const label = await labelImage(compute, image, { classifier: new FakeClassifier() });
      const mask = await decodeImage(await Deno.readFile(join(out, "masks", `${record.name}.png`)));
      const confidence = await decodeImage(
        await Deno.readFile(join(out, "confidence", `${record.name}.png`)),
      );
      assert.deepEqual([mask.width, mask.height], [image.width, image.height]);
      for (let i = 0; i < label.mask.length; i++) {
        assert.equal(mask.data[4 * i], label.mask[i] * 255);
        // Any confidence survives the rounding, and the rounding is to the nearest of 255 steps.
        assert.equal(confidence.data[4 * i] > 0, label.confidence[i] > 0);
        assert.ok(
          Math.abs(confidence.data[4 * i] - 255 * label.confidence[i]) <=
            (confidence.data[4 * i] === 1 ? 1 : 0.5001),
        );
      }
      assert.ok(label.crackPixels > 0);
      assert.equal(record.crackPixels, label.crackPixels);
      assert.equal(record.crackShare, label.crackPixels / (image.width * image.height));
    }
    const manifest = await readManifest(out);
    assert.deepEqual(manifest.recipe, recipes.paper);
    assert.deepEqual(manifest.photos, photos);
    assert.deepEqual(manifest.leftOut, leftOut);
    assert.equal(manifest.runtime.adapter, compute.description);
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(photos[0].path));
    assert.equal(manifest.photos[0].sha256, new Uint8Array(digest).toHex());
    const report = await Deno.readTextFile(join(out, "report.html"));
    assert.equal(report.match(/class="photo"/g)?.length, 3);
  });
});

Deno.test("labelPhotos() refuses a photo whose label would be the file of another's where case or accents do not count", async () => {
  await withPhotos(async (folder, compute) => {
    const label = (name: string) =>
      quietly(() =>
        labelPhotos(
          options(folder, { paths: [join(folder, name)] }),
          () => Promise.resolve(session(compute)),
        )
      );
    const [composed, decomposed] = ["Ru\u0308ckwand".normalize("NFC"), "RU\u0308CKWAND"];
    for (const [i, name] of [composed, decomposed].entries()) {
      await Deno.mkdir(join(folder, `${i}`));
      await Deno.writeFile(join(folder, `${i}/${name}.png`), await crackPhoto(30, 30, i));
    }
    assert.equal((await label("0")).photos.length, 1);
    const { photos, failures } = await label("1");
    assert.equal(photos.length, 0);
    assert.match(
      failures[0].error,
      /^Cannot label it into .*: R\u00fcckwand is the name of the label of .*; choose another folder\.$/,
    );
    // The first photo has gone: its name is free.
    await Deno.remove(join(folder, `0/${composed}.png`));
    assert.deepEqual((await label("1")).photos.map(({ name }) => name), [decomposed]);
    assert.deepEqual((await readManifest(join(folder, "labels"))).photos.map(({ name }) => name), [
      decomposed,
    ]);
  });
});

Deno.test("labelPhotos() reports a bad file among good ones, and takes it on again in the next run", async () => {
  await withPhotos(async (folder, compute) => {
    const bad = join(folder, "photos/bad.jpg");
    await Deno.writeFile(bad, new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16]));
    const run = () => quietly(() => labelPhotos(options(folder), () => Promise.resolve(session(compute))));
    const { photos, failures } = await run();
    assert.equal(photos.length, 3);
    assert.deepEqual(failures.map(({ name, path }) => [name, path]), [["bad", bad]]);
    assert.match(failures[0].error, /^Cannot decode .*\.$/);
    assert.deepEqual((await readManifest(join(folder, "labels"))).failures, failures);
    assert.match(await Deno.readTextFile(join(folder, "labels/report.html")), /1 photo failed/);

    await Deno.writeFile(bad, await crackPhoto(40, 40, 5));
    const second = await run();
    assert.deepEqual([second.photos.length, second.skipped, second.failures.length], [4, 3, 0]);
  });
});

Deno.test("labelPhotos() never writes over things that are not its own", async () => {
  await withPhotos(async (folder, compute) => {
    const open = () => Promise.resolve(session(compute));
    await Deno.mkdir(join(folder, "data/masks"), { recursive: true });
    await Deno.writeTextFile(join(folder, "data/masks/a.png"), "truth");
    await assert.rejects(labelPhotos(options(folder, { out: join(folder, "data") }), open), (error) => {
      return error instanceof UsageError &&
        /its masks is not from Hairline and would be overwritten/.test(error.message);
    });
    assert.equal(await Deno.readTextFile(join(folder, "data/masks/a.png")), "truth");

    await labelPhotos(options(folder), open);
    const own = options(folder, { paths: [join(folder, "labels/masks/a.png")] });
    await assert.rejects(labelPhotos(own, open), /lies among the outputs/);

    // Another photo of the same name fails, and the label that is there stays.
    const before = await Deno.readFile(join(folder, "labels/masks/a.png"));
    await Deno.mkdir(join(folder, "more"));
    await Deno.writeFile(join(folder, "more/a.png"), await crackPhoto(30, 30, 7));
    const { failures } = await quietly(() =>
      labelPhotos(options(folder, { paths: [join(folder, "more")] }), open)
    );
    assert.match(
      failures[0].error,
      /^Cannot label it into .*: a is the name of the label of .*photos\/a\.png there; /,
    );
    assert.deepEqual(await Deno.readFile(join(folder, "labels/masks/a.png")), before);
    assert.deepEqual((await readManifest(join(folder, "labels"))).photos.map(({ name }) => name), [
      "a",
      "b",
      "c",
    ]);
  });
});

Deno.test("labelPhotos() writes among the photos without taking its outputs for photos", async () => {
  await withPhotos(async (folder, compute) => {
    const open = () => Promise.resolve(session(compute));
    for (const out of [join(folder, "photos"), join(folder, "photos/labels")]) {
      assert.equal((await labelPhotos(options(folder, { out }), open)).photos.length, 3);
      assert.equal((await labelPhotos(options(folder, { out }), open)).skipped, 3);
    }
  });
});

Deno.test("labelPhotos() writes the stages on request, also where the label was there without", async () => {
  await withPhotos(async (folder, compute) => {
    const open = () => Promise.resolve(session(compute));
    const keys = [
      "patch-map",
      "activation-map",
      "localisation",
      "denoised",
      "grey",
      "threshold",
      "product",
      "confidence",
    ];
    await labelPhotos(options(folder), open);
    const { photos, skipped } = await labelPhotos(options(folder, { stages: true }), open);
    assert.equal(skipped, 0);
    for (const { name, stages, width, height } of photos) {
      assert.deepEqual(stages, keys);
      assert.deepEqual(list(join(folder, "labels/stages", name)), keys.map((key) => `${key}.png`).sort());
      for (const key of keys) {
        const image = await decodeImage(
          await Deno.readFile(join(folder, "labels/stages", name, `${key}.png`)),
        );
        assert.deepEqual([image.width, image.height], [width, height], key);
      }
    }
    assert.match(await Deno.readTextFile(join(folder, "labels/report.html")), /8 stages/);
    assert.equal((await labelPhotos(options(folder, { stages: true }), open)).skipped, 3);
    assert.equal((await labelPhotos(options(folder), open)).skipped, 3);
  });
});
