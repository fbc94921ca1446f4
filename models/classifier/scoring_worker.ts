/**
 * A thread that shows patches and pictures to its copy of a classifier.
 *
 * @module
 */
import { serveRequests } from "../threads/serve_requests.ts";
import { openBackend } from "../backend.ts";
import type { ClassifierCopy } from "./classifier_copy.ts";
import { openReplica } from "./classifier_replica.ts";
import {
  activateOnHost,
  type HostActivations,
  type HostPatches,
  type HostPicture,
  scoreOnHost,
} from "./host_inference.ts";
import type { NetworkClassifier } from "./network_classifier.ts";

/** What the thread is told: first, and whenever its values change, which classifier; then patches and pictures. */
export type ScoringRequest = ClassifierCopy | HostPatches | HostPicture;

/** What it answers: nothing, scores, or activations. */
export type ScoringReply = undefined | Float32Array | HostActivations;

let replica: NetworkClassifier | undefined;

serveRequests<ScoringRequest, ScoringReply>(async (request) => {
  if ("weights" in request) {
    await openBackend({ backend: "wasm" });
    replica?.dispose();
    replica = openReplica(request, { inferenceOnly: true });
    // Made at once: the asking thread does not keep the values.
    void replica.parameters;
    return undefined;
  }
  const classifier = replica as NetworkClassifier;
  return "size" in request
    ? await scoreOnHost(classifier, request)
    : await activateOnHost(classifier, request);
});
