/**
 * A thread that computes gradients: it holds a copy of a classifier, whose weights it reads from shared memory before each part
 * of a batch, and leaves its gradients there.
 *
 * @module
 */
import { answerRequests } from "./answer_requests.ts";
import { openBackend } from "./backend.ts";
import type { ClassifierCopy } from "./classifier_copy.ts";
import { openReplica, refreshReplica } from "./classifier_replica.ts";
import { type HostBatch, hostGradients } from "./gradient_parts.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import { writeShared } from "./shared_tensors.ts";
import { tf } from "./tfjs.ts";

/** What a thread is told first: which classifier, and where its gradients belong. */
export interface GradientTask {
  readonly classifier: ClassifierCopy;
  /** The values of the trainable parameters' gradients, one after the other. */
  readonly gradients: Float32Array<SharedArrayBuffer>;
}

/** What it is told: its task, then parts of batches. */
export type GradientRequest = GradientTask | HostBatch;

/** What it answers: nothing, or what it found (the gradients are in the shared memory). */
export type GradientReply = undefined | { readonly loss: number; readonly scores: Float32Array };

let task: GradientTask & { readonly replica: NetworkClassifier } | undefined;

answerRequests<GradientRequest, GradientReply>(async (request) => {
  if ("classifier" in request) {
    await openBackend({ backend: "wasm" });
    task = { ...request, replica: openReplica(request.classifier) };
    return undefined;
  }
  const { replica, classifier: { weights }, gradients } = task!;
  refreshReplica(replica, weights);
  const found = await hostGradients(replica, request);
  writeShared(gradients, [...replica.trainable.keys()].map((name) => found.gradients[name]));
  tf.dispose(found.gradients);
  return { loss: found.loss, scores: found.scores };
});
