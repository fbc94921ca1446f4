import { argumentsSchema, checkArguments, instanceOf } from "../../core/arguments.ts";
import { CLASSES } from "../../core/label/classifier.ts";
import { refuseCheckpoint, type TrainingRecord } from "../checkpoint/checkpoint.ts";
import { type CheckpointValues, decodeCheckpoint, readSource } from "../checkpoint/decode_checkpoint.ts";
import {
  encodeCheckpoint,
  SAVE_OPTIONS,
  type SaveCheckpointOptions,
} from "../checkpoint/encode_checkpoint.ts";
import { type ClassifierOptions, createClassifier, NetworkClassifier } from "./classifier.ts";

export type { SaveCheckpointOptions };

const ARGUMENTS = argumentsSchema({ classifier: instanceOf(NetworkClassifier), options: SAVE_OPTIONS });

/**
 * A classifier as one safetensors file, which other tools read, too: parameters by their Keras names, the network and its training in the
 * metadata, a SHA-256 of the values.
 *
 * @example
 * ```ts
 * import { createClassifier, loadClassifier, saveCheckpoint } from "../../mod.ts";
 *
 * using classifier = createClassifier({ arch: "resnet18", width: 0.25 });
 * const bytes = await saveCheckpoint(classifier);
 * using copy = await loadClassifier(bytes);
 * console.log(copy.name); // resnet18 × 0.25
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} for a precision of another name.
 */
export function saveCheckpoint(
  classifier: NetworkClassifier,
  options: SaveCheckpointOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return Promise.try(() => {
    checkArguments("save a network", ARGUMENTS, { classifier, options });
    return encodeCheckpoint({
      format: "hairline-classifier",
      parameters: () => classifier.parameters,
      network: { ...classifier.description },
      metadata: { classes: JSON.stringify(CLASSES) },
    }, options);
  });
}

/** What a checkpoint holds. */
export interface Checkpoint extends Pick<CheckpointValues, "restoreOptimiser"> {
  /** The classifier, the caller's to dispose. */
  readonly classifier: NetworkClassifier;
  /** Where its training stood, if it was saved. */
  readonly training: TrainingRecord | undefined;
  /** SHA-256 of the stored values, to name the weights by. */
  readonly sha256: string;
}

/**
 * Reads what {@linkcode saveCheckpoint} wrote. Nothing in the file is trusted.
 *
 * @throws {SyntaxError} for a file that is no checkpoint of a classifier, is damaged, or was written by a newer version.
 * @throws {RangeError} for parameters that do not fit the network, naming what differs, and for networks that cannot be.
 */
export async function loadCheckpoint(bytes: Uint8Array): Promise<Checkpoint> {
  const { metadata, network: described, training, sha256, values } = await decodeCheckpoint(
    bytes,
    "hairline-classifier",
  );
  if (metadata.classes !== JSON.stringify(CLASSES)) {
    refuseCheckpoint(`its classes are ${metadata.classes ?? "none"}, ${JSON.stringify(CLASSES)} are wanted`);
  }
  const fitting = createClassifier(optionsOf(described));
  const { network, head, trainingSize, seed } = fitting;
  const { parameters, restoreOptimiser } = values(fitting);
  const classifier = new NetworkClassifier({ network, head, trainingSize, seed, parameters });
  return { classifier, training, restoreOptimiser, sha256 };
}

function optionsOf(network: Readonly<Record<string, unknown>>): ClassifierOptions {
  const { arch, width, strideAt, scaling, head, seed, trainingSize } = network;
  const texts = [arch, strideAt, head], numbers = [width, seed, trainingSize];
  if (!texts.every((v) => typeof v === "string") || !numbers.every((v) => typeof v === "number")) {
    refuseCheckpoint('its metadata "network" lacks an arch, width, strideAt, head, seed or trainingSize');
  }
  if (scaling !== undefined && (typeof scaling !== "object" || scaling === null)) {
    refuseCheckpoint('its metadata "network" has a scaling that is no JSON object');
  }
  // createClassifier() checks what they say.
  return { arch, width, strideAt, scaling, head, seed, trainingSize } as ClassifierOptions;
}

/**
 * A trained classifier from a checkpoint, which {@linkcode saveCheckpoint} or a training wrote.
 *
 * Bytes need no permission, a path needs to be readable, a URL needs its host to be allowed.
 *
 * @param source the checkpoint: its bytes, a path, or a URL (`https:`, `http:`, `file:`). Without one, the classifier that ships
 * with Hairline; models/weights/CARD.md says what it is.
 *
 * @example
 * ```ts
 * import { createClassifier, loadClassifier, saveCheckpoint } from "../../mod.ts";
 *
 * using untrained = createClassifier({ arch: "resnet18", width: 0.25 });
 * using classifier = await loadClassifier(await saveCheckpoint(untrained));
 * console.log(classifier.name); // resnet18 × 0.25
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {Error} if the source cannot be fetched.
 * @throws {SyntaxError} for a file that is no checkpoint or is damaged.
 * @throws {RangeError} for parameters that do not fit the network.
 */
export async function loadClassifier(source?: Uint8Array | string | URL): Promise<NetworkClassifier> {
  const bytes = source === undefined
    ? (await import("../weights/shipped_classifier.ts")).shippedCheckpoint()
    : await readSource(source);
  return (await loadCheckpoint(bytes)).classifier;
}
