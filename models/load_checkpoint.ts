import { CLASSES } from "../core/classifier.ts";
import {
  CHECKPOINT_FORMAT,
  CHECKPOINT_VERSION,
  hashValues,
  OPTIMISER_PREFIX,
  SCALE_SUFFIX,
  type TrainingRecord,
} from "./checkpoint.ts";
import { type ClassifierOptions, createClassifier } from "./classifier.ts";
import { matchParameters } from "./match_parameters.ts";
import { NetworkClassifier } from "./network_classifier.ts";
import { dequantizeKernel } from "./quantize_kernel.ts";
import { decodeSafetensors, type StoredTensor } from "./safetensors.ts";
import { tf } from "./tfjs.ts";

/** An optimiser whose velocities can be put back. */
export interface RestorableOptimiser {
  restore(state: ReadonlyMap<string, tf.Tensor>): void;
}

/** What a checkpoint holds. */
export interface Checkpoint {
  /** The classifier, the caller's to dispose. */
  readonly classifier: NetworkClassifier;
  /** Where its training stood, if it was saved. */
  readonly training: TrainingRecord | undefined;
  /** Gives an optimiser the velocities of the training, if they were saved. Needs an open backend. */
  readonly restoreOptimiser: ((optimiser: RestorableOptimiser) => void) | undefined;
  /** SHA-256 of the stored values, to name the weights by. */
  readonly sha256: string;
}

/**
 * Reads what {@linkcode saveCheckpoint} wrote. Nothing in the file is trusted.
 *
 * @throws {SyntaxError} for a file that is no checkpoint, is damaged, or was written by a newer version.
 * @throws {RangeError} for parameters that do not fit the network, naming what differs, and for networks that cannot be.
 */
export async function loadCheckpoint(bytes: Uint8Array): Promise<Checkpoint> {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata.format !== CHECKPOINT_FORMAT) {
    fail(
      `its metadata calls it ${JSON.stringify(metadata.format ?? null)}, "${CHECKPOINT_FORMAT}" is wanted`,
    );
  }
  if (metadata.version !== String(CHECKPOINT_VERSION)) {
    fail(
      `it has the format version ${JSON.stringify(metadata.version ?? null)}, this Hairline reads version ` +
        `"${CHECKPOINT_VERSION}"`,
    );
  }
  if (metadata.classes !== JSON.stringify(CLASSES)) {
    fail(`its classes are ${metadata.classes ?? "none"}, ${JSON.stringify(CLASSES)} are wanted`);
  }
  const sha256 = await hashValues(bytes.slice());
  if (metadata.sha256 !== sha256) {
    fail("its values are not the ones that were saved, their SHA-256 differs: the file is damaged");
  }
  const { network, head, trainingSize, seed, specs, name } = createClassifier(readNetwork(metadata.network));
  const values = matchParameters(specs, readParameters(tensors), name);
  const velocities = [...tensors].filter(([name]) => name.startsWith(OPTIMISER_PREFIX));
  for (const [name, { shape }] of velocities) {
    const parameter = specs.get(name.slice(OPTIMISER_PREFIX.length));
    if (parameter === undefined || !tf.util.arraysEqual([...shape], [...parameter.shape])) {
      fail(`its tensor ${JSON.stringify(name)} of ${shape.join(" × ")} fits no parameter of the network`);
    }
  }
  const classifier = new NetworkClassifier({
    network,
    head,
    trainingSize,
    seed,
    parameters: () =>
      new Map(
        [...specs].map(([name, { shape, trainable }]) => {
          const data = values.get(name) as Float32Array;
          return [name, tf.tidy(() => tf.variable(tf.tensor(data, [...shape], "float32"), trainable))];
        }),
      ),
  });
  return {
    classifier,
    training: readTraining(metadata.training),
    restoreOptimiser: velocities.length === 0 ? undefined : (optimiser) => {
      const state = velocities.map(([name, { shape, data }]): [string, tf.Tensor] => [
        name.slice(OPTIMISER_PREFIX.length),
        tf.tensor(data as Float32Array, [...shape], "float32"),
      ]);
      optimiser.restore(new Map(state));
      tf.dispose(state.map(([, tensor]) => tensor));
    },
    sha256,
  };
}

/** The weights of the file by parameter, in float32. */
function readParameters(tensors: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  const parameters = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors) {
    if (name.startsWith(OPTIMISER_PREFIX) || name.endsWith(SCALE_SUFFIX)) continue;
    const { data, dtype, shape } = tensor;
    if (!(data instanceof Int8Array)) {
      parameters.set(name, tensor);
      continue;
    }
    const scales = tensors.get(name + SCALE_SUFFIX)?.data;
    if (!(scales instanceof Float32Array) || scales.length !== shape[shape.length - 1]) {
      fail(`its ${dtype} tensor ${JSON.stringify(name)} has no scale for each of its output channels`);
    }
    const levels = new Int8Array(data);
    parameters.set(name, {
      dtype: "F32",
      shape,
      data: dequantizeKernel({ levels, scales: new Float32Array(scales) }),
    });
  }
  return parameters;
}

function readNetwork(text: string | undefined): ClassifierOptions {
  const { arch, width, strideAt, scaling, head, seed, trainingSize } = parse(text, "network");
  const texts = [arch, strideAt, head], numbers = [width, seed, trainingSize];
  if (!texts.every((v) => typeof v === "string") || !numbers.every((v) => typeof v === "number")) {
    fail('its metadata "network" lacks an arch, width, strideAt, head, seed or trainingSize');
  }
  if (scaling !== undefined && (typeof scaling !== "object" || scaling === null)) {
    fail('its metadata "network" has a scaling that is no JSON object');
  }
  // createClassifier() checks what they say.
  return { arch, width, strideAt, scaling, head, seed, trainingSize } as ClassifierOptions;
}

function readTraining(text: string | undefined): TrainingRecord | undefined {
  if (text === undefined) return undefined;
  const { epoch, step, options } = parse(text, "training");
  if (!isCount(epoch) || !isCount(step) || typeof options !== "object" || options === null) {
    fail("its training record lacks an epoch, a step or options");
  }
  return { epoch, step, options: options as Record<string, unknown> };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parse(text: string | undefined, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Told below.
  }
  return fail(`its metadata "${what}" is no JSON object`);
}

function fail(reason: string): never {
  throw new SyntaxError(`Cannot load the checkpoint: ${reason}.`);
}
