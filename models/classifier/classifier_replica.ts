import type { ClassifierCopy } from "./classifier_copy.ts";
import { NetworkClassifier } from "./network_classifier.ts";
import { describeNetwork } from "./architectures.ts";
import { createFromShared } from "../threads/shared_values.ts";

/** The classifier that {@linkcode copyClassifier} described, with the values that it had then. Needs an open backend. */
export function openReplica(
  { network, head, trainingSize, seed, weights }: ClassifierCopy,
  { inferenceOnly = false }: { readonly inferenceOnly?: boolean } = {},
): NetworkClassifier {
  return new NetworkClassifier({
    network: describeNetwork(network),
    head,
    trainingSize,
    seed,
    inferenceOnly,
    parameters: (specs) => createFromShared(weights, specs),
  });
}
