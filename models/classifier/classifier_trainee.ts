import type { ClassifierGradients } from "./classifier_gradients.ts";
import { type HostBatch, hostGradients, joinGradients, splitBatch } from "./gradient_parts.ts";
import type { BareClassifier } from "./bare_classifier.ts";
import type { Trainee } from "../training/trainee.ts";

/** A classifier whose gradients several threads can find. */
export function classifierTrainee(classifier: BareClassifier): Trainee<HostBatch, ClassifierGradients> {
  return {
    network: classifier,
    description: classifier.description,
    worker: new URL("./gradient_worker.ts", import.meta.url),
    split: splitBatch,
    gradients: (batch, options) => hostGradients(classifier, batch, options),
    join: joinGradients,
  };
}
