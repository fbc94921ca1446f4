import assert from "node:assert/strict";
import { join } from "node:path";
import type { Compute } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { labelImage, paperLabeller } from "../../../core/label/label_image.ts";
import type { Classifier } from "../../../core/label/classifier.ts";
import { type Recipe, recipes } from "../../../core/label/recipe.ts";
import { inShard } from "../../../tasks/files/shard.ts";
import { UsageError } from "../../../tasks/cli/errors.ts";
import { VERSION } from "../../../tasks/cli/version.ts";
import type { LabelPhotosOptions, Session } from "../../../tasks/label/label_photos.ts";
import { labelPhotos } from "../listed_runs.ts";
import type { Manifest } from "../../../tasks/label/manifest.ts";
import { FakeClassifier } from "../../core/label/fake_classifier.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { crackPhoto } from "../crack_photo.ts";

/** Photos `a`, `b`, `c` of different sizes in `photos/` of a new folder, and a device. */
async function withPhotos(test: (folder: string, compute: Compute) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  const photos = join(folder.path, "photos");
  await Deno.mkdir(photos);
  for (const [i, name] of ["a", "b", "c"].entries()) {
    await Deno.writeFile(join(photos, `${name}.png`), await crackPhoto(48 + i, 40, i));
  }
  using compute = await openCompute();
  await test(folder.path, compute);
}

/** How the fake classifier labels, and what is written down of it. */
interface SessionOptions {
  readonly classifier?: Classifier;
  readonly recipe?: Recipe;
  readonly sha256?: string;
}

function session(
  compute: Compute,
  { classifier = new FakeClassifier(), recipe, sha256 = "ab".repeat(32) }: SessionOptions = {},
): Session {
  return {
    compute,
    labeller: paperLabeller(compute, { classifier, recipe }),
    networks: { classifier: { name: "darkest pixel", source: "test", sha256 } },
    runtime: {
      deno: "2",
      tfjs: "4",
      adapter: compute.description,
      software: compute.software,
      backend: "none",
    },
  };
}

function options(folder: string, overrides: Partial<LabelPhotosOptions> = {}): LabelPhotosOptions {
  return {
    paths: [join(folder, "photos")],
    out: join(folder, "labels"),
    stages: false,
    quiet: true,
    title: "Test",
    ...overrides,
  };
}

function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

async function readManifest(folder: string, name = "manifest.json"): Promise<Manifest> {
  return JSON.parse(await Deno.readTextFile(join(folder, name)));
}

/** Silences what a run reports of failed photos. */
async function quietly<T>(action: () => Promise<T>): Promise<T> {
  const write = Deno.stderr.writeSync;
  Deno.stderr.writeSync = (bytes) => bytes.length;
  try {
    return await action();
  } finally {
    Deno.stderr.writeSync = write;
  }
}

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

Deno.test("labelPhotos() skips what is done and redoes what changed or is gone", async () => {
  await withPhotos(async (folder, compute) => {
    const run = () => labelPhotos(options(folder), () => Promise.resolve(session(compute)));
    const first = await run();
    assert.equal((await run()).skipped, 3);
    assert.deepEqual((await readManifest(join(folder, "labels"))).photos, first.photos);

    await Deno.writeFile(join(folder, "photos/a.png"), await crackPhoto(48, 40, 9));
    await Deno.remove(join(folder, "labels/masks/b.png"));
    const third = await run();
    assert.equal(third.skipped, 1);
    assert.deepEqual(third.photos.map(({ labelledAt }, i) => labelledAt === first.photos[i].labelledAt), [
      false,
      false,
      true,
    ]);
    assert.notEqual(third.photos[0].sha256, first.photos[0].sha256);
    assert.ok(list(join(folder, "labels/masks")).includes("b.png"));
  });
});

Deno.test("labelPhotos() makes outputs again that are not as they were written, and keeps the others", async () => {
  await withPhotos(async (folder, compute) => {
    const run = () => quietly(() => labelPhotos(options(folder), () => Promise.resolve(session(compute))));
    const first = await run();
    const out = join(folder, "labels");
    const written = new Map<string, Uint8Array>();
    for (const { files = [] } of first.photos) {
      assert.equal(files.length, 2);
      for (const { path, bytes, sha256 } of files) {
        const content = await Deno.readFile(join(out, path));
        assert.equal(content.length, bytes);
        assert.equal(new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex(), sha256);
        written.set(path, content);
      }
    }
    const mask = written.get("masks/a.png")!;
    const flipped = mask.slice();
    flipped[flipped.length >> 1] ^= 1;
    const damages = [new Uint8Array(), mask.subarray(0, -5), flipped];
    for (const damage of damages) {
      await Deno.writeFile(join(out, "masks/a.png"), damage);
      const { skipped, failures } = await run();
      assert.deepEqual([skipped, failures.length], [2, 0]);
      assert.deepEqual(await Deno.readFile(join(out, "masks/a.png")), mask);
    }
    // Manifests of before said nothing of files: whether an image has its end is seen nevertheless.
    const path = join(out, "manifest.json");
    const before = JSON.parse(
      await Deno.readTextFile(path),
      (key, value) => key === "files" ? undefined : value,
    );
    for (const [damage, skipped] of [[damages[0], 2], [damages[1], 2], [mask, 3]] as const) {
      await Deno.writeTextFile(path, JSON.stringify(before));
      await Deno.writeFile(join(out, "masks/a.png"), damage);
      assert.equal((await run()).skipped, skipped);
    }
    assert.deepEqual(
      (await readManifest(out)).photos.map(({ files }) => files),
      first.photos.map(({ files }) => files),
    );
  });
});

Deno.test("labelPhotos() says which labels another version made, and keeps them", async () => {
  await withPhotos(async (folder, compute) => {
    const run = () => labelPhotos(options(folder), () => Promise.resolve(session(compute)));
    const { photos } = await run();
    assert.deepEqual([...new Set(photos.map(({ version }) => version))], [VERSION]);
    const path = join(folder, "labels/manifest.json");
    const { photos: [a, ...others], ...manifest } = await readManifest(join(folder, "labels"));
    // As in manifests of before, in which only the whole had a version.
    const { version: _, ...old } = a;
    const record = { ...manifest, version: "0.0.1", photos: [old, ...others] };
    await Deno.writeTextFile(path, JSON.stringify(record));
    const said: string[] = [];
    const write = Deno.stderr.writeSync;
    Deno.stderr.writeSync = (bytes) => said.push(new TextDecoder().decode(bytes)) && bytes.length;
    const second = await run().finally(() => Deno.stderr.writeSync = write);
    assert.match(said.join(""), /^1 of the labels in .*labels was made by Hairline 0\.0\.1, and this is /);
    assert.equal(second.skipped, 3);
    assert.deepEqual(second.photos.map(({ version }) => version), ["0.0.1", VERSION, VERSION]);
  });
});

Deno.test("labelPhotos() says in a sentence what is wrong with a manifest", async () => {
  await withPhotos(async (folder, compute) => {
    const run = () => labelPhotos(options(folder), () => Promise.resolve(session(compute)));
    await run();
    const path = join(folder, "labels/manifest.json");
    const good = await readManifest(join(folder, "labels"));
    const [photo] = good.photos;
    const bad: [object, RegExp][] = [
      [{ photos: [{ ...photo, seconds: "2" }] }, /photos\.0\.seconds is "2", a number is wanted/],
      [{ photos: [null] }, /photos\.0 is null, an object is wanted/],
      [{ photos: {} }, /photos is an object, a list of photos is wanted/],
      [{ photos: [{ ...photo, sha256: undefined }] }, /photos\.0\.sha256 is missing, a text is wanted/],
      [{ photos: [{ ...photo, name: "../../a" }] }, /photos\.0\.name is "\.\.\/\.\.\/a", a path below /],
      [
        { photos: [{ ...photo, stages: ["../x"] }] },
        /photos\.0\.stages\.0 is "\.\.\/x", the name of a stage is wanted/,
      ],
      [{ segmenter: null }, /segmenter is null, an object is wanted/],
      [{ classifier: { name: 1 } }, /classifier\.name is 1, a text is wanted/],
      [{ failures: undefined }, /failures is missing, a list of failures is wanted/],
    ];
    for (const [change, wanted] of bad) {
      await Deno.writeTextFile(path, JSON.stringify({ ...good, ...change }));
      await assert.rejects(run(), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(
          error.message,
          /^Cannot read .*manifest\.json: [^\n]*; mend it, or start the labels again in another folder\.$/,
        );
        assert.match(error.message, wanted);
        return true;
      });
    }
    await Deno.remove(path);
    await Deno.mkdir(path);
    await assert.rejects(
      run(),
      /^UsageError: Cannot read .*manifest\.json: it is a folder, and a file is wanted\.$/,
    );
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

Deno.test("labelPhotos() goes on where a run was interrupted", async () => {
  await withPhotos(async (folder, compute) => {
    class Breaking extends FakeClassifier {
      override activations(image: Parameters<FakeClassifier["activations"]>[0]) {
        // Photo b.
        if (image.width === 49) {
          throw new Deno.errors.NotCapable('Requires read access to "x", run again');
        }
        return super.activations(image);
      }
    }
    const broken = session(compute, { classifier: new Breaking() });
    await assert.rejects(labelPhotos(options(folder), () => Promise.resolve(broken)), Deno.errors.NotCapable);
    assert.deepEqual((await readManifest(join(folder, "labels"))).photos.map(({ name }) => name), ["a"]);
    const { skipped, photos } = await labelPhotos(
      options(folder),
      () => Promise.resolve(session(compute)),
    );
    assert.deepEqual([skipped, photos.length], [1, 3]);
  });
});

Deno.test("labelPhotos() refuses to mix recipes or classifiers in one folder", async () => {
  await withPhotos(async (folder, compute) => {
    await labelPhotos(options(folder), () => Promise.resolve(session(compute)));
    const labelled = (other: SessionOptions) =>
      labelPhotos(options(folder), () => Promise.resolve(session(compute, other)));
    const other = { ...recipes.paper, name: "mine", erosionIterations: 0 };
    await assert.rejects(labelled({ recipe: other }), (error) => {
      return error instanceof UsageError && /made with erosionIterations 4, not 0; /.test(error.message);
    });
    await assert.rejects(labelled({ sha256: "cd".repeat(32) }), (error) => {
      return error instanceof UsageError &&
        /made with the classifier darkest pixel \(abababab\), not /.test(error.message);
    });
    // Another name for the same parameters is no other recipe.
    assert.equal((await labelled({ recipe: { ...recipes.paper, name: "mine" } })).skipped, 3);
  });
});

Deno.test("labelPhotos() makes labels of other settings or versions again where it is to renew them", async () => {
  await withPhotos(async (folder, compute) => {
    const renewed = options(folder, { renew: true });
    const open = (sha256: string) => () => Promise.resolve(session(compute, { sha256 }));
    await labelPhotos(renewed, open("ab".repeat(32)));
    const mine = open("cd".repeat(32));
    assert.equal((await labelPhotos(renewed, mine)).skipped, 0, "another classifier");
    const manifest = await readManifest(renewed.out);
    assert.equal(manifest.classifier?.sha256, "cd".repeat(32));
    assert.equal((await labelPhotos(renewed, mine)).skipped, 3);
    const photos = manifest.photos.map((photo) => ({ ...photo, version: "0.0.1" }));
    await Deno.writeTextFile(join(renewed.out, "manifest.json"), JSON.stringify({ ...manifest, photos }));
    assert.equal((await labelPhotos(renewed, mine)).skipped, 0, "another version");
    assert.deepEqual((await readManifest(renewed.out)).photos.map(({ version }) => version), [
      VERSION,
      VERSION,
      VERSION,
    ]);
  });
});

Deno.test("labelPhotos() in shards does every photo once, and a whole run then takes their work up", async () => {
  await withPhotos(async (folder, compute) => {
    const out = join(folder, "labels");
    const names: string[] = [];
    for (const index of [1, 2]) {
      const shard = { index, count: 2 };
      const { photos } = await labelPhotos(
        options(folder, { shard }),
        () => Promise.resolve(session(compute)),
      );
      assert.ok(photos.every(({ name }) => inShard(name, shard)));
      assert.deepEqual((await readManifest(out, `manifest-${index}-of-2.json`)).photos, photos);
      names.push(...photos.map(({ name }) => name));
    }
    assert.deepEqual(names.sort(), ["a", "b", "c"]);
    const { photos, skipped } = await labelPhotos(
      options(folder),
      () => Promise.resolve(session(compute)),
    );
    assert.deepEqual([photos.length, skipped], [3, 3]);
    assert.deepEqual(list(out), [".hairline.lock", "confidence", "manifest.json", "masks", "report.html"]);
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
