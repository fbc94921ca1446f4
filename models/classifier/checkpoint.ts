import { CLASSES } from "../../core/label/classifier.ts";
import type { ClassifierOptions } from "./classifier.ts";
import { encodeCheckpoint, type SaveCheckpointOptions } from "../checkpoint/encode_checkpoint.ts";
import type { NetworkClassifier } from "./network_classifier.ts";

export type { SaveCheckpointOptions };

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
 * @throws {RangeError} for a precision of another name.
 */
export function saveCheckpoint(
  classifier: NetworkClassifier,
  options: SaveCheckpointOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
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
  return encodeCheckpoint({
    format: "hairline-classifier",
    parameters: () => classifier.parameters,
    network: { ...described },
    metadata: { classes: JSON.stringify(CLASSES) },
  }, options);
}
