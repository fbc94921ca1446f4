import { openBackend } from "../backend.ts";
import { tf } from "../tfjs.ts";
import { RequestWorker, workerRefusal } from "../threads/request_worker.ts";
import { serveRequests } from "../threads/serve_requests.ts";
import {
  readShared,
  refreshParameters,
  sharedFloats,
  shareValues,
  type Snapshot,
  updateShared,
  writeShared,
} from "../threads/shared_values.ts";
import type { BatchGradients, GradientModel } from "./gradients.ts";

/**
 * Computes the gradients of a network in several threads of the WASM backend, each of which restored a snapshot of it and takes a part of
 * every batch; the main thread is one of them. Batch norm takes the statistics of each part, and only the main thread's part moves the
 * running ones.
 *
 * A worker needs read access to its file. Where that is missing the main thread computes all parts, one after the other: slower, but
 * with the same result.
 */
export class GradientThreads<Batch extends object, Found extends BatchGradients> implements Disposable {
  /** Parts that a batch is cut into. */
  readonly parts: number;
  /** Why the main thread is alone, where it is without having been asked to. */
  readonly reason: string | undefined;
  readonly #model: GradientModel<Batch, Found>;
  readonly #team: Team<Batch, Found> | undefined;

  private constructor(
    model: GradientModel<Batch, Found>,
    { parts, team, reason }: { parts: number; team?: Team<Batch, Found>; reason?: string },
  ) {
    this.#model = model;
    this.parts = parts;
    this.#team = team;
    this.reason = reason;
  }

  /** Starts the threads, `parts` with the main thread. */
  static async open<Batch extends object, Found extends BatchGradients>(
    model: GradientModel<Batch, Found>,
    parts: number,
  ): Promise<GradientThreads<Batch, Found>> {
    const reason = workerRefusal();
    if (parts === 1 || reason !== undefined) return new GradientThreads(model, { parts, reason });
    const team: Team<Batch, Found> = { weights: shareValues(model.network), workers: [] };
    try {
      for (let i = 1; i < parts; i++) {
        const worker = new GradientWorker(model);
        team.workers.push(worker);
        await worker.start(team.weights);
      }
      return new GradientThreads(model, { parts, team });
    } catch (error) {
      for (const worker of team.workers) worker[Symbol.dispose]();
      return new GradientThreads(model, {
        parts,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** The same result from the main thread alone. */
  static alone<Batch extends object, Found extends BatchGradients>(
    model: GradientModel<Batch, Found>,
    parts: number,
  ): GradientThreads<Batch, Found> {
    return new GradientThreads(model, { parts });
  }

  /** Whether other threads take part. */
  get working(): boolean {
    return this.#team !== undefined;
  }

  /** The gradients of a batch: the means over its parts. */
  async gradients(batch: Batch): Promise<Found> {
    const model = this.#model;
    const [own, ...others] = model.split(batch, this.parts);
    if (this.#team === undefined) {
      const found: Found[] = [];
      try {
        found.push(await model.gradients(own));
        for (const part of others) found.push(await model.gradients(part, { momentum: 1 }));
      } catch (error) {
        for (const { gradients } of found) tf.dispose(gradients);
        throw error;
      }
      return model.join(found);
    }
    const { weights, workers } = this.#team;
    updateShared(weights, model.network);
    // The workers first: once the main thread begins, it sends nothing until it is done.
    const replies = others.map((part, i) => workers[i].gradients(part));
    // All are waited for: a rejection that is not handled would end the process.
    const settled = await Promise.allSettled([model.gradients(own), ...replies]);
    const found = settled.flatMap((part) => part.status === "fulfilled" ? [part.value] : []);
    const failed = settled.find((part) => part.status === "rejected");
    if (failed === undefined) return model.join(found);
    for (const { gradients } of found) tf.dispose(gradients);
    throw failed.reason;
  }

  [Symbol.dispose](): void {
    for (const worker of this.#team?.workers ?? []) worker[Symbol.dispose]();
  }
}

/** A worker's first request: which network, and where its gradients belong. */
interface GradientTask<Description extends object> extends Snapshot<Description> {
  /** The values of the trainable parameters' gradients, one after the other. */
  readonly gradients: Float32Array<SharedArrayBuffer>;
}

/** Its requests: its task, then parts of batches. */
type GradientRequest<Description extends object, Batch> =
  | { readonly task: GradientTask<Description> }
  | { readonly part: Batch };

/** What it answers: nothing, or what it found but for the gradients, which are in the shared memory. */
type GradientReply<Found extends BatchGradients> = undefined | Omit<Found, "gradients">;

/** The workers, and the shared memory that all of them read the values of the network from. */
interface Team<Batch extends object, Found extends BatchGradients> {
  readonly weights: Float32Array<SharedArrayBuffer>;
  readonly workers: GradientWorker<Batch, Found>[];
}

class GradientWorker<Batch extends object, Found extends BatchGradients> implements Disposable {
  readonly #worker: RequestWorker<GradientRequest<object, Batch>, GradientReply<Found>>;
  readonly #model: GradientModel<Batch, Found>;
  readonly #gradients: Float32Array<SharedArrayBuffer>;

  constructor(model: GradientModel<Batch, Found>) {
    this.#model = model;
    this.#worker = new RequestWorker(model.worker);
    this.#gradients = sharedFloats(
      [...model.network.trainable.values()].reduce((sum, variable) => sum + variable.size, 0),
    );
  }

  async start(weights: Float32Array<SharedArrayBuffer>): Promise<void> {
    const { description } = this.#model;
    await this.#worker.ask({ task: { description, weights, gradients: this.#gradients } });
  }

  async gradients(part: Batch): Promise<Found> {
    const reply = await this.#worker.ask({ part: compact(part) });
    if (reply === undefined) {
      throw new Error("Cannot train in a second thread: it gave an answer without gradients.");
    }
    const { trainable } = this.#model.network;
    const tensors = readShared(this.#gradients, [...trainable.values()]);
    const gradients = Object.fromEntries([...trainable.keys()].map((name, i) => [name, tensors[i]]));
    // Of a type parameter TypeScript does not know that its parts make it up again.
    return { ...reply, gradients } as Found;
  }

  [Symbol.dispose](): void {
    this.#worker[Symbol.dispose]();
  }
}

/** The same with slices for views: a view would send the memory of the whole batch. */
function compact<Batch extends object>(part: Batch): Batch {
  const entries = Object.entries(part).map(([key, value]) => [
    key,
    value instanceof Float32Array || value instanceof Uint8Array ? value.slice() : value,
  ]);
  return Object.fromEntries(entries) as Batch;
}

/**
 * The worker's side of {@linkcode GradientThreads}: it holds a network, whose values it reads from shared memory before each part of a
 * batch, and leaves its gradients there.
 *
 * @param restore makes the network of a snapshot; a backend is open then.
 */
export function serveGradients<Description extends object, Batch extends object>(
  restore: (snapshot: Snapshot<Description>) => GradientModel<Batch, BatchGradients>,
): void {
  let begun: { task: GradientTask<Description>; model: GradientModel<Batch, BatchGradients> } | undefined;
  serveRequests<GradientRequest<Description, Batch>, GradientReply<BatchGradients>>(async (request) => {
    if ("task" in request) {
      await openBackend({ backend: "wasm" });
      begun = { task: request.task, model: restore(request.task) };
      return undefined;
    }
    const { task, model } = begun!;
    refreshParameters(task.weights, model.network);
    const { gradients, ...found } = await model.gradients(request.part);
    writeShared(task.gradients, [...model.network.trainable.keys()].map((name) => gradients[name]));
    tf.dispose(gradients);
    return found;
  });
}
