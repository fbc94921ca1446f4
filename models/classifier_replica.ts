import { type ClassifierCopy, splitWeights } from "./classifier_copy.ts";
import { NetworkClassifier } from "./network_classifier.ts";
import { describeNetwork } from "./architectures.ts";
import { tf } from "./tfjs.ts";

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
    parameters: (specs) => {
      const values = splitWeights(weights, specs);
      return new Map(
        [...specs].map(([name, { shape, trainable }], i) => [
          name,
          tf.tidy(() => tf.variable(tf.tensor(values[i], [...shape], "float32"), trainable)),
        ]),
      );
    },
  });
}

/** Gives a replica the values that its original has put into the shared memory since. */
export function refreshReplica(
  { specs, parameters }: NetworkClassifier,
  weights: Float32Array<SharedArrayBuffer>,
): void {
  const values = splitWeights(weights, specs);
  tf.tidy(() => {
    for (const [i, variable] of [...parameters.values()].entries()) {
      variable.assign(tf.tensor(values[i], variable.shape, "float32"));
    }
  });
}
