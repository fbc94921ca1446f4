import type { TrainingRecord } from "../../models/checkpoint/checkpoint.ts";
import type { SaveCheckpointOptions } from "../../models/checkpoint/encode_checkpoint.ts";
import type { MomentumSgd } from "../../models/training/momentum.ts";
import { namingFile } from "../classifier/read_classifier.ts";
import { writeWhole } from "../files/write_whole.ts";
import { readTraining, trainingFile } from "./checkpoint_file.ts";
import type { TrainingLogState } from "./training_log.ts";

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
