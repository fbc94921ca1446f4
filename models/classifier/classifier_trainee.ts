import { describeClassifier } from "./classifier_copy.ts";
import type { ClassifierGradients } from "./classifier_gradients.ts";
import { type HostBatch, hostGradients, joinGradients, splitBatch } from "./gradient_parts.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import type { Trainee } from "../training/trainee.ts";

/** A classifier whose gradients several threads can find. */
export function classifierTrainee(classifier: NetworkClassifier): Trainee<HostBatch, ClassifierGradients> {
  return {
    network: classifier,
    description: describeClassifier(classifier),
    worker: new URL("./gradient_worker.ts", import.meta.url),
    split: splitBatch,
    gradients: (batch, options) => hostGradients(classifier, batch, options),
    join: joinGradients,
  };
}
