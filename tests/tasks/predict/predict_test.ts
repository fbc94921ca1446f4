import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeImage } from "../../../core/images/decode_image.ts";
import type { Manifest } from "../../../tasks/predict/manifest.ts";
import type { PredictSummary } from "../listed_runs.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { crackPhoto } from "../crack_photo.ts";
import { preparePhotos } from "../prepare_photos.ts";
import { tinySegmenter } from "./prepare_segmenter.ts";
import { type Outcome, runScript, startScript } from "../run_script.ts";

/** Those of the task in deno.json. */
const PERMISSIONS = ["--allow-read", "--allow-write"];
const ARGS = ["photos", "--out", "out", "--segmenter", "segmenter.safetensors"];

function predict(cwd: string, args: readonly string[]): Promise<Outcome> {
  return runScript("tasks/predict.ts", args, { permissions: PERMISSIONS, cwd });
}

/** Photos of 40 × 33 and a tiny untrained network, `segmenter.safetensors`, in a new folder. */
async function withPhotos(names: readonly string[], test: (folder: string) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  await preparePhotos(folder.path, names);
  await Deno.writeFile(join(folder.path, "segmenter.safetensors"), await tinySegmenter());
  await test(folder.path);
}

function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

Deno.test("predict writes masks, confidences, overlays, a manifest and a report, and goes on after a bad file", async () => {
  await withPhotos(["a.png", "b.png"], async (folder) => {
    await Deno.writeTextFile(join(folder, "photos/bad.jpg"), "no photo");
    // Larger than a tile.
    await Deno.writeFile(join(folder, "photos/large.png"), await crackPhoto(150, 70, 1));
    const { code, out, err } = await predict(folder, [...ARGS, "--overlays", "--tile", "64", "--json"]);
    assert.equal(code, 1, err);
    assert.match(err, /^Kernels run on .*, unet × 0\.015625 on (?:wasm(?: in \d+ threads)?|webgpu)\.$/m);
    assert.match(err, /^photos\/bad\.jpg: Cannot decode .*\.$/m);
    const summary: PredictSummary = JSON.parse(out);
    assert.deepEqual(summary.photos.map(({ name }) => name), ["a", "b", "large"]);
    assert.deepEqual(summary.failures.map(({ name }) => name), ["bad"]);
    const manifest: Manifest = JSON.parse(await Deno.readTextFile(join(folder, "out/manifest.json")));
    assert.deepEqual(manifest.photos, summary.photos);
    assert.equal(manifest.segmenter.source, "segmenter.safetensors");
    assert.match(manifest.segmenter.sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual([manifest.tile, manifest.overlap], [64, 32]);
    for (const { name, width, height, crackPixels } of manifest.photos) {
      assert.deepEqual([width, height], name === "large" ? [150, 70] : [40, 33]);
      const [mask, confidence, overlay] = await Promise.all(
        [`masks/${name}.png`, `confidence/${name}.png`, `overlays/${name}.jpg`].map(async (file) =>
          await decodeImage(await Deno.readFile(join(folder, "out", file)))
        ),
      );
      for (const image of [mask, confidence, overlay]) {
        assert.deepEqual([image.width, image.height], [width, height]);
      }
      let crack = 0;
      for (let i = 0; i < width * height; i++) {
        // 0.5 itself lies between 127 and 128.
        if (confidence.data[4 * i] !== 128) {
          assert.equal(mask.data[4 * i], confidence.data[4 * i] > 127 ? 255 : 0);
        }
        if (mask.data[4 * i] > 0) crack++;
      }
      assert.equal(crack, crackPixels);
    }
  });
});

Deno.test("predict killed leaves whole files only, and the next run goes on where it ended", async () => {
  const names = Array.from({ length: 12 }, (_, i) => `${i}.png`);
  await withPhotos(names, async (folder) => {
    const masks = join(folder, "out/masks");
    const killed = startScript("tasks/predict.ts", [...ARGS, "-q"], {
      permissions: PERMISSIONS,
      cwd: folder,
    });
    await killed.until(() => Deno.stat(masks).then(() => true, () => false));
    await killed.kill();
    const left = list(masks).filter((name) => !name.startsWith("."));
    for (const name of left) {
      assert.equal((await decodeImage(await Deno.readFile(join(masks, name)))).width, 40);
    }
    const { code, out, err } = await predict(folder, [...ARGS, "--json", "-q"]);
    assert.equal(code, 0, err);
    assert.equal((JSON.parse(out) as PredictSummary).photos.length, 12);
    assert.deepEqual(list(masks), [...names].sort());
    const again: PredictSummary = JSON.parse((await predict(folder, [...ARGS, "--json", "-q"])).out);
    assert.equal(again.skipped, 12);
  });
});

const REFUSED: Record<string, [args: string[], code: number, message: RegExp]> = {
  "a classifier in the place of the network": [
    ["-s", "classifier.safetensors"],
    1,
    /Cannot use classifier\.safetensors: .* holds a classifier \(resnet18 × 0\.0625\), and a segmentation network is wanted/,
  ],
  "a URL that may not be fetched": [
    ["-s", "https://weights.example/unet.safetensors"],
    2,
    /Cannot fetch https:\/\/weights\.example\/unet\.safetensors: .* deno run .*--allow-net=weights\.example tasks\/predict\.ts …/,
  ],
  "tiles that cannot be": [
    ["-s", "segmenter.safetensors", "--tile", "100"],
    2,
    /Cannot take 100 for --tile: /,
  ],
};

Deno.test("predict refuses bad input in one sentence that names it, with the right exit code", async (t) => {
  await withPhotos(["a.png"], async (folder) => {
    for (const [what, [args, code, message]] of Object.entries(REFUSED)) {
      await t.step(what, async () => {
        const outcome = await predict(folder, ["photos", "-o", "out", ...args]);
        assert.match(outcome.err, /^Error: Cannot [^\n]*[^.]\.\n$/);
        assert.match(outcome.err, message);
        assert.deepEqual([outcome.code, outcome.out], [code, ""]);
      });
    }
  });
});
