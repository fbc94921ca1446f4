import { CLASSES } from "../../core/label/classifier.ts";
import { refuseCheckpoint, type TrainingRecord } from "../checkpoint/checkpoint.ts";
import { type ClassifierOptions, createClassifier } from "./classifier.ts";
import { type CheckpointValues, decodeCheckpoint } from "../checkpoint/decode_checkpoint.ts";
import { NetworkClassifier } from "./network_classifier.ts";

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
