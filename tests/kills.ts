/**
 * Kills each of the long tasks again and again at random moments, and looks whether what it leaves is whole and whether the run that goes on
 * from it ends as one does that nobody disturbed:
 *
 *     deno run --allow-read --allow-write=tests/.tmp --allow-run tests/kills.ts [KILLS [TASK…]]
 *
 * It takes minutes and is run by hand; 25 kills a task is its default.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeImage } from "../core/images/decode_image.ts";
import { decodeSafetensors } from "../models/checkpoint/safetensors.ts";
import { sha256 } from "../tasks/files/sha256.ts";
import { random } from "./core/images/image_fixtures.ts";
import { runScript, startScript } from "./tasks/run_script.ts";
import { withTrainingPhotos } from "./tasks/training/trainings.ts";

const PERMISSIONS = ["--allow-read", "--allow-write"];
const PAIRS = ["--images", "images", "--masks", "masks", "--seed", "3", "--threads", "1"];
const SAVED = [...PAIRS, "--save-every", "0.05", "--backend", "wasm"];

/** The long tasks: the script, and what it is given beside `--out`. */
const TASKS: Readonly<Record<string, readonly string[]>> = {
  label: ["tasks/label.ts", "images", "--backend", "wasm"],
  predict: ["tasks/predict.ts", "images", "--backend", "wasm", "--overlays"],
  "classifier:train": [
    ...["tasks/classifier/train.ts", ...SAVED, "--arch", "resnet18", "--width", "0.0625"],
    ...["--patch-sizes", "24", "--patches", "1600", "--batch", "8", "--epochs", "2"],
  ],
  "segmenter:train": [
    ...["tasks/segmenter/train.ts", ...SAVED, "--width", "0.0625", "--crop", "32"],
    ...["--crops", "600", "--batch", "2", "--epochs", "1"],
  ],
  teach: [
    ...["tasks/teach.ts", ...PAIRS, "--save-every", "0.05", "--width", "0.05", "--grid", "8/4"],
    ...["--crop", "32", "--batch", "2", "--crops", "120", "--rounds", "1"],
  ],
};

/** Files below a folder that a run has ended with, by path: temporary ones and locks begin with a dot. */
async function* filesOf(folder: string, below = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
    if (name.startsWith(".")) continue;
    if (isDirectory) yield* filesOf(folder, join(below, name));
    else yield join(below, name);
  }
}

/** Fails where a file is not whole. Gives what must be the same of two runs: pixels and weights; cards and pages tell the time. */
async function contentOf(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const path of filesOf(folder)) {
    const bytes = await Deno.readFile(join(folder, path));
    if (/\.(?:png|jpg)$/.test(path)) {
      await decodeImage(bytes);
      found.set(path, await sha256(bytes));
    } else if (path.endsWith(".json")) JSON.parse(new TextDecoder().decode(bytes));
    else if (/\.(?:html|svg)$/.test(path)) {
      assert.match(new TextDecoder().decode(bytes.subarray(-16)), /<\/(?:html|svg)>\s*$/, path);
    } else {
      const { tensors } = decodeSafetensors(bytes);
      const values = [...tensors].flatMap(([name, { data }]) => [name, new Uint8Array(data.buffer)]);
      found.set(path, await sha256(await new Blob(values as BlobPart[]).bytes()));
    }
  }
  return found;
}

/** What became of the runs of a task. */
interface Tally {
  /** Runs that were killed, and those of them that came after a save or an output. */
  kills: number;
  goingOn: number;
  /** Runs that came to their end before they were to be killed. */
  ended: number;
}

async function killTask(task: string, kills: number, cwd: string): Promise<Tally> {
  const [script, ...args] = TASKS[task];
  // A folder of its own for each run: a training writes files beside its network.
  const argsFor = (run: string) => [...args, "--out", task.endsWith(":train") ? `${run}/network` : run, "-q"];
  const options = { permissions: PERMISSIONS, cwd };
  const finish = async (run: string) => {
    const { code, err } = await runScript(script, argsFor(run), options);
    assert.equal(code, 0, err);
    return await contentOf(join(cwd, run));
  };
  const start = performance.now();
  const wanted = await finish(`${task}-whole`);
  const whole = performance.now() - start;
  const next = random(kills);
  const tally: Tally = { kills: 0, goingOn: 0, ended: 0 };
  const run = join(cwd, `${task}-killed`);
  while (tally.kills < kills) {
    const before = await contentOf(run).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return new Map<string, string>();
      throw error;
    });
    const process = startScript(script, argsFor(`${task}-killed`), options);
    // Half of the way at most, so that most runs die in the middle of their work.
    const until = performance.now() + next() * whole * 0.6;
    await process.until(() => performance.now() > until);
    if (process.ended) {
      tally.ended++;
      assert.deepEqual(await contentOf(run), wanted, task);
      await Deno.remove(run, { recursive: true });
      continue;
    }
    await process.kill();
    tally.kills++;
    if (before.size > 0) tally.goingOn++;
  }
  assert.deepEqual(await finish(`${task}-killed`), wanted, task);
  return tally;
}

const [kills = "25", ...named] = Deno.args;
for (const task of named.length > 0 ? named : Object.keys(TASKS)) {
  await withTrainingPhotos({ count: 12, withCrack: 9, width: 160, height: 120 }, async (folder) => {
    const { kills: killed, goingOn, ended } = await killTask(task, Number(kills), folder);
    console.log(
      `${task}: ${killed} kills, ${goingOn} of runs that went on from another, ${ended} ended before; all files whole, same result`,
    );
  });
}
