/**
 * A thread that computes gradients of a classifier.
 *
 * @module
 */
import { serveGradients } from "../training/gradient_threads.ts";
import { type ClassifierDescription, restoreClassifier } from "./bare_classifier.ts";
import { classifierGradientModel } from "./gradients.ts";
import type { Snapshot } from "../threads/shared_values.ts";

serveGradients((snapshot: Snapshot<ClassifierDescription>) =>
  classifierGradientModel(restoreClassifier(snapshot))
);
