/** What checkpoints hold, by what their metadata calls them. */
export const CHECKPOINT_FORMATS = {
  "hairline-classifier": "a classifier",
  "hairline-segmenter": "a segmentation network",
  "hairline-adversarial-training": "an unfinished adversarial training",
} as const;

/** What the metadata of a checkpoint calls itself. */
export type CheckpointFormat = keyof typeof CHECKPOINT_FORMATS;

/** Version of the layout that checkpoints are written in; older readers refuse a newer one. */
export const CHECKPOINT_VERSION = 1;

/** Before the name of an optimiser's tensor, so that it does not clash with the parameter's. */
export const OPTIMISER_PREFIX = "optimiser/";

/** After the name of a kernel of 8 bits, for the scale of each channel of its last axis. */
export const SCALE_SUFFIX = ":scale";

/** How the weights of a checkpoint are stored. */
export type CheckpointPrecision = "F32" | "F16" | "I8";

/** Where a training stood, and everything needed to go on with it. */
export interface TrainingRecord {
  /** Whole epochs done. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  /** The options of the training, as JSON keeps them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** SHA-256 of the values of a safetensors file, whatever its header says, in hexadecimal. */
export async function hashValues(file: Uint8Array<ArrayBuffer>): Promise<string> {
  const headerLength = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", file.subarray(8 + headerLength))).toHex();
}

/**
 * Says why a file is not the checkpoint that is wanted.
 *
 * @throws {SyntaxError} always.
 */
export function refuseCheckpoint(reason: string): never {
  throw new SyntaxError(`Cannot load the checkpoint: ${reason}.`);
}
