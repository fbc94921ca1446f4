/**
 * A thread that shows patches and images to a classifier of its own.
 *
 * @module
 */
import { serveNetwork } from "../threads/serve_network.ts";
import { type BareClassifier, type ClassifierDescription, restoreClassifier } from "./bare_classifier.ts";
import {
  activateOnHost,
  type HostActivations,
  type HostImage,
  type HostPatches,
  scoreOnHost,
} from "./host_inference.ts";

serveNetwork<
  ClassifierDescription,
  BareClassifier,
  HostPatches | HostImage,
  Float32Array | HostActivations
>({
  restore: (snapshot) => restoreClassifier(snapshot, { inferenceOnly: true }),
  work: (classifier, job) => "size" in job ? scoreOnHost(classifier, job) : activateOnHost(classifier, job),
});
