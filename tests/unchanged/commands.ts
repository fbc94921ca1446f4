import assert from "node:assert/strict";
import { join } from "node:path";
import { type Outcome, runScript } from "../tasks/run_script.ts";
import { FORMER, SHIPPED } from "../../tasks/segmenter/read_segmenter.ts";
import { writeConfidences, writeDrawings } from "./draw.ts";
import { type Json, lasting, readJson, sha256, traceCheckpoint, traceFolder } from "./trace.ts";

export const PERMISSIONS = ["--allow-read", "--allow-write"];

/** Photos of the trainings, a little larger than what is cut of them. */
export const TRAINING_SIZES = [[52, 44], [53, 45], [54, 46], [55, 47], [56, 48]] as const;
const RUN_SIZES = [[217, 133], [61, 40], [96, 80]] as const;

/** A training of ten steps on the photos of {@linkcode TRAINING_SIZES}. */
export interface Training {
  /** Of the network that it writes, and of this training in what is written down. */
  readonly name: string;
  readonly script: "tasks/classifier/train.ts" | "tasks/segmenter/train.ts";
  readonly args: readonly string[];
}

// Threads and backend are part of a result, and would be chosen by the machine.
const COMMON = [
  ...["--images", "images", "--masks", "masks", "--threads", "1", "--backend", "wasm", "--seed", "3"],
];

function classifierTraining(arch: string, args: string): Training {
  const name = `classifier-${arch}.safetensors`;
  const all = [...COMMON, "--arch", arch, "--out", name, ...args.split(" ")];
  return { name, script: "tasks/classifier/train.ts", args: all };
}

function segmenterTraining(arch: string, args: string): Training {
  const name = `segmenter-${arch}.safetensors`;
  const all = [...COMMON, "--arch", arch, "--out", name, "--crop", "32", "--batch", "2", ...args.split(" ")];
  return { name, script: "tasks/segmenter/train.ts", args: all };
}

/** Samplers, schedules, losses and precisions differ from one to the next, so that all of them are written down. */
export const TRAININGS: readonly Training[] = [
  classifierTraining(
    "resnet18",
    "--width 0.03125 --patches 40 --epochs 2 --batch 8 --patch-sizes 16,24 --schedule one-cycle --learning-rate 0.02 " +
      "--rim 0.125 --zoom 1.5 --crack-share 0.4 --validation 0.2",
  ),
  classifierTraining(
    "mobilenet_v2",
    "--width 0.125 --batch 48 --epochs 1 --patch-sizes 16 --stride 16 --learning-rate 0.001 --precision I8",
  ),
  segmenterTraining(
    "unet",
    "--width 0.015625 --epochs 2 --crops 10 --learning-rate 0.05 --validation 0.2 --zoom 1.5",
  ),
  segmenterTraining(
    "deepcrack_liu",
    "--width 0.03125 --epochs 1 --crops 20 --loss own --learning-rate 0.001 --precision F16",
  ),
  segmenterTraining(
    "deepcrack_zou",
    "--width 0.03125 --epochs 1 --crops 20 --learning-rate 0.01 --schedule one-cycle --augment off --precision F16",
  ),
  segmenterTraining(
    "oed_b0",
    "--width 0.03125 --epochs 1 --crops 20 --loss own --learning-rate 0.01 --precision I8",
  ),
];

/** The trainings that there are interrupted runs of. */
export const INTERRUPTED = ["classifier-resnet18.safetensors", "segmenter-unet.safetensors"];

/** Runs a script in a folder, and fails where it does. */
async function succeed(script: string, args: readonly string[], cwd: string): Promise<Outcome> {
  const outcome = await runScript(script, args, { permissions: PERMISSIONS, cwd });
  assert.equal(outcome.code, 0, `${script} ${args.join(" ")}\n${outcome.err}`);
  return outcome;
}

export async function writeTrainingPhotos(folder: string): Promise<void> {
  await writeDrawings(folder, TRAINING_SIZES);
}

/**
 * Trains in a folder with photos, going on where a run was interrupted there.
 *
 * @returns what the command said on standard error.
 */
export async function train({ script, args }: Training, folder: string): Promise<string> {
  return (await succeed(script, args, folder)).err;
}

/** What came out of a training. */
export async function traceTraining({ name }: Training, folder: string): Promise<Json> {
  const out = join(folder, name);
  const traced: { [key: string]: Json } = {
    card: lasting(await readJson(`${out}.json`)),
    curve: { sha256: await sha256(await Deno.readFile(`${out}.svg`)) },
    checkpoint: await traceCheckpoint(await Deno.readFile(out)),
  };
  // Where photos are held back, the best network is not the last.
  const last = await Deno.readFile(`${out}.last`).catch(() => undefined);
  if (last !== undefined) traced.last = await traceCheckpoint(last);
  return traced;
}

/** All trainings, by name. */
export async function traceTrainings(folder: string): Promise<{ [name: string]: Json }> {
  await writeTrainingPhotos(folder);
  const traced: { [name: string]: Json } = {};
  for (const training of TRAININGS) {
    await train(training, folder);
    traced[training.name] = await traceTraining(training, folder);
  }
  return traced;
}

/** What the network that shipped first is called. */
const FIRST = FORMER[0].name;

/** A run of `label` and one of `predict` with all files that they can write, with the networks that ship. */
export async function traceRuns(folder: string): Promise<Json> {
  await writeDrawings(folder, RUN_SIZES);
  const args = ["images", "--backend", "wasm", "-q"];
  await succeed("tasks/label.ts", [...args, "--recipe", "paper", "--out", "labels", "--stages"], folder);
  const tiles = ["--segmenter", FIRST, "--scale", "1", "--tile", "96", "--overlap", "32"];
  await succeed("tasks/predict.ts", [...args, "--out", "predictions", "--overlays", ...tiles], folder);
  const predict = await traceFolder(join(folder, "predictions"));
  return {
    label: await traceFolder(join(folder, "labels")),
    // When these were written down no other network had shipped.
    predict: JSON.parse(JSON.stringify(predict).replaceAll(`"${FIRST}"`, `"${SHIPPED}"`)),
  };
}

/** Figures, counts and table of confidences that are drawn as well, so that they are the same on every machine. */
export async function traceEvaluation(folder: string): Promise<Json> {
  await writeDrawings(folder, RUN_SIZES);
  await writeConfidences(join(folder, "confidences"), RUN_SIZES);
  const traced: { [tolerance: string]: Json } = {};
  for (const tolerance of ["0", "2"]) {
    const paths = ["--predictions", "confidences", "--truth", "masks", "--tolerance", tolerance];
    const files = ["--counts", "counts.json", "--csv", "images.csv"];
    const { out } = await succeed("tasks/evaluate.ts", [...paths, ...files, "--json", "-q"], folder);
    traced[tolerance] = {
      figures: lasting(JSON.parse(out) as Json),
      counts: { sha256: await sha256(await Deno.readFile(join(folder, "counts.json"))) },
      images: { sha256: await sha256(await Deno.readFile(join(folder, "images.csv"))) },
    };
  }
  return traced;
}

/** The names of the photos of the interrupted run of `label`, and how many of them it had done. */
export const LABEL_PHOTOS = ["0", "1", "2", "3", "4"];
export const LABELLED = 3;

/**
 * Labels photos of a folder into `labels/` with a tiny classifier beside them, going on where a run was interrupted there.
 *
 * @param options `paths`: photos, all by default; `method`: by default the paper's, by name, as it was before there was another default.
 * @returns what the command printed, and the files.
 */
export async function traceLabels(
  folder: string,
  { paths = ["photos"], method = ["--method", "paper"] }: {
    readonly paths?: readonly string[];
    readonly method?: readonly string[];
  } = {},
): Promise<{ summary: Json; files: { [path: string]: Json } }> {
  const args = [...paths, "--out", "labels", "--classifier", "classifier.safetensors", "--backend", "wasm"];
  const { out } = await succeed("tasks/label.ts", [...args, ...method, "-q", "--json"], folder);
  return { summary: JSON.parse(out) as Json, files: await traceFolder(join(folder, "labels")) };
}
