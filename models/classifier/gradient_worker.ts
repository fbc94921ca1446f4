/**
 * A thread that computes gradients of a classifier.
 *
 * @module
 */
import { answerGradientRequests } from "../training/serve_gradients.ts";
import { type ClassifierDescription, restoreClassifier } from "./bare_classifier.ts";
import { classifierTrainee } from "./classifier_trainee.ts";

answerGradientRequests(({ description, weights }) =>
  classifierTrainee(restoreClassifier({ description: description as ClassifierDescription, weights }))
);
