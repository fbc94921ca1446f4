/**
 * A thread that shows patches and images to a classifier of its own.
 *
 * @module
 */
import { serveNetwork } from "../threads/serve_network.ts";
import {
  activateOnHost,
  type BareClassifier,
  type ClassifierDescription,
  type HostActivations,
  type HostImage,
  type HostPatches,
  restoreClassifier,
  scoreOnHost,
} from "./bare_classifier.ts";

serveNetwork<
  ClassifierDescription,
  BareClassifier,
  HostPatches | HostImage,
  Float32Array | HostActivations
>({
  restore: (snapshot) => restoreClassifier(snapshot, { inferenceOnly: true }),
  work: (classifier, job) => "size" in job ? scoreOnHost(classifier, job) : activateOnHost(classifier, job),
});
