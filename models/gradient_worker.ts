/**
 * A thread that computes gradients: it holds a copy of a classifier, whose weights it reads from shared memory before each part
 * of a batch, and leaves its gradients there.
 *
 * @module
 */
import { openBackend } from "./backend.ts";
import { type ClassifierOptions, createClassifier } from "./classifier.ts";
import { type HostBatch, hostGradients } from "./gradient_parts.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import { readShared, writeShared } from "./shared_tensors.ts";
import { tf } from "./tfjs.ts";

/** What a worker is told: first which classifier, then parts of batches. */
export type GradientRequest =
  | {
    readonly classifier: ClassifierOptions;
    readonly weights: Float32Array<SharedArrayBuffer>;
    readonly gradients: Float32Array<SharedArrayBuffer>;
  }
  | HostBatch;

/** What it answers: that it is ready, what it found (the gradients are in the shared memory), or why it failed. */
export type GradientReply =
  | { readonly ready: true }
  | { readonly loss: number; readonly scores: Float32Array }
  | { readonly failure: string };

interface Replica {
  readonly classifier: NetworkClassifier;
  readonly weights: Float32Array<SharedArrayBuffer>;
  readonly gradients: Float32Array<SharedArrayBuffer>;
}

let replica: Replica | undefined;

async function answer(request: GradientRequest): Promise<GradientReply> {
  if ("classifier" in request) {
    await openBackend({ backend: "wasm" });
    replica = { ...request, classifier: createClassifier(request.classifier) };
    return { ready: true };
  }
  const { classifier, weights, gradients } = replica as Replica;
  const { trainable } = classifier;
  const shapes = [...trainable.values()];
  const read = readShared(weights, shapes);
  for (const [i, variable] of shapes.entries()) variable.assign(read[i]);
  tf.dispose(read);
  const found = await hostGradients(classifier, request);
  writeShared(gradients, [...trainable.keys()].map((name) => found.gradients[name]));
  tf.dispose(found.gradients);
  return { loss: found.loss, scores: found.scores };
}

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<GradientRequest>) => void;
  postMessage(reply: GradientReply): void;
};

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage(await answer(data));
  } catch (error) {
    scope.postMessage({ failure: error instanceof Error ? error.message : String(error) });
  }
};
