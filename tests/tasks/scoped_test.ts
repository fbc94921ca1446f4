/**
 * Each command that trains, marks or measures does its work with the permissions that `--scoped` prints, and no others.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runScript } from "./run_script.ts";
import { withTrainingPhotos } from "./training/trainings.ts";

const TINY = ["--width", "0.05", "--threads", "1", "--backend", "wasm", "--seed", "3"];
const PAIRS = ["--images", "images", "--masks", "masks"];

/** Commands, one on what the others gave. */
const COMMANDS: readonly [script: string, args: readonly string[]][] = [
  ["classifier/train", [
    ...PAIRS,
    ...TINY,
    "--arch",
    "resnet18",
    "--patch-sizes",
    "16",
    "--patches",
    "16",
    "--out",
    "c.hairline",
  ]],
  ["segmenter/train", [
    ...PAIRS,
    ...TINY,
    "--crop",
    "32",
    "--crops",
    "4",
    "--epochs",
    "1",
    "--out",
    "trained/s.hairline",
  ]],
  ["label", ["images", "--method", "paper", "--classifier", "c.hairline", "--out", "labels"]],
  ["predict", ["images", "--segmenter", "trained/s.hairline", "--out", "predictions", "--overlays"]],
  ["annotations/export", ["masks", "--format", "coco", "--photos", "images", "--out", "annotated/coco"]],
  ["annotations/import", [
    "annotated/coco/annotations.json",
    "--format",
    "coco",
    "--photos",
    "images",
    "--out",
    "imported",
  ]],
  ["evaluate", ["--predictions", "predictions", "--truth", "masks", "--report", "reports/r.html"]],
  ["classifier/evaluate", ["c.hairline", ...PAIRS, "--patch-sizes", "16"]],
  ["teach", [
    ...PAIRS,
    ...TINY.filter((arg) => !["--backend", "wasm"].includes(arg)),
    "--grid",
    "8/4",
    "--crop",
    "16",
    "--batch",
    "2",
    "--crops",
    "4",
    "--rounds",
    "1",
    "--teacher",
    "trained/s.hairline",
    "--out",
    "taught",
  ]],
  ["demo", ["--segmenter", "trained/s.hairline", "--out", "demo"]],
];

Deno.test("commands do their work with the permissions that --scoped prints", async () => {
  await withTrainingPhotos({ count: 3, withCrack: 2, width: 40, height: 36 }, async (cwd) => {
    for (const [name, args] of COMMANDS) {
      const script = `tasks/${name}.ts`;
      const printed = await runScript(script, [...args, "--scoped"], { permissions: ["--allow-read"], cwd });
      assert.equal(printed.code, 0, printed.err);
      const words = printed.out.trim().split(" ");
      assert.deepEqual(words.slice(0, 3), ["deno", "run", "--no-prompt"]);
      const permissions = words.filter((word) => word.startsWith("--allow-"));
      // Of folders only those named, and Hairline's own.
      assert.doesNotMatch(permissions.join(" "), /--allow-(?:read|write)(?: |$)|--allow-all/);
      const { code, err } = await runScript(script, args, { permissions, cwd });
      assert.equal(code, 0, `${printed.out}\n${err}`);
      assert.doesNotMatch(err, /permission/);
    }
    // An experiment takes too long to be run here: what it is allowed is what was named.
    const experiment = ["table-2", "--crack500", "CRACK500", "--crack-free", "clear=calm", "--out", "runs"];
    const { code, out } = await runScript("tasks/reproduce.ts", [...experiment, "--scoped"], { cwd });
    assert.equal(code, 0);
    assert.match(out, /--allow-read=CRACK500,calm,runs,\S+ --allow-write=runs /);
    // What was not named was out of reach.
    const refused = await runScript("tasks/predict.ts", ["images", "--out", join(cwd, "other")], {
      permissions: ["--allow-read=images", "--allow-write=predictions"],
      cwd,
    });
    assert.equal(refused.code, 2);
    assert.match(refused.err, /this run has no permission for it/);
  });
});
