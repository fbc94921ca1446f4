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
import { labelPhotos, type LabelPhotosOptions, type Session } from "../../../tasks/label/label_photos.ts";
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
    const { photos, skipped, failures } = await labelPhotos(
      options(folder),
      () => Promise.resolve(session(compute)),
    );
    assert.deepEqual([photos.length, skipped, failures.length], [3, 0, 0]);
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
