import { serveRequests } from "../threads/serve_requests.ts";
import { openBackend } from "../backend.ts";
import type { BatchGradients } from "./batch_gradients.ts";
import { refreshParameters, writeShared } from "../threads/shared_values.ts";
import { tf } from "../tfjs.ts";
import type { Trainee } from "./trainee.ts";

/** What a thread is told first: which network, and where its values lie and its gradients belong. */
export interface GradientTask {
  readonly description: object;
  /** The values of all parameters, in the order of the network's specs. */
  readonly weights: Float32Array<SharedArrayBuffer>;
  /** The values of the trainable parameters' gradients, one after the other. */
  readonly gradients: Float32Array<SharedArrayBuffer>;
}

/** What it is told: its task, then parts of batches. */
export type GradientRequest = { readonly task: GradientTask } | { readonly part: object };

/** What it answers: nothing, or what it found but for the gradients, which are in the shared memory. */
export type GradientReply = undefined | { readonly loss: number };

/**
 * The side of a thread that computes gradients: it holds a copy of a network, whose weights it reads from shared memory before each part
 * of a batch, and leaves its gradients there.
 *
 * @param open makes the network; a backend is open then.
 */
export function answerGradientRequests<Batch extends object>(
  open: (task: GradientTask) => Trainee<Batch, BatchGradients>,
): void {
  let begun: { task: GradientTask; trainee: Trainee<Batch, BatchGradients> } | undefined;
  serveRequests<GradientRequest, GradientReply>(async (request) => {
    if ("task" in request) {
      await openBackend({ backend: "wasm" });
      begun = { task: request.task, trainee: open(request.task) };
      return undefined;
    }
    const { task, trainee } = begun!;
    refreshParameters(task.weights, trainee.network);
    const { gradients, ...found } = await trainee.gradients(request.part as Batch);
    writeShared(task.gradients, [...trainee.network.trainable.keys()].map((name) => gradients[name]));
    tf.dispose(gradients);
    return found;
  });
}
