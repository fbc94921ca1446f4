import type { Head } from "./head.ts";
import { describeNetwork, type NetworkOptions } from "./architectures.ts";
import { NetworkClassifier } from "./network_classifier.ts";

export type { NetworkClassifier };

/** Options of {@linkcode createClassifier}. */
export interface ClassifierOptions extends NetworkOptions {
  /** `paper`: one dense layer (the default); `reference`: a hidden one of 1000 before it, as in the authors' code. */
  readonly head?: Head;
  /** Seed of the untrained values, any integer. Default 0. */
  readonly seed?: number;
  /** Side of the square patches that it is going to be trained on, in pixels. Default 128, the paper's. */
  readonly trainingSize?: number;
}

/**
 * An untrained crack classifier: ResNet-18, 34, 50, 101, 152 or MobileNetV2 of any width up to 1, with the paper's or the authors' head.
 * Equal options give equal values on every machine.
 *
 * @example
 * ```ts
 * import { createClassifier } from "../../mod.ts";
 *
 * using classifier = createClassifier({ arch: "resnet18", width: 0.5, seed: 7 });
 * console.log(classifier.name); // resnet18 × 0.5
 * ```
 *
 * @throws {RangeError} for an unknown architecture or head, a width outside (0, 1], a seed or training size that is no (positive) integer.
 */
export function createClassifier(options: ClassifierOptions): NetworkClassifier {
  const { head = "paper", seed = 0, trainingSize = 128 } = options;
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot create a classifier from the seed ${seed}: an integer is wanted.`);
  }
  if (!Number.isSafeInteger(trainingSize) || trainingSize < 1) {
    throw new RangeError(
      `Cannot create a classifier for patches of side ${trainingSize}: a positive integer is wanted.`,
    );
  }
  return new NetworkClassifier({ network: describeNetwork(options), head, seed, trainingSize });
}
