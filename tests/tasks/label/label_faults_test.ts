import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeImage } from "../../../core/images/decode_image.ts";
import { encodePng } from "../../../core/images/encode_png.ts";
import { decodeSafetensors, encodeSafetensors } from "../../../models/checkpoint/safetensors.ts";
import { lockFolder } from "../../../tasks/files/locks.ts";
import type { LabelSummary } from "../listed_runs.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { preparePhotos } from "../prepare_photos.ts";
import { type Outcome, runScript } from "../run_script.ts";

/** Those of the task in deno.json. */
const PERMISSIONS = ["--allow-read", "--allow-write"];
const CLASSIFIER = ["--classifier", "classifier.safetensors"];
const ARGS = ["photos", "--out", "labels", "--method", "paper", ...CLASSIFIER];

function label(cwd: string, args: readonly string[], permissions = PERMISSIONS): Promise<Outcome> {
  return runScript("tasks/label.ts", args, { permissions, cwd });
}

async function withPhotos(
  names: readonly string[],
  test: (folder: string) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder();
  await preparePhotos(folder.path, names);
  await test(folder.path);
}

function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

function flat(width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  return encodePng({ width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(128) });
}

/** A symbolic link, which Deno makes for runs that may do anything only. */
async function link(target: string, path: string): Promise<void> {
  const code = `Deno.symlinkSync(${JSON.stringify(target)}, ${JSON.stringify(path)})`;
  assert.ok((await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output()).success);
}

/** One sentence on one line, apart from what a run says of itself before. */
function assertSentence({ out, err }: Outcome, message: RegExp): void {
  const lines = err.trimEnd().split("\n").filter((line) => !line.startsWith("Kernels run on "));
  assert.equal(lines.length, 1, err);
  assert.match(lines[0], /^Error: Cannot .*[^.]\.$/);
  assert.match(lines[0], message);
  assert.equal(out, "");
}

/** Files and folders that `label` cannot work with, beside `photos/`. */
async function prepareFaults(folder: string): Promise<void> {
  for (const name of ["empty", "notes", "taken/masks", "half"]) {
    await Deno.mkdir(join(folder, name), { recursive: true });
  }
  await Deno.writeTextFile(join(folder, "notes/readme.txt"), "no photo");
  await Deno.writeTextFile(join(folder, "file"), "no folder");
  await Deno.writeTextFile(join(folder, "half/manifest.json"), '{ "program": "hairline", "task": "la');
  const good = await Deno.readFile(join(folder, "classifier.safetensors"));
  await Deno.writeFile(join(folder, "cut"), good.subarray(0, good.length - 100));
  await Deno.writeFile(join(folder, "short"), good.subarray(0, 5));
  const flipped = good.slice();
  flipped[flipped.length - 50] ^= 0x55;
  await Deno.writeFile(join(folder, "flipped"), flipped);
  const { tensors, metadata } = decodeSafetensors(good);
  const changed = (name: string, changes: Record<string, string>) =>
    Deno.writeFile(join(folder, name), encodeSafetensors({ tensors, metadata: { ...metadata, ...changes } }));
  await changed("newer", { version: "99" });
  await changed("wider", { network: metadata.network.replace('"width":0.0625', '"width":0.125') });
  const weight = { dtype: "F32", shape: [2], data: new Float32Array(2) } as const;
  await Deno.writeFile(
    join(folder, "foreign"),
    encodeSafetensors({ tensors: new Map([["weight", weight]]), metadata: {} }),
  );
}

const withClassifier = (file: string) => ["photos", "-o", "labels", "--method", "paper", "-c", file];

const REFUSED: Record<string, [args: string[], code: number, message: RegExp]> = {
  "an empty folder": [["empty", "-o", "labels"], 2, /^Error: Cannot find a photo in empty: /],
  "a folder without images": [["notes", "-o", "labels"], 2, /^Error: Cannot find a photo in notes: /],
  "a file that is no image by its name": [["file", "-o", "labels"], 2, /Cannot find a photo in file: /],
  "a path behind a file": [["file/a", "-o", "labels"], 2, /Cannot read file\/a: there is no such file/],
  "a file in the place of the output": [
    ["photos", "-o", "file", ...CLASSIFIER],
    2,
    /Cannot write into file: .* is a file where a folder is wanted; choose another/,
  ],
  "an output behind a file": [
    ["photos", "-o", "file/deep/er", ...CLASSIFIER],
    2,
    /Cannot write into file\/deep\/er: .* is a file where a folder is wanted; choose another/,
  ],
  "an output with masks of other origin": [
    ["photos", "-o", "taken", ...CLASSIFIER],
    2,
    /Cannot write into taken: its masks is not from Hairline/,
  ],
  "an output with a damaged manifest": [
    ["photos", "-o", "half", ...CLASSIFIER],
    2,
    /Cannot write into half: its manifest\.json is not the manifest of a folder of labels/,
  ],
  "a classifier cut short": [
    withClassifier("cut"),
    1,
    /Cannot use cut: .* cut short, \d+ bytes of values of \d+/,
  ],
  "a classifier of five bytes": [withClassifier("short"), 1, /Cannot use short: .* 5 bytes where 8 of/],
  "a classifier with a flipped byte": [
    withClassifier("flipped"),
    1,
    /Cannot use flipped: .* SHA-256 differs: the file is damaged/,
  ],
  "a classifier of another program": [
    withClassifier("foreign"),
    1,
    /Cannot use foreign: .* metadata calls it null, "hairline-classifier" is wanted/,
  ],
  "a classifier of a newer version": [withClassifier("newer"), 1, /Cannot use newer: .* format version "99"/],
  "a classifier whose parameters do not fit its network": [
    withClassifier("wider"),
    1,
    /Cannot use wider: .* resnet18 × 0\.125: .* \(F32 \[1,1,8,8\], float \[1,1,8,16\] is wanted\)/,
  ],
  "a photo for a classifier": [
    withClassifier("photos/a.png"),
    1,
    /Cannot use photos\/a\.png: .*header claims/,
  ],
  "a folder for a classifier": [withClassifier("photos"), 1, /Cannot read photos: it is a folder/],
};

Deno.test("label refuses bad input in one sentence that names it, with the right exit code", async (t) => {
  await withPhotos(["a.png"], async (folder) => {
    await prepareFaults(folder);
    const before = list(join(folder, "taken"));
    for (const [what, [args, code, message]] of Object.entries(REFUSED)) {
      await t.step(what, async () => {
        const outcome = await label(folder, args);
        assertSentence(outcome, message);
        assert.equal(outcome.code, code);
      });
    }
    assert.deepEqual(list(join(folder, "taken/masks")), []);
    assert.deepEqual(list(join(folder, "taken")).filter((name) => !name.startsWith(".")), before);
    assert.equal(await Deno.readTextFile(join(folder, "file")), "no folder");
  });
});

Deno.test("label refuses options that it does not have or that cannot be, and ends with 2", async () => {
  for (
    const [option, message] of [
      [["--bogus"], /Unexpected option or argument: "--bogus"/],
      [["--shard", "9/4"], /between 1 and the count, but got "9\/4"/],
      [["--backend", "cuda"], /`--backend`: Expected one of/],
      [["--label-threshold", "2"], /less than or equal to 1, but got "2"/],
    ] as const
  ) {
    const { code, out, err } = await label(".", [...ARGS, ...option]);
    assert.match(err.replaceAll(/\s+/g, " "), message);
    assert.deepEqual([code, out], [2, ""]);
  }
});

Deno.test("label names the path and the flag of each permission that is missing", async () => {
  await withPhotos(["a.png"], async (folder) => {
    for (
      const [permissions, verb, path, flag] of [
        [["--allow-write"], "read", "photos", "--allow-read=photos"],
        [
          ["--allow-read=photos,classifier.safetensors", "--allow-write"],
          "read",
          "labels",
          "--allow-read=labels",
        ],
        [
          ["--allow-read=photos,labels", "--allow-write"],
          "read",
          "classifier.safetensors",
          "--allow-read=classifier.safetensors",
        ],
        [["--allow-read", "--allow-write=elsewhere"], "write", "labels", "--allow-write=labels"],
      ] as const
    ) {
      const outcome = await label(folder, ARGS, [...permissions]);
      assertSentence(
        outcome,
        new RegExp(`^Error: Cannot ${verb} ${path}: this run has no permission .*${flag} among`),
      );
      assert.equal(outcome.code, 2);
    }
  });
});

Deno.test("label lets a second run into a folder only after the first", async () => {
  await withPhotos(["a.png"], async (folder) => {
    {
      using _first = await lockFolder(join(folder, "labels"));
      const outcome = await label(folder, ARGS);
      assertSentence(outcome, /Cannot write into labels: another run is at work there; wait until it ends/);
      assert.equal(outcome.code, 2);
      assert.deepEqual(list(join(folder, "labels")), [".hairline.lock"]);
    }
    assert.equal((await label(folder, [...ARGS, "-q"])).code, 0);
  });
});

Deno.test("label leaves photos that may only be read as they are", async () => {
  await withPhotos(["a.png", "b.png"], async (folder) => {
    const photos = join(folder, "photos");
    for (const name of list(photos)) await Deno.chmod(join(photos, name), 0o444);
    await Deno.chmod(photos, 0o555);
    const before = list(photos).map((name) => Deno.statSync(join(photos, name)).mtime?.getTime());
    const { code, err } = await label(folder, ARGS, ["--allow-read", "--allow-write=labels"]);
    await Deno.chmod(photos, 0o755);
    assert.equal(code, 0, err);
    assert.deepEqual(list(photos), ["a.png", "b.png"]);
    assert.deepEqual(list(photos).map((name) => Deno.statSync(join(photos, name)).mtime?.getTime()), before);
  });
});

Deno.test({
  name: "label ends with one sentence when the disk is full, and the next run goes on",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await withPhotos(["a.png", "b.png", "c.png"], async (folder) => {
      const masks = join(folder, "labels/masks");
      assert.equal((await label(folder, ["photos/a.png", ...ARGS.slice(1), "-q"])).code, 0);
      // The device on which every byte is one too many, in the place where the second mask is written first.
      await link("/dev/full", join(masks, ".b.png.part"));
      // Deno guards devices: all permissions are asked for.
      const outcome = await label(folder, [...ARGS, "-q"], ["-A"]);
      assertSentence(
        outcome,
        /Cannot write labels\/masks\/b\.png: the disk is full; free some space and run/,
      );
      assert.equal(outcome.code, 1);
      // The photo after it was in work at the same time.
      assert.deepEqual(list(masks).filter((name) => name !== "c.png"), ["a.png"]);
      const next = await label(folder, [...ARGS, "--json", "-q"]);
      const { photos, skipped }: LabelSummary = JSON.parse(next.out);
      assert.deepEqual([photos.length, skipped], [3, 1]);
    });
  },
});

const NAMES = [
  "with space",
  `it's "quoted"`,
  "<script>alert(1)<%2Fscript>",
  "#1?x=&amp;",
  "50%41",
  "Riß 🛣️ 日本",
  "-o",
  "$(touch x);`y`",
  "back\\slash",
  "x".repeat(251),
];

Deno.test({
  name: "label takes any name of a photo: files, manifest and report bear it, on the terminal it is harmless",
  ignore: Deno.build.os === "windows",
  async fn() {
    const bad = "\x1b[2Jred\x07.png";
    await withPhotos([...NAMES.map((name) => `${name}.png`)], async (folder) => {
      await Deno.writeTextFile(join(folder, "photos", bad), "no photo");
      const { code, out, err } = await label(folder, [...ARGS, "--json"]);
      assert.equal(code, 1, err);
      const { photos, failures }: LabelSummary = JSON.parse(out);
      const outputs = NAMES.map((name) => name.replace("\\", "/"));
      assert.deepEqual(photos.map(({ name }) => name).sort(), [...outputs].sort());
      for (const name of outputs) {
        const mask = await decodeImage(await Deno.readFile(join(folder, "labels/masks", `${name}.png`)));
        assert.deepEqual([mask.width, mask.height], [40, 33]);
      }
      assert.deepEqual(failures.map(({ path }) => path), [`photos/${bad}`]);
      assert.ok(err.includes("photos/�[2Jred�.png: Cannot decode"), err);
      assert.ok(!err.includes("\x1b"));
      const report = await Deno.readTextFile(join(folder, "labels/report.html"));
      assert.equal(report.match(/<script>/g)?.length, 1);
      assert.ok(report.includes('data-name="&lt;script&gt;alert(1)&lt;%2Fscript&gt;"'));
      assert.ok(report.includes("<h2>Riß 🛣️ 日本</h2>"));
      // The names are known again.
      const again: LabelSummary = JSON.parse((await label(folder, [...ARGS, "--json", "-q"])).out);
      assert.equal(again.skipped, NAMES.length);
    });
  },
});

Deno.test("label labels flat photos, single pixels and photos smaller than a patch", async () => {
  await withPhotos([], async (folder) => {
    const sizes = { flat: [70, 50], pixel: [1, 1], row: [7, 1], column: [1, 7], small: [15, 17] } as const;
    for (const [name, [width, height]] of Object.entries(sizes)) {
      await Deno.writeFile(join(folder, "photos", `${name}.png`), await flat(width, height));
    }
    for (const recipe of ["paper", "reference"]) {
      const args = ["photos", "-o", recipe, ...CLASSIFIER, "--recipe", recipe, "--stages", "--json"];
      const { code, out, err } = await label(folder, args);
      assert.equal(code, 0, err);
      const { photos }: LabelSummary = JSON.parse(out);
      assert.equal(photos.length, 5);
      for (const { name, width, height } of photos) {
        assert.deepEqual([width, height], sizes[name as keyof typeof sizes]);
        for (const file of [`masks/${name}`, `confidence/${name}`, `stages/${name}/product`]) {
          const image = await decodeImage(await Deno.readFile(join(folder, recipe, `${file}.png`)));
          assert.deepEqual([image.width, image.height], [width, height]);
        }
      }
    }
  });
});

Deno.test({
  name: "label leaves out links that lead nowhere or round in a circle, and says so by its exit code",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withPhotos(["a.png"], async (folder) => {
      const photos = join(folder, "photos");
      await link("nowhere.png", join(photos, "gone.png"));
      await link("round.png", join(photos, "round.png"));
      await link(photos, join(photos, "again"));
      const { code, out, err } = await label(folder, [...ARGS, "--json", "-q"]);
      assert.equal(code, 1, err);
      assert.deepEqual((JSON.parse(out) as LabelSummary).photos.map(({ name }) => name), ["a"]);
    });
  },
});
