import { UsageError } from "../cli/errors.ts";
import type { TrainingRecord } from "../../models/checkpoint/checkpoint.ts";
import type { SaveCheckpointOptions } from "../../models/checkpoint/encode_checkpoint.ts";
import type { MomentumSgd } from "../../models/training/momentum.ts";
import { namingFile } from "../classifier/read_classifier.ts";
import { writeWhole } from "../files/write_whole.ts";
import type { TrainingLogState } from "./training_log.ts";

/** Where the training of a network that is going to be `out` saves itself. */
export function trainingFile(out: string): string {
  return `${out}.training`;
}

/**
 * What an earlier run left, if it was cut off.
 *
 * @throws {UsageError} if it came to its end: the network is there.
 */
async function readTraining(out: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(trainingFile(out));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (!await exists(out)) return undefined;
    throw new UsageError(`Cannot train into ${out}: it is there already; give --restart to replace it.`);
  }
}

/** Removes a file, if it is there. */
export async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** How far a training has come, as plain data. */
export interface TrainingPosition<Settings, Data, Curve extends string, Figures> {
  /** Whole epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  readonly settings: Settings;
  readonly data: Data;
  readonly log: TrainingLogState<Curve>;
  readonly validation: readonly Figures[];
}

/** A checkpoint of a network that may be in training. */
interface Loaded {
  readonly training: TrainingRecord | undefined;
  readonly restoreOptimiser: ((optimiser: MomentumSgd) => void) | undefined;
}

/** A training that was cut off. */
export interface SavedTraining<Checkpoint extends Loaded, Position> {
  readonly checkpoint: Checkpoint;
  readonly position: Position;
  /** Gives an optimiser the velocities that it had. */
  readonly restoreOptimiser: (optimiser: MomentumSgd) => void;
}

/**
 * Saves what a killed run needs to go on.
 *
 * @param options `encode`: writes the network with its training into bytes.
 */
export async function saveTraining(
  out: string,
  { optimiser, position, encode }: {
    readonly optimiser: MomentumSgd;
    readonly position: TrainingPosition<unknown, unknown, string, unknown>;
    readonly encode: (
      state: Pick<SaveCheckpointOptions, "optimiserState" | "training">,
    ) => Promise<Uint8Array>;
  },
): Promise<void> {
  const { epoch, step, ...options } = position;
  const bytes = await encode({ optimiserState: optimiser.state(), training: { epoch, step, options } });
  await writeWhole(trainingFile(out), bytes);
}

/**
 * What an earlier run left, if it was cut off.
 *
 * @param load reads the network.
 * @throws {UsageError} if it came to its end: the network is there.
 */
export async function loadTraining<Checkpoint extends Loaded, Position>(
  out: string,
  load: (bytes: Uint8Array<ArrayBuffer>) => Promise<Checkpoint>,
): Promise<SavedTraining<Checkpoint, Position> | undefined> {
  const bytes = await readTraining(out);
  if (bytes === undefined) return undefined;
  const file = trainingFile(out);
  const checkpoint = await namingFile(file, () => load(bytes), { remedy: "give --restart to begin anew" });
  const { restoreOptimiser, training } = checkpoint;
  if (restoreOptimiser === undefined || training === undefined) {
    throw new Error(`Cannot go on from ${file}: it holds no training; delete it to begin anew.`);
  }
  const { epoch, step, options } = training;
  // A file of the same kind of training: the checkpoint's format tells.
  const position = { ...options, epoch, step } as Position;
  return { checkpoint, position, restoreOptimiser };
}
