/**
 * A thread that computes gradients of a classifier.
 *
 * @module
 */
import { answerGradientRequests } from "../training/serve_gradients.ts";
import type { ClassifierDescription } from "./classifier_copy.ts";
import { openReplica } from "./classifier_replica.ts";
import { classifierTrainee } from "./classifier_trainee.ts";

answerGradientRequests(({ description, weights }) =>
  classifierTrainee(openReplica({ ...description as ClassifierDescription, weights }))
);
