import assert from "node:assert/strict";
import { join } from "node:path";
import type { Compute } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { encodeJpeg } from "../../../core/images/encode_jpeg.ts";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { defaultScales, predictAtScales } from "../../../core/predict/predict_scales.ts";
import type { Segmenting } from "../../../core/predict/segmenting.ts";
import { inShard } from "../../../tasks/files/shard.ts";
import { UsageError } from "../../../tasks/cli/errors.ts";
import type { Manifest } from "../../../tasks/predict/manifest.ts";
import type { PredictPhotosOptions, Session } from "../../../tasks/predict/predict_photos.ts";
import { predictPhotos } from "../listed_runs.ts";
import { FakeSegmenter } from "../../core/predict/fake_segmenter.ts";
import { withExif } from "../../oracles/exif_writer.ts";
import { plainPage, writeTiff } from "../../oracles/tiff_writer.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { crackPhoto } from "../crack_photo.ts";

const SIZES = { a: [48, 40], b: [150, 70], c: [1, 1] } as const;

/** Photos `a`, `b`, `c` in `photos/` of a new folder, and a device. */
async function withPhotos(test: (folder: string, compute: Compute) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  await Deno.mkdir(join(folder.path, "photos"));
  for (const [i, [name, [width, height]]] of Object.entries(SIZES).entries()) {
    await Deno.writeFile(join(folder.path, "photos", `${name}.png`), await crackPhoto(width, height, i));
  }
  using compute = await openCompute();
  await test(folder.path, compute);
}

function opening(
  compute: Compute,
  { segmenter = new FakeSegmenter(), sha256 = "ab".repeat(32) }: { segmenter?: Segmenting; sha256?: string } =
    {},
): () => Promise<Session> {
  const { description: adapter, software } = compute;
  return () =>
    Promise.resolve({
      compute,
      segmenter,
      segmenterRecord: { name: segmenter.name, source: "test", sha256 },
      runtime: { deno: "2", tfjs: "4", adapter, software, backend: "none" },
      tile: 96,
    });
}

function options(folder: string, overrides: Partial<PredictPhotosOptions> = {}): PredictPhotosOptions {
  return {
    paths: [join(folder, "photos")],
    out: join(folder, "out"),
    threshold: 0.5,
    overlays: false,
    quiet: true,
    title: "Test",
    ...overrides,
  };
}

function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

async function readManifest(folder: string, name = "manifest.json"): Promise<Manifest> {
  return JSON.parse(await Deno.readTextFile(join(folder, "out", name)));
}

Deno.test("predictPhotos() writes the prediction of each photo as predictAtScales() gives it", async () => {
  await withPhotos(async (folder, compute) => {
    const segmenter = new FakeSegmenter({ reach: 1 });
    const { photos, failures } = await predictPhotos(options(folder), opening(compute, { segmenter }));
    assert.deepEqual(failures, []);
    const out = join(folder, "out");
    assert.deepEqual(list(out), [".hairline.lock", "confidence", "manifest.json", "masks", "report.html"]);
    for (const { name, path, crackPixels, crackShare, width, height } of photos) {
      const image = await decodeImage(await Deno.readFile(path));
      const wanted = await predictAtScales(compute, image, { segmenter, tile: 96 });
      const [mask, confidence] = await Promise.all(
        ["masks", "confidence"].map(async (kind) =>
          await decodeImage(await Deno.readFile(join(out, kind, `${name}.png`)))
        ),
      );
      assert.deepEqual([[width, height], [mask.width, mask.height]], [
        SIZES[name as "a"],
        SIZES[name as "a"],
      ]);
      for (let i = 0; i < wanted.mask.length; i++) {
        assert.equal(mask.data[4 * i], 255 * wanted.mask[i]);
        assert.ok(Math.abs(confidence.data[4 * i] - 255 * wanted.confidence[i]) <= 0.5001);
      }
      assert.equal(crackPixels, wanted.crackPixels);
      assert.equal(crackShare, crackPixels / (width * height));
    }
    const manifest = await readManifest(folder);
    assert.deepEqual(manifest.photos, photos);
    const { segmenter: record, threshold, tile, overlap, task } = manifest;
    assert.deepEqual([record.name, threshold, tile, overlap, task], ["redness", 0.5, 96, 32, "predict"]);
    const report = await Deno.readTextFile(join(out, "report.html"));
    assert.equal(report.match(/class="photo"/g)?.length, 3);
    assert.match(report, /How these predictions were made/);
    assert.match(report, /redness, test/);
    // Bright ground is what this network takes for crack.
    assert.equal(
      report.match(/data-state="crack"/g)?.length,
      photos.filter((photo) => photo.crackPixels > 0).length,
    );
  });
});

Deno.test("predictPhotos() writes which way cracks go where the network tells, and makes such maps again that are gone", async () => {
  await withPhotos(async (folder, compute) => {
    // Redness tells nothing; the columns do, in degrees.
    const directions: Session["directions"] = (image, mask) =>
      Promise.resolve(compute.upload({
        ...{ width: image.width, height: image.height, channels: 1 },
        data: Float32Array.from(mask, (crack, i) => crack * (i % image.width)),
      }));
    const open = async () => ({ ...await opening(compute)(), directions });
    const { photos } = await predictPhotos(options(folder), open);
    for (const { name, crackPixels, orientations, width } of photos) {
      const { data } = await decodeImage(await Deno.readFile(join(folder, "out/directions", `${name}.png`)));
      const mask = await decodeImage(await Deno.readFile(join(folder, "out/masks", `${name}.png`)));
      const columns = new Array<number>(18).fill(0);
      for (let i = 0; i < data.length; i += 4) {
        assert.equal(data[i] + data[i + 1] + data[i + 2] > 0, mask.data[i] > 0, name);
        if (mask.data[i] > 0) columns[Math.floor(i / 4 % width / 10)]++;
      }
      assert.deepEqual(orientations, columns);
      assert.equal(orientations?.reduce((sum, count) => sum + count), crackPixels);
    }
    assert.deepEqual((await readManifest(folder)).photos, photos);
    assert.equal((await Deno.readTextFile(join(folder, "out/report.html"))).match(/>Direction</g)?.length, 3);
    await Deno.remove(join(folder, "out/directions/b.png"));
    assert.equal((await predictPhotos(options(folder), open)).skipped, 2);
    assert.ok((await Deno.stat(join(folder, "out/directions/b.png"))).isFile);
  });
});

Deno.test("predictPhotos() looks at the scales that it is given, and notes those of each photo", async () => {
  await withPhotos(async (folder, compute) => {
    const segmenter = new FakeSegmenter({ reach: 1 });
    const open = opening(compute, { segmenter });
    const run = (start: "auto" | number, levels: number) =>
      predictPhotos(options(folder, { scales: { start, levels } }), open);
    const { photos } = await run(1, 2);
    for (const { name, path, scales, crackPixels } of photos) {
      const image = await decodeImage(await Deno.readFile(path));
      const wanted = await predictAtScales(compute, image, { segmenter, start: 1, levels: 2, tile: 96 });
      assert.deepEqual([crackPixels, scales], [wanted.crackPixels, wanted.scales], name);
      assert.deepEqual(scales?.map(({ scale }) => scale), name === "b" ? [1, 0.5] : [1]);
    }
    const manifest = await readManifest(folder);
    assert.deepEqual(manifest.scales, { ...defaultScales, start: 1, levels: 2 });
    assert.deepEqual(manifest.photos, photos);
    const report = await Deno.readTextFile(join(folder, "out/report.html"));
    const [large, small] = photos[1].scales!.map(({ weight }) => `${(100 * weight).toFixed(0)} %`);
    assert.ok(report.includes(`seen at 1 × (${large}), 0.5 × (${small}),`));
    assert.equal(report.match(/seen at 1 ×,/g)?.length, 2);
    assert.match(photos[2].warning!, /^The photo is 1 × 1: /);
    assert.ok(report.includes(`${photos[2].warning}</p>`));
    assert.equal((await run(1, 2)).skipped, 3);
    await assert.rejects(run("auto", 3), /made with scale 1,0\.5, not auto; /);
    await assert.rejects(run(1, 1), /made with scale 1,0\.5, not 1; /);
    await Deno.writeTextFile(
      join(folder, "out/manifest.json"),
      JSON.stringify({ ...manifest, scales: { ...manifest.scales, selectivity: 2 } }),
    );
    await assert.rejects(run(1, 2), /made with selectivity 2, not 16; /);
  });
});

Deno.test("predictPhotos() enlarges no photos where it goes on with a folder of before it did", async () => {
  await withPhotos(async (folder, compute) => {
    await predictPhotos(options(folder), opening(compute));
    const manifest = await readManifest(folder);
    const { enlargement, ...scales } = manifest.scales!;
    assert.equal(enlargement, 1.5);
    const then = { ...manifest, scales, photos: manifest.photos.slice(0, 1) };
    await Deno.writeTextFile(join(folder, "out/manifest.json"), JSON.stringify(then));
    assert.equal((await predictPhotos(options(folder), opening(compute))).skipped, 1);
    assert.equal((await readManifest(folder)).scales!.enlargement, 1);
    await assert.rejects(
      predictPhotos(options(folder, { scales: { start: "auto", levels: 4 } }), opening(compute)),
      /made with enlargement 1, not 1\.5; /,
    );
  });
});

Deno.test("predictPhotos() at a photo's own scale goes on with manifests that know no scales, and writes such", async () => {
  await withPhotos(async (folder, compute) => {
    const scales = { start: 1, levels: 1 } as const;
    await predictPhotos(options(folder, { scales }), opening(compute));
    const manifest = await readManifest(folder);
    assert.ok(!("scales" in manifest) && manifest.photos.every((photo) => !("scales" in photo)));
    // What was begun at one scale goes on at it, also where nothing is said.
    assert.equal((await predictPhotos(options(folder), opening(compute))).skipped, 3);
    await assert.rejects(
      predictPhotos(options(folder, { scales: { start: "auto", levels: 3 } }), opening(compute)),
      /made with scale 1, not auto; /,
    );
  });
});

Deno.test("predictPhotos() skips what is done, and redoes what changed or is gone", async () => {
  await withPhotos(async (folder, compute) => {
    const segmenter = new FakeSegmenter();
    const run = (overrides: Partial<PredictPhotosOptions> = {}) =>
      predictPhotos(options(folder, overrides), opening(compute, { segmenter }));
    await run();
    const shown = segmenter.shown.length;
    assert.equal((await run()).skipped, 3);
    assert.equal(segmenter.shown.length, shown);
    await Deno.remove(join(folder, "out/confidence/b.png"));
    await Deno.writeFile(join(folder, "photos/a.png"), await crackPhoto(48, 40, 9));
    assert.equal((await run()).skipped, 1);
    // Overlays that were not asked for before are made, and stay for the next run.
    assert.equal((await run({ overlays: true })).skipped, 0);
    assert.deepEqual(list(join(folder, "out/overlays")), ["a.jpg", "b.jpg", "c.jpg"]);
    assert.equal((await run({ overlays: true })).skipped, 3);
    const overlay = await decodeImage(await Deno.readFile(join(folder, "out/overlays/b.jpg")));
    assert.deepEqual([overlay.width, overlay.height], [150, 70]);
    // Crack is red, the rest as grey as the photo.
    const difference = (x: number) => overlay.data[4 * x] - overlay.data[4 * x + 1];
    assert.ok(difference(10) > 60 && difference(75) < 60, `${difference(10)}, ${difference(75)}`);
  });
});

Deno.test("predictPhotos() in shards does every photo once, and a whole run then takes their work up", async () => {
  await withPhotos(async (folder, compute) => {
    const names: string[] = [];
    for (const index of [1, 2]) {
      const shard = { index, count: 2 };
      const { photos } = await predictPhotos(options(folder, { shard }), opening(compute));
      assert.ok(photos.every(({ name }) => inShard(name, shard)));
      assert.deepEqual((await readManifest(folder, `manifest-${index}-of-2.json`)).photos, photos);
      names.push(...photos.map(({ name }) => name));
    }
    assert.deepEqual(names.sort(), ["a", "b", "c"]);
    const { photos, skipped } = await predictPhotos(options(folder), opening(compute));
    assert.deepEqual([photos.length, skipped], [3, 3]);
    assert.ok(!list(join(folder, "out")).some((name) => name.includes("-of-")));
  });
});

Deno.test("predictPhotos() refuses to mix networks or settings in one folder, and other tasks' folders", async () => {
  await withPhotos(async (folder, compute) => {
    await predictPhotos(options(folder), opening(compute));
    const refused = async (
      message: RegExp,
      overrides: Partial<PredictPhotosOptions>,
      sha256?: string,
    ): Promise<void> => {
      await assert.rejects(
        predictPhotos(options(folder, overrides), opening(compute, { sha256 })),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    };
    await refused(/predictions in .*: they were made with threshold 0\.5, not 0\.25; /, { threshold: 0.25 });
    await refused(/made with tile 96, not 64; /, { tile: 64 });
    await refused(/made with overlap 32, not 0; /, { overlap: 0 });
    await refused(
      /made with the network redness \(abababab\), not redness \(cdcdcdcd\); /,
      {},
      "cd".repeat(32),
    );
    await refused(/^Cannot let tiles of 64 pixels share 64: /, { tile: 64, overlap: 64 });
    const manifest = await readManifest(folder);
    await Deno.writeTextFile(
      join(folder, "out/manifest.json"),
      JSON.stringify({ ...manifest, task: "label" }),
    );
    await refused(/its manifest\.json is not the manifest of a folder of predictions; /, {});
  });
});

Deno.test("predictPhotos() goes on after a photo that the memory does not hold, and names tiles that fit", async () => {
  await withPhotos(async (folder, compute) => {
    const segmenter = new FakeSegmenter({ most: 4096 });
    const write = Deno.stderr.writeSync;
    Deno.stderr.writeSync = (bytes) => bytes.length;
    try {
      const { photos, failures } = await predictPhotos(options(folder), opening(compute, { segmenter }));
      assert.deepEqual(photos.map(({ name }) => name), ["a", "c"]);
      assert.match(
        failures[0].error,
        /^Cannot predict 96 × 70 pixels at once with redness: .*; tiles of 32 pixels fit\.$/,
      );
    } finally {
      Deno.stderr.writeSync = write;
    }
  });
});

Deno.test("predictPhotos() keeps what was guessed of a photo's file, and its EXIF data, in the manifest, and shows the guess in the report", async () => {
  await withPhotos(async (folder, compute) => {
    const samples = Array.from({ length: 48 * 32 }, (_, i) => i % 1024);
    const photo = join(folder, "photos/ten_bits.tif");
    await Deno.writeFile(photo, writeTiff([plainPage({ width: 48, height: 32, samples })]));
    const jpeg = await encodeJpeg(new ImageData(20, 10));
    const taken = withExif(jpeg, { exif: [[0x9003, "text", "2024:03:01 10:22:33"]] });
    await Deno.writeFile(join(folder, "photos/dated.jpg"), taken);
    await predictPhotos(options(folder), opening(compute));
    const note = "None of its 16-bit samples exceeds 1023: they were read as 10 bits.";
    const { photos } = await readManifest(folder);
    assert.deepEqual(photos.slice(3).map(({ name, notes, exif }) => ({ name, notes, exif })), [
      { name: "dated", notes: undefined, exif: { taken: "2024-03-01T10:22:33" } },
      { name: "ten_bits", notes: [note], exif: undefined },
    ]);
    assert.ok((await Deno.readTextFile(join(folder, "out/report.html"))).includes(note));
    // A second run takes such records up.
    const { skipped } = await predictPhotos(options(folder), opening(compute));
    assert.equal(skipped, 5);
  });
});
