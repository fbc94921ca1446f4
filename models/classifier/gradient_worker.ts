/**
 * A thread that computes gradients of a classifier.
 *
 * @module
 */
import type { Snapshot } from "../threads/shared_values.ts";
import { serveGradients } from "../training/gradient_threads.ts";
import { type ClassifierDescription, restoreClassifier } from "./bare_classifier.ts";
import { classifierGradientModel } from "./gradients.ts";

serveGradients((snapshot: Snapshot<ClassifierDescription>) =>
  classifierGradientModel(restoreClassifier(snapshot))
);
