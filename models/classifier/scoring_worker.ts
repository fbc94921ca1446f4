/**
 * A thread that shows patches and images to a classifier of its own.
 *
 * @module
 */
import { serveNetwork } from "../threads/serve_network.ts";
import type { Snapshot } from "../threads/shared_values.ts";
import { type ClassifierDescription, inferOnHost, restoreClassifier } from "./bare_classifier.ts";

serveNetwork({
  restore: (snapshot: Snapshot<ClassifierDescription>) =>
    restoreClassifier(snapshot, { inferenceOnly: true }),
  work: inferOnHost,
});
