import assert from "node:assert/strict";
import { join } from "node:path";
import { recipes } from "../../../core/label/recipe.ts";
import { inShard } from "../../../tasks/files/shard.ts";
import { UsageError } from "../../../tasks/cli/errors.ts";
import { VERSION } from "../../../tasks/cli/version.ts";
import { labelPhotos } from "../listed_runs.ts";
import { FakeClassifier } from "../../core/label/fake_classifier.ts";
import { crackPhoto } from "../crack_photo.ts";
import {
  list,
  options,
  quietly,
  readManifest,
  session,
  type SessionOptions,
  withPhotos,
} from "./labelled_photos.ts";

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
