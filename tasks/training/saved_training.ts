import { anyObject, listOf, NUMBER, recordSchema, type Schema, TEXT } from "../../core/arguments.ts";
import type { SaveCheckpointOptions } from "../../models/checkpoint/encode_checkpoint.ts";
import type { RestorableOptimiser } from "../../models/checkpoint/decode_checkpoint.ts";
import { UsageError } from "../cli/errors.ts";
import { namingFile } from "../files/naming_file.ts";
import { isThere, unlessMissing } from "../files/presence.ts";
import { checkRecord } from "../files/read_record.ts";
import { writeWhole } from "../files/write_whole.ts";
import type { TrainingLogState } from "./training_log.ts";
import type {
  DataOf,
  FiguresOf,
  LoadedCheckpoint,
  SettingsOf,
  TrainingKind,
  TrainingOptimiser,
} from "./training_task.ts";

/** How far a training has come, as plain data. */
export interface TrainingPosition<Kind extends TrainingKind> {
  /** Whole epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  readonly settings: SettingsOf<Kind>;
  readonly data: DataOf<Kind>;
  readonly log: TrainingLogState<Kind["curve"]>;
  readonly validation: readonly FiguresOf<Kind>[];
}

/** An interrupted training. */
export interface SavedTraining<Kind extends TrainingKind> {
  readonly network: Kind["network"];
  readonly position: TrainingPosition<Kind>;
  /** Gives an optimiser the velocities that it had. */
  readonly restoreOptimiser: (optimiser: RestorableOptimiser) => void;
}

/** What is looked at of a saved position, whatever is trained. */
const POSITION: Schema = recordSchema<
  Pick<TrainingPosition<TrainingKind>, "validation"> & {
    readonly settings: object;
    readonly data: { readonly photos: readonly string[]; readonly validationPhotos: readonly string[] };
    readonly log: Pick<TrainingLogState<string>, "time" | "dataTime"> & {
      readonly points: object;
      readonly open: object;
    };
  }
>({
  settings: anyObject(),
  data: recordSchema({
    photos: listOf(TEXT, "a list of photos"),
    validationPhotos: listOf(TEXT, "a list of photos"),
  }),
  log: recordSchema({
    points: listOf(anyObject(), "a list of points"),
    open: recordSchema({ steps: NUMBER, figures: anyObject() }),
    time: NUMBER,
    dataTime: NUMBER,
  }),
  validation: listOf(anyObject(), "a list of figures"),
});

/** Where the training of a network that is going to be `out` saves itself. */
export function trainingFile(out: string): string {
  return `${out}.training`;
}

/**
 * Saves what a killed run needs to go on.
 *
 * @param options `encode`: writes the network with its training into bytes.
 */
export async function saveTraining<Kind extends TrainingKind>(
  out: string,
  { optimiser, position, encode }: {
    readonly optimiser: Pick<TrainingOptimiser, "state">;
    readonly position: TrainingPosition<Kind>;
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
 * What an earlier run left, if it was interrupted.
 *
 * @param load reads the network.
 * @throws {UsageError} if it came to its end: the network is there.
 */
export async function loadTraining<Kind extends TrainingKind>(
  out: string,
  load: (bytes: Uint8Array<ArrayBuffer>) => Promise<LoadedCheckpoint<Kind["network"]>>,
): Promise<SavedTraining<Kind> | undefined> {
  const bytes = await readTraining(out);
  if (bytes === undefined) return undefined;
  const file = trainingFile(out);
  const { network, restoreOptimiser, training } = await namingFile(file, () => load(bytes), {
    remedy: "give --restart to start again",
  });
  if (restoreOptimiser === undefined || training === undefined) {
    throw new Error(`Cannot go on from ${file}: it holds no training; delete it to start again.`);
  }
  const { epoch, step, options } = training;
  checkRecord(options, POSITION, { path: file, remedy: "give --restart to start again" });
  // A file of the same kind of training: `load` takes no other format of checkpoint.
  const position = { ...options, epoch, step } as TrainingPosition<Kind>;
  return { network, position, restoreOptimiser };
}

async function readTraining(out: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(trainingFile(out));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (!await isThere(out)) return undefined;
    throw new UsageError(`Cannot train into ${out}: it is there already; give --restart to replace it.`);
  }
}

/** Removes a file, if it is there. */
export async function removeFile(path: string): Promise<void> {
  await unlessMissing(Deno.remove(path));
}

/**
 * Makes sure that a run goes on with what it began with.
 *
 * @throws {UsageError} naming what differs.
 */
export function requireSame<Kind extends TrainingKind>(
  saved: Pick<TrainingPosition<Kind>, "settings" | "data">,
  wanted: Pick<TrainingPosition<Kind>, "settings" | "data">,
  out: string,
): void {
  const differing: string[] = [];
  const before = new Map<string, unknown>(Object.entries(saved.settings));
  const now = new Map<string, unknown>(Object.entries(wanted.settings));
  // Some are named only where they are asked for.
  for (const key of new Set([...now.keys(), ...before.keys()])) {
    const [was, is] = [before, now].map((settings) => JSON.stringify(settings.get(key)));
    if (was !== is) differing.push(`${key} ${was} instead of ${is}`);
  }
  for (const key of ["photos", "validationPhotos", "unlabelledPhotos"] as const) {
    if (saved.data[key]?.join("\n") !== wanted.data[key]?.join("\n")) differing.push("other photos");
  }
  if (differing.length === 0) return;
  throw new UsageError(
    `Cannot go on with the training of ${out} that was cut off: it has ${
      [...new Set(differing)].join(", ")
    }; ` +
      `give the same options, or --restart to start again.`,
  );
}
