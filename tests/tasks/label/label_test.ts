import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeImage } from "../../../core/images/decode_image.ts";
import type { LabelSummary } from "../listed_runs.ts";
import type { Manifest } from "../../../tasks/label/manifest.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { tinySegmenter } from "../predict/prepare_segmenter.ts";
import { crackPhoto } from "../crack_photo.ts";
import { preparePhotos } from "../prepare_photos.ts";
import { runScript, startScript } from "../run_script.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const LABEL = "tasks/label.ts";
const PERMISSIONS = ["--allow-read", "--allow-write"];

function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

const ARGS = ["photos", "--out", "labels", "--classifier", "classifier.safetensors"];

Deno.test("label writes masks, confidences, a manifest and a report, and prints them as JSON on request", async () => {
  await using folder = await temporaryFolder();
  await preparePhotos(folder.path, ["a.png", "b.png"]);
  const { code, out, err } = await runScript(LABEL, [...ARGS, "--json", "--recipe", "reference"], {
    permissions: PERMISSIONS,
    cwd: folder.path,
  });
  assert.equal(code, 0, err);
  assert.match(err, /^Kernels run on .*, resnet18 × 0\.0625 on (?:wasm(?: in \d+ threads)?|webgpu)\.$/m);
  const summary: LabelSummary = JSON.parse(out);
  assert.deepEqual(summary.photos.map(({ path }) => path), ["photos/a.png", "photos/b.png"]);
  const labels = join(folder.path, "labels");
  const manifest: Manifest = JSON.parse(await Deno.readTextFile(join(labels, "manifest.json")));
  assert.deepEqual(manifest.photos, summary.photos);
  assert.equal(manifest.recipe?.name, "reference");
  assert.equal(manifest.classifier?.source, "classifier.safetensors");
  assert.match(manifest.classifier?.sha256 ?? "", /^[0-9a-f]{64}$/);
  for (const { name, crackPixels } of manifest.photos) {
    const mask = await decodeImage(await Deno.readFile(join(labels, "masks", `${name}.png`)));
    assert.deepEqual([mask.width, mask.height], [40, 33]);
    const values = mask.data.filter((_, i) => i % 4 === 0);
    assert.deepEqual([...new Set(values)].filter((value) => value !== 0 && value !== 255), []);
    assert.equal(values.filter((value) => value === 255).length, crackPixels);
  }
});

Deno.test("label says where the report is and ends with 1 where a photo failed", async () => {
  await using folder = await temporaryFolder();
  await preparePhotos(folder.path, ["a.png"]);
  await Deno.writeTextFile(join(folder.path, "photos/bad.jpg"), "no photo");
  const { code, out, err } = await runScript(LABEL, ARGS, { permissions: PERMISSIONS, cwd: folder.path });
  assert.equal(code, 1, err);
  assert.match(out, /^Labelled 1 photo in .*; 1 failed; /);
  assert.match(out, /^Report: +labels\/report\.html$/m);
  assert.match(err, /^photos\/bad\.jpg: Cannot decode .*\.$/m);
  assert.deepEqual(list(join(folder.path, "labels/masks")), ["a.png"]);
});

Deno.test("label by the method hairline takes networks of one's own and keeps both in the manifest", async () => {
  await using folder = await temporaryFolder();
  await preparePhotos(folder.path, ["a.png", "b.png"]);
  await Deno.writeFile(join(folder.path, "unet.safetensors"), await tinySegmenter());
  const run = (...args: string[]) =>
    runScript(LABEL, [...ARGS, ...args], { permissions: PERMISSIONS, cwd: folder.path });
  const hairline = ["--method", "hairline", "--segmenter", "unet.safetensors"];
  const { code, out, err } = await run(...hairline, "--localisation", "dense", "--stages", "--json");
  assert.equal(code, 0, err);
  assert.match(err, /^Kernels run on .*, resnet18 × 0\.0625 on .*, unet × 0\.015625 on .*\.$/m);
  assert.equal((JSON.parse(out) as LabelSummary).photos.length, 2);
  const labels = join(folder.path, "labels");
  const manifest: Manifest = JSON.parse(await Deno.readTextFile(join(labels, "manifest.json")));
  assert.deepEqual(
    [manifest.method, manifest.recipe, manifest.classifier?.source, manifest.segmenter?.source],
    ["hairline", undefined, "classifier.safetensors", "unet.safetensors"],
  );
  assert.deepEqual(list(join(labels, "stages/a")), [
    "confidence.png",
    "localisation.png",
    "network.png",
    "scale-1.png",
  ]);
  // It goes on, and not by another method.
  const again = await run(...hairline, "--localisation", "dense", "--json", "-q");
  assert.equal((JSON.parse(again.out) as LabelSummary).skipped, 2);
  const other = await run("--recipe", "paper", "-q");
  assert.match(other.err, /^Error: Cannot add to the labels in labels: .* the method hairline, not paper; /m);
  assert.equal(other.code, 2);
});

Deno.test("label goes on by the method that labels were begun by, and says so", async () => {
  await using folder = await temporaryFolder();
  await preparePhotos(folder.path, ["a.png"]);
  const run = (...args: string[]) =>
    runScript(LABEL, [...ARGS, ...args], { permissions: PERMISSIONS, cwd: folder.path });
  assert.equal((await run("--recipe", "reference", "-q")).code, 0);
  // The method alone is taken up: what was changed of it has to be given again.
  const changed = await run("-q");
  assert.match(
    changed.err,
    /^Error: Cannot add to the labels in labels: they were made with patchGrid stretched, /m,
  );
  const { code, out, err } = await run("--recipe", "reference", "--json");
  assert.equal(code, 0, err);
  assert.equal((JSON.parse(out) as LabelSummary).skipped, 1);

  await Deno.remove(join(folder.path, "labels"), { recursive: true });
  assert.equal((await run("--method", "cam-crf", "-q")).code, 0);
  const plain = await run("--json");
  assert.match(
    plain.err,
    /^Using the method cam-crf, since the labels that are already in labels were made with it\.$/m,
  );
  assert.equal((JSON.parse(plain.out) as LabelSummary).skipped, 1);
});

Deno.test("label refuses a network that the method does not ask", async () => {
  await using folder = await temporaryFolder();
  await preparePhotos(folder.path, ["a.png"]);
  await Deno.writeFile(join(folder.path, "unet.safetensors"), await tinySegmenter());
  for (
    const [args, message] of [
      [["--method", "paper", "--segmenter", "unet.safetensors"], /by the method paper with --segmenter: /],
      [
        ["--localisation", "none"],
        /by the method hairline with --classifier: it does not use a classifier; /,
      ],
    ] as const
  ) {
    const { code, err } = await runScript(LABEL, [...ARGS, ...args], {
      permissions: PERMISSIONS,
      cwd: folder.path,
    });
    assert.match(err, message);
    assert.equal(code, 2);
  }
});

const REFUSED: Record<string, [args: string[], permissions: string[], message: RegExp]> = {
  "a missing read permission": [
    ARGS,
    ["--allow-write"],
    /^Error: Cannot read photos: .* --allow-read=photos among/,
  ],
  "a missing write permission": [
    ARGS,
    ["--allow-read"],
    /^Error: Cannot write labels: .* --allow-write=labels among/,
  ],
  "a path that is not there": [
    ["nothing", "-o", "labels"],
    PERMISSIONS,
    /^Error: Cannot read nothing: there is no such/,
  ],
  "a folder without photos": [
    ["empty", "-o", "labels"],
    PERMISSIONS,
    /^Error: Cannot find a photo in empty: /,
  ],
  "a stride that does not divide the patch": [
    [...ARGS, "--patch-size", "40"],
    PERMISSIONS,
    /^Error: Cannot lay patches/,
  ],
};

Deno.test("label refuses in one sentence what cannot work, and ends with 2", async (t) => {
  await using folder = await temporaryFolder();
  await preparePhotos(folder.path, ["a.png"]);
  await Deno.mkdir(join(folder.path, "empty"));
  for (const [what, [args, permissions, message]] of Object.entries(REFUSED)) {
    await t.step(what, async () => {
      const { code, out, err } = await runScript(LABEL, args, { permissions, cwd: folder.path });
      assert.match(err, message);
      assert.equal(err.trimEnd().split("\n").length, 1);
      assert.deepEqual([code, out], [2, ""]);
    });
  }
  assert.ok(!list(folder.path).includes("labels"));
});

Deno.test("label names a classifier that is not there or is none", async () => {
  await using folder = await temporaryFolder();
  await preparePhotos(folder.path, ["a.png"]);
  await Deno.writeTextFile(join(folder.path, "text"), "no classifier");
  for (
    const [file, message] of [["nowhere", /^Error: Cannot read nowhere: there is no such/m], [
      "text",
      /^Error: Cannot .*\.$/m,
    ]] as const
  ) {
    const args = [...ARGS.slice(0, -1), file];
    const { code, err } = await runScript(LABEL, args, { permissions: PERMISSIONS, cwd: folder.path });
    assert.match(err, message);
    assert.doesNotMatch(err, /fault of Hairline/);
    assert.equal(code, file === "nowhere" ? 2 : 1);
  }
});

Deno.test("label keeps a folder to one run, and the next goes on where a killed one ended", async () => {
  await using folder = await temporaryFolder();
  const names = Array.from({ length: 12 }, (_, i) => `${i}.png`);
  await preparePhotos(folder.path, names);
  const masks = join(folder.path, "labels/masks");
  const args = [...ARGS, "--method", "paper"];
  const first = startScript(LABEL, [...args, "-q"], { permissions: PERMISSIONS, cwd: folder.path });
  await first.until(() => Deno.stat(masks).then(() => true, () => false));
  const second = await runScript(LABEL, args, { permissions: PERMISSIONS, cwd: folder.path });
  await first.kill();
  // The first may have been faster than the second's start; a killed run leaves whole files only.
  if (second.code !== 0) {
    assert.match(second.err, /^Error: Cannot write into labels: another run is at work there/);
  }
  for (const name of list(masks).filter((name) => !name.startsWith("."))) {
    assert.equal((await decodeImage(await Deno.readFile(join(masks, name)))).width, 40);
  }
  const { code, out, err } = await runScript(LABEL, [...args, "--json"], {
    permissions: PERMISSIONS,
    cwd: folder.path,
  });
  assert.equal(code, 0, err);
  assert.equal((JSON.parse(out) as LabelSummary).photos.length, 12);
  assert.deepEqual(list(masks), [...names].sort());
});

Deno.test("demo labels its photos with its own permissions and says where the report is", async () => {
  await using folder = await temporaryFolder();
  await preparePhotos(folder.path, []);
  const { code, out, err } = await runScript("tasks/demo.ts", ["--classifier", "classifier.safetensors"], {
    permissions: [`--allow-read=${ROOT}`, "--allow-write=hairline-demo"],
    cwd: folder.path,
  });
  assert.equal(code, 0, err);
  const report = join(folder.path, "hairline-demo/report.html");
  assert.ok(out.includes(`file://${report}`), out);
  assert.equal((await Deno.readTextFile(report)).match(/class="photo"/g)?.length, 4);
  assert.equal(list(join(folder.path, "hairline-demo/stages")).length, 4);
});

Deno.test("label lists what it would do, proposes a folder and writes nothing", async () => {
  await using temporary = await temporaryFolder();
  const cwd = temporary.path;
  await Deno.mkdir(join(cwd, "photos"));
  for (const name of ["a", "b"]) {
    await Deno.writeFile(join(cwd, `photos/${name}.png`), await crackPhoto(40, 33, 1));
  }
  const run = (...args: string[]) =>
    runScript("tasks/label.ts", args, { permissions: ["--allow-read"], cwd });
  const missing = await run("photos/");
  assert.equal(missing.code, 2);
  assert.equal(
    missing.err,
    "Error: Cannot label without a folder for the labels: give --out, such as --out photos-labels.\n",
  );
  const planned = await run("photos", "--out", "labels", "--dry-run");
  assert.equal(planned.code, 0, planned.err);
  assert.deepEqual(planned.out.split("\n"), [
    "photos/a.png → confidence/a.png, masks/a.png",
    "photos/b.png → confidence/b.png, masks/b.png",
    "2 photos, 0 of them done before. Nothing was written.",
    "",
  ]);
  assert.deepEqual(list(cwd), ["photos"]);
});
