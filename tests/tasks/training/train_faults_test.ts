import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import { loadCheckpoint } from "../../../models/classifier/checkpoint.ts";
import { lockFile } from "../../../tasks/files/locks.ts";
import { random } from "../../core/images/image_fixtures.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { crackPhoto } from "../crack_photo.ts";
import { preparePhotos } from "../prepare_photos.ts";
import { type Outcome, runScript, scriptArgs } from "../run_script.ts";

/** Those of the task in deno.json. */
const PERMISSIONS = ["--allow-read", "--allow-write"];
/** A small training, but for the number of its patches. */
const SMALL = [
  ...["--arch", "resnet18", "--width", "0.125", "--patch-sizes", "16", "--batch", "8"],
  ...["--epochs", "1", "--threads", "1", "--patches"],
];

function train(cwd: string, args: readonly string[], permissions = PERMISSIONS): Promise<Outcome> {
  return runScript("tasks/classifier/train.ts", args, { permissions, cwd });
}

/** `patches/crack` and `patches/no_crack` with three photos each. */
async function withPatches(test: (folder: string) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  await preparePhotos(folder.path, []);
  for (const label of ["crack", "no_crack"]) {
    await Deno.mkdir(join(folder.path, "patches", label), { recursive: true });
    for (let i = 0; i < 3; i++) {
      const png = label === "crack" ? await crackPhoto(24, 20, i) : await grain(24, 20, i);
      await Deno.writeFile(join(folder.path, "patches", label, `${i}.png`), png);
    }
  }
  await test(folder.path);
}

function grain(width: number, height: number, seed: number): Promise<Uint8Array<ArrayBuffer>> {
  const next = random(seed);
  const data = Uint8Array.from({ length: width * height * 3 }, () => 160 + 40 * next());
  return encodePng({ width, height, channels: 3, data });
}

function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

Deno.test("classifier:train refuses bad input in one sentence, before it trains", async (t) => {
  await withPatches(async (folder) => {
    for (const name of ["empty", "half/crack", "half/no_crack", "notes", "bad/crack", "bad/no_crack"]) {
      await Deno.mkdir(join(folder, name), { recursive: true });
    }
    await Deno.writeTextFile(join(folder, "notes/readme.txt"), "no photo");
    await Deno.writeTextFile(join(folder, "file"), "no folder");
    for (const label of ["crack", "no_crack"]) {
      await Deno.writeTextFile(join(folder, "bad", label, "a.jpg"), "no photo");
    }
    const checkpoint = await Deno.readFile(join(folder, "classifier.safetensors"));
    await Deno.writeFile(join(folder, "cut.training"), checkpoint.subarray(0, 1000));
    await Deno.writeFile(join(folder, "none.training"), checkpoint);
    const cases: Record<string, [args: string[], code: number, message: RegExp, lines?: number]> = {
      "an empty folder": [["empty", "-o", "c"], 2, /^Error: Cannot train on empty: it holds nothing, /],
      "folders without images": [["half", "-o", "c"], 2, /^Error: Cannot find a photo in half\/crack: /],
      "masks that are not there": [
        ["--images", "patches/crack", "--masks", "notes", "-o", "c"],
        2,
        /^Error: Cannot find masks in notes: it holds 1 \.txt file /,
      ],
      "photos that cannot be read": [["bad", "-o", "c"], 1, /^Error: Cannot go on: none of the photos/m, 3],
      "an output behind a file": [
        ["patches", "-o", "file/c"],
        2,
        /^Error: Cannot write file\/c: file, or a part of its path, is a file where a folder is wanted; /,
      ],
      "a folder in the place of the output": [
        ["patches", "-o", "notes", "--restart"],
        2,
        /^Error: Cannot write notes: it is a folder, and a file is wanted; choose another name\.$/,
      ],
      "a saved training cut short": [
        ["patches", "-o", "cut"],
        1,
        /^Error: Cannot use cut\.training: .* cut short.*; give --restart to start again\.$/,
      ],
      "a classifier for a saved training": [
        ["patches", "-o", "none"],
        1,
        /^Error: Cannot go on from none\.training: it holds no training; delete it to start again\.$/,
      ],
    };
    for (const [what, [args, code, message, lines = 1]] of Object.entries(cases)) {
      await t.step(what, async () => {
        const outcome = await train(folder, [...args, ...SMALL, "64"]);
        const err = outcome.err.trimEnd().split("\n");
        assert.match(err.join("\n"), message);
        assert.equal(err.length, lines, outcome.err);
        assert.deepEqual([outcome.code, outcome.out], [code, ""]);
      });
    }
    assert.deepEqual(list(folder).filter((name) => /^c|part$/.test(name)), [
      "classifier.safetensors",
      "cut.training",
    ]);
  });
});

Deno.test("classifier:train names a missing permission before it trains", async () => {
  await withPatches(async (folder) => {
    for (
      const [permissions, message] of [
        [["--allow-write"], /^Error: Cannot read c\b.* --allow-read=c\b/m],
        [["--allow-read"], /^Error: Cannot write out: .* --allow-write=out among/m],
        [
          ["--allow-read=out", "--allow-write"],
          /^Error: Cannot read patches: .* --allow-read=patches /m,
        ],
      ] as const
    ) {
      const { code, err } = await train(folder, ["patches", "-o", "out/c", ...SMALL, "64"], [...permissions]);
      assert.match(err.replaceAll("out/c", "c"), message);
      assert.doesNotMatch(err, /Step/);
      assert.equal(code, 2);
    }
  });
});

Deno.test("classifier:train writes no network whose last step left weights that are not finite", async () => {
  await withPatches(async (folder) => {
    // One step, whose own loss is finite.
    const { code, err } = await train(folder, [
      ...["patches", "-o", "c", ...SMALL, "8", "--learning-rate", "1e38", "--save-every", "0.0001"],
    ]);
    assert.match(
      err,
      /^Error: Cannot go on training: after step 1 some weights are no longer finite; choose a lower learning rate\.$/m,
    );
    assert.equal(code, 1);
    assert.deepEqual(list(folder).filter((name) => /^c/.test(name)), ["classifier.safetensors"]);
  });
});

Deno.test("classifier:train lets a second run on the same file only after the first", async () => {
  await withPatches(async (folder) => {
    using _first = await lockFile(join(folder, "c"));
    const { code, err } = await train(folder, ["patches", "-o", "c", ...SMALL, "64"]);
    assert.match(
      err,
      /^Error: Cannot write c: another run is at work on it; wait until it ends, or choose another name\.$/m,
    );
    assert.equal(code, 2);
  });
});

Deno.test("classifier:train killed again and again leaves whole files only and ends as an unbroken run does", async () => {
  await withPatches(async (folder) => {
    const args = (out: string) => ["patches", "-o", out, ...SMALL, "160", "--seed", "5"];
    const whole = await train(folder, args("whole"));
    assert.equal(whole.code, 0, whole.err);
    const next = random(3);
    const saved = join(folder, "broken.training");
    const stamp = () => Deno.stat(saved).then(({ mtime }) => mtime?.getTime(), () => undefined);
    for (let round = 0; round < 4; round++) {
      const before = await stamp();
      const child = new Deno.Command(Deno.execPath(), {
        args: scriptArgs(
          "tasks/classifier/train.ts",
          [...args("broken"), "--save-every", "0.01"],
          PERMISSIONS,
        ),
        cwd: folder,
        stdout: "null",
        stderr: "null",
      }).spawn();
      let ended = false;
      const status = child.status.finally(() => ended = true);
      while (!ended && await stamp() === before) await new Promise((resolve) => setTimeout(resolve, 2));
      await new Promise((resolve) => setTimeout(resolve, next() * 60));
      if (!ended) child.kill("SIGKILL");
      await status;
      for (const name of list(folder).filter((name) => /^broken(?:\.training)?$/.test(name))) {
        const { classifier } = await loadCheckpoint(await Deno.readFile(join(folder, name)));
        classifier[Symbol.dispose]();
      }
    }
    const resumed = await train(folder, args("broken"));
    // A last kill may have come too late.
    if (resumed.code !== 0) assert.match(resumed.err, /it is there already/);
    const files = await Promise.all(["whole", "broken"].map((name) => Deno.readFile(join(folder, name))));
    assert.deepEqual(files[0], files[1]);
    assert.deepEqual(list(folder).filter((name) => /broken/.test(name)), [
      ".broken.lock",
      "broken",
      "broken.json",
      "broken.svg",
    ]);
  });
});
