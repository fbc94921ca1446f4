/**
 * Writes `tests/fixtures/unchanged/` anew: what the code gives today, and interrupted runs. Only to be run where a change of bits is
 * meant, with the reason in the commit; a move or a new name is none.
 *
 *     deno run --allow-read --allow-write=tests --allow-run tests/unchanged/write.ts
 *
 * Old runs and checkpoints are written anew as well: then nothing holds any more that older ones can be opened. With `--keep` they stay, and
 * only what the code gives (`written.json`) is written.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../mod.ts";
import { scriptArgs } from "../tasks/run_script.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import {
  INTERRUPTED,
  LABEL_PHOTOS,
  LABELLED,
  PERMISSIONS,
  traceEvaluation,
  traceLabels,
  traceRuns,
  traceTrainings,
  type Training,
  TRAININGS,
  writeTrainingPhotos,
} from "./commands.ts";
import { drawPhoto } from "./draw.ts";
import {
  CHECKPOINTS,
  copyFolder,
  copyLabeller,
  INTERRUPTED_LABELS,
  INTERRUPTED_TRAININGS,
  WRITTEN,
  type Written,
} from "./fixtures.ts";
import { traceCheckpoints, tracePhotos } from "./photos.ts";
import { machineAtHand } from "./trace.ts";

/** How many steps the training in a file has done; 0 where there is none. */
async function stepsDone(path: string): Promise<number> {
  const bytes = await Deno.readFile(path).catch(() => undefined);
  if (bytes === undefined) return 0;
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const { __metadata__ } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  return JSON.parse(__metadata__.training).step;
}

/** Trains until the fifth step is saved, kills, and takes what is left; once more where the kill came too late. */
async function interrupt({ name, script, args }: Training, target: URL): Promise<void> {
  for (;;) {
    await using folder = await temporaryFolder();
    await writeTrainingPhotos(folder.path);
    const child = new Deno.Command(Deno.execPath(), {
      args: scriptArgs(script, [...args, "--save-every", "0.000001"], PERMISSIONS),
      cwd: folder.path,
      stdout: "null",
      stderr: "null",
    }).spawn();
    let ended = false;
    child.status.then(() => ended = true);
    const saved = join(folder.path, `${name}.training`);
    while (!ended && await stepsDone(saved) < 5) await new Promise((resolve) => setTimeout(resolve, 1));
    if (!ended) child.kill("SIGKILL");
    await child.status;
    if (await stepsDone(saved) !== 5) continue;
    for (const kind of ["images", "masks"]) await Deno.remove(join(folder.path, kind), { recursive: true });
    await copyFolder(folder.path, new URL(`${name}/`, target).pathname);
    return;
  }
}

async function interruptLabels(): Promise<void> {
  await using folder = await temporaryFolder();
  await Deno.mkdir(join(folder.path, "photos"));
  for (const [i, name] of LABEL_PHOTOS.entries()) {
    const { image } = drawPhoto(40 + i, 33, 300 + i);
    await Deno.writeFile(join(folder.path, "photos", `${name}.png`), await encodePng(image));
  }
  await copyLabeller(folder.path);
  const done = LABEL_PHOTOS.slice(0, LABELLED).map((name) => `photos/${name}.png`);
  await traceLabels(folder.path, { paths: done });
  // A run writes it last of all.
  await Deno.remove(join(folder.path, "labels/report.html"));
  await Deno.remove(join(folder.path, "classifier.safetensors"));
  await copyFolder(folder.path, INTERRUPTED_LABELS.pathname);
}

async function empty(folder: URL): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(folder, { recursive: true });
}

async function write(): Promise<void> {
  await using folder = await temporaryFolder();
  const inside = (name: string): string => join(folder.path, name);
  const trainings = await traceTrainings(inside("trainings"));
  if (!Deno.args.includes("--keep")) {
    for (const target of [CHECKPOINTS, INTERRUPTED_LABELS, INTERRUPTED_TRAININGS]) await empty(target);
    for (const { name } of TRAININGS) {
      await Deno.copyFile(inside(`trainings/${name}`), new URL(name, CHECKPOINTS));
    }
    await interruptLabels();
    for (const training of TRAININGS) {
      if (INTERRUPTED.includes(training.name)) await interrupt(training, INTERRUPTED_TRAININGS);
    }
  }
  await copyFolder(INTERRUPTED_LABELS, inside("uninterrupted"));
  await copyLabeller(inside("uninterrupted"));
  await Deno.remove(inside("uninterrupted/labels"), { recursive: true });
  const { files: labels } = await traceLabels(inside("uninterrupted"));
  assert.equal(Object.keys(labels).length, 2 * LABEL_PHOTOS.length + 2);
  const written: Written = {
    machine: await machineAtHand(),
    photos: await tracePhotos(),
    trainings,
    runs: await traceRuns(inside("runs")),
    evaluation: await traceEvaluation(inside("evaluation")),
    checkpoints: await traceCheckpoints(CHECKPOINTS),
    labels,
  };
  await Deno.writeTextFile(WRITTEN, `${JSON.stringify(written, null, 1)}\n`);
}

if (import.meta.main) await write();
