import { NUMBER, ofType, optional, optionsSchema, type Schema, TEXT } from "../../core/arguments.ts";
import { openBackend } from "../backend.ts";
import type { Parameters } from "../layers/parameters.ts";
import type { tf } from "../tfjs.ts";
import {
  CHECKPOINT_FORMATS,
  CHECKPOINT_VERSION,
  type CheckpointFormat,
  type CheckpointPrecision,
  hashValues,
  OPTIMISER_PREFIX,
  SCALE_SUFFIX,
  type TrainingRecord,
} from "./checkpoint.ts";
import { fitsHalf, quantizeKernel } from "./precision.ts";
import { encodeSafetensors, type StoredTensor } from "./safetensors.ts";

/** Options of `saveCheckpoint()` and `saveSegmenter()`. */
export interface SaveCheckpointOptions {
  /**
   * The velocities of the optimiser, to go on with later.
   *
   * @internal
   */
  readonly optimiserState?: ReadonlyMap<string, tf.Tensor>;
  /** Where the training stands. */
  readonly training?: TrainingRecord;
  /**
   * How the weights are stored. `F32` (the default) is exact. For shipping: `F16` halves the file, values beyond its range aside, `I8` keeps
   * the kernels in 8 bits with a scale for each channel of their last axis, the output of a convolution, and the rest exactly, a quarter.
   * Neither serves to go on training.
   */
  readonly precision?: CheckpointPrecision;
}

/** The types of the options. */
export const SAVE_OPTIONS: Schema<SaveCheckpointOptions> = optionsSchema<SaveCheckpointOptions>({
  optimiserState: optional(
    ofType<ReadonlyMap<string, tf.Tensor>>("what the optimiser's state() gives", "object"),
  ),
  training: optional(optionsSchema<TrainingRecord>({
    epoch: NUMBER,
    step: NUMBER,
    options: ofType<TrainingRecord["options"]>("an object", "object"),
  })),
  precision: optional(TEXT as Schema<CheckpointPrecision>),
});

/** What a checkpoint is made of. */
export interface CheckpointContent {
  readonly format: CheckpointFormat;
  /** Its values, by name. Asked for once there is a backend: an untrained or just loaded network has none before. */
  readonly parameters: () => Parameters;
  /** Describes the network, as JSON. */
  readonly network: Readonly<Record<string, unknown>>;
  /** Further metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * A network as one safetensors file: parameters by name, the network and its training in the metadata, a SHA-256 of the values.
 *
 * @throws {RangeError} for a precision of another name.
 */
export async function encodeCheckpoint(
  { format, parameters, network, metadata: further }: CheckpointContent,
  { optimiserState, training, precision = "F32" }: SaveCheckpointOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (precision !== "F32" && precision !== "F16" && precision !== "I8") {
    throw new RangeError(
      `Cannot save ${CHECKPOINT_FORMATS[format]} with the precision ${
        JSON.stringify(precision)
      }: "F32", "F16" or "I8" is wanted.`,
    );
  }
  await openBackend();
  const tensors = new Map<string, StoredTensor>();
  for (const [name, variable] of parameters()) {
    const { shape } = variable;
    const data = await variable.data<"float32">();
    if (precision === "I8" && name.endsWith("/kernel")) {
      const { levels, scales } = quantizeKernel(data, shape[shape.length - 1]);
      tensors.set(name, { dtype: "I8", shape, data: levels });
      tensors.set(name + SCALE_SUFFIX, { dtype: "F32", shape: [scales.length], data: scales });
    } else {
      tensors.set(name, { dtype: precision === "F16" && fitsHalf(data) ? "F16" : "F32", shape, data });
    }
  }
  for (const [name, tensor] of optimiserState ?? []) {
    const data = await tensor.data<"float32">();
    tensors.set(OPTIMISER_PREFIX + name, { dtype: "F32", shape: tensor.shape, data });
  }
  const metadata = {
    format,
    version: String(CHECKPOINT_VERSION),
    ...further,
    network: JSON.stringify(network),
    ...training && { training: JSON.stringify(training) },
  };
  const sha256 = await hashValues(encodeSafetensors({ tensors, metadata }));
  return encodeSafetensors({ tensors, metadata: { ...metadata, sha256 } });
}
