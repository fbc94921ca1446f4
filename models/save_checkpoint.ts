import { CLASSES } from "../core/classifier.ts";
import { openBackend } from "./backend.ts";
import {
  CHECKPOINT_FORMAT,
  CHECKPOINT_VERSION,
  type CheckpointPrecision,
  hashValues,
  OPTIMISER_PREFIX,
  SCALE_SUFFIX,
  type TrainingRecord,
} from "./checkpoint.ts";
import type { ClassifierOptions } from "./classifier.ts";
import { encodeSafetensors } from "./encode_safetensors.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import { quantizeKernel } from "./quantize_kernel.ts";
import type { StoredTensor } from "./safetensors.ts";
import type { tf } from "./tfjs.ts";

/** Options of {@linkcode saveCheckpoint}. */
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
   * How the weights are stored. `F32` (the default) is exact. For shipping: `F16` halves the file, `I8` keeps the kernels in 8 bits with a
   * scale for each output channel and the rest exactly, a quarter. Neither serves to go on training.
   */
  readonly precision?: CheckpointPrecision;
}

/**
 * A classifier as one safetensors file, which other tools read, too: parameters by their Keras names, the network and its training in the
 * metadata, a SHA-256 of the values.
 *
 * @example
 * ```ts
 * import { createClassifier, loadClassifier, saveCheckpoint } from "../mod.ts";
 *
 * using classifier = createClassifier({ arch: "resnet18", width: 0.25 });
 * const bytes = await saveCheckpoint(classifier);
 * using copy = await loadClassifier(bytes);
 * console.log(copy.name); // resnet18 × 0.25
 * ```
 *
 * @throws {RangeError} for a precision of another name.
 */
export async function saveCheckpoint(
  classifier: NetworkClassifier,
  options: SaveCheckpointOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { optimiserState, training, precision = "F32" } = options;
  if (precision !== "F32" && precision !== "F16" && precision !== "I8") {
    throw new RangeError(
      `Cannot save the classifier with the precision ${
        JSON.stringify(precision)
      }: "F32", "F16" or "I8" is wanted.`,
    );
  }
  // An untrained or just loaded classifier has no values before there is a backend.
  await openBackend();
  const tensors = new Map<string, StoredTensor>();
  for (const [name, variable] of classifier.parameters) {
    const { shape } = variable;
    const data = await variable.data<"float32">();
    if (precision === "I8" && name.endsWith("/kernel")) {
      const { levels, scales } = quantizeKernel(data, shape[shape.length - 1]);
      tensors.set(name, { dtype: "I8", shape, data: levels });
      tensors.set(name + SCALE_SUFFIX, { dtype: "F32", shape: [scales.length], data: scales });
    } else {
      tensors.set(name, { dtype: precision === "F16" ? "F16" : "F32", shape, data });
    }
  }
  for (const [name, tensor] of optimiserState ?? []) {
    const data = await tensor.data<"float32">();
    tensors.set(OPTIMISER_PREFIX + name, { dtype: "F32", shape: tensor.shape, data });
  }
  const { network, head, seed, trainingSize } = classifier;
  const { arch, width, strideAt, input: { offset, divisor } } = network;
  const described: Required<Omit<ClassifierOptions, "zeroInitResidual">> = {
    arch,
    width,
    strideAt,
    scaling: { offset, divisor },
    head,
    seed,
    trainingSize,
  };
  const metadata = {
    format: CHECKPOINT_FORMAT,
    version: String(CHECKPOINT_VERSION),
    classes: JSON.stringify(CLASSES),
    network: JSON.stringify(described),
    ...training && { training: JSON.stringify(training) },
  };
  const sha256 = await hashValues(encodeSafetensors({ tensors, metadata }));
  return encodeSafetensors({ tensors, metadata: { ...metadata, sha256 } });
}
