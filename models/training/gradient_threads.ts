import type { GradientReply, GradientRequest, GradientTask } from "./serve_gradients.ts";
import type { BatchGradients } from "./batch_gradients.ts";
import { RequestWorker, workerRefusal } from "../threads/request_worker.ts";
import { readShared, sharedFloats, shareValues, updateShared } from "../threads/shared_values.ts";
import { tf } from "../tfjs.ts";
import type { Trainee } from "./trainee.ts";

/**
 * Computes the gradients of a network in several threads of the WASM backend, each of which has a copy of it and takes a part of
 * every batch; this thread is one of them. Batch norm takes the statistics of each part, and only this thread's part moves the
 * running ones.
 *
 * A worker needs read access to its file. Where that is missing this thread computes all parts, one after the other: slower, but
 * with the same result.
 */
export class GradientThreads<Batch extends object, Found extends BatchGradients> implements Disposable {
  /** Parts that a batch is cut into. */
  readonly parts: number;
  /** Why this thread is alone, where it is without having been asked to. */
  readonly reason: string | undefined;
  readonly #trainee: Trainee<Batch, Found>;
  readonly #team: Team<Batch, Found> | undefined;

  private constructor(
    trainee: Trainee<Batch, Found>,
    { parts, team, reason }: { parts: number; team?: Team<Batch, Found>; reason?: string },
  ) {
    this.#trainee = trainee;
    this.parts = parts;
    this.#team = team;
    this.reason = reason;
  }

  /** Starts the threads, `parts` with this one. */
  static async open<Batch extends object, Found extends BatchGradients>(
    trainee: Trainee<Batch, Found>,
    parts: number,
  ): Promise<GradientThreads<Batch, Found>> {
    const reason = workerRefusal();
    if (parts === 1 || reason !== undefined) return new GradientThreads(trainee, { parts, reason });
    const team: Team<Batch, Found> = { weights: shareValues(trainee.network), workers: [] };
    try {
      for (let i = 1; i < parts; i++) {
        const worker = new GradientWorker(trainee);
        team.workers.push(worker);
        await worker.start(team.weights);
      }
      return new GradientThreads(trainee, { parts, team });
    } catch (error) {
      for (const worker of team.workers) worker[Symbol.dispose]();
      return new GradientThreads(trainee, {
        parts,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** The same result from this thread alone. */
  static alone<Batch extends object, Found extends BatchGradients>(
    trainee: Trainee<Batch, Found>,
    parts: number,
  ): GradientThreads<Batch, Found> {
    return new GradientThreads(trainee, { parts });
  }

  /** Whether other threads take part. */
  get working(): boolean {
    return this.#team !== undefined;
  }

  /** The gradients of a batch: the means over its parts. */
  async gradients(batch: Batch): Promise<Found> {
    const trainee = this.#trainee;
    const [own, ...others] = trainee.split(batch, this.parts);
    if (this.#team === undefined) {
      const found = [await trainee.gradients(own)];
      for (const part of others) found.push(await trainee.gradients(part, { momentum: 1 }));
      return trainee.join(found);
    }
    const { weights, workers } = this.#team;
    updateShared(weights, trainee.network);
    // The others first: once this thread begins, it sends nothing until it is done.
    const replies = others.map((part, i) => workers[i].gradients(part));
    // All are waited for: a thread whose answer nobody takes would end the process with its error.
    const settled = await Promise.allSettled([trainee.gradients(own), ...replies]);
    const found = settled.flatMap((part) => part.status === "fulfilled" ? [part.value] : []);
    const failed = settled.find((part) => part.status === "rejected");
    if (failed === undefined) return trainee.join(found);
    for (const { gradients } of found) tf.dispose(gradients);
    throw failed.reason;
  }

  [Symbol.dispose](): void {
    for (const worker of this.#team?.workers ?? []) worker[Symbol.dispose]();
  }
}

interface Team<Batch extends object, Found extends BatchGradients> {
  readonly weights: GradientTask["weights"];
  readonly workers: GradientWorker<Batch, Found>[];
}

class GradientWorker<Batch extends object, Found extends BatchGradients> implements Disposable {
  readonly #worker: RequestWorker<GradientRequest, GradientReply>;
  readonly #trainee: Trainee<Batch, Found>;
  readonly #gradients: Float32Array<SharedArrayBuffer>;

  constructor(trainee: Trainee<Batch, Found>) {
    this.#trainee = trainee;
    this.#worker = new RequestWorker(trainee.worker);
    this.#gradients = sharedFloats(
      [...trainee.network.trainable.values()].reduce((sum, variable) => sum + variable.size, 0),
    );
  }

  async start(weights: GradientTask["weights"]): Promise<void> {
    const { description } = this.#trainee;
    await this.#worker.ask({ task: { description, weights, gradients: this.#gradients } });
  }

  async gradients(part: Batch): Promise<Found> {
    const reply = await this.#worker.ask({ part: compact(part) });
    if (reply === undefined) {
      throw new Error("Cannot train in a second thread: it gave an answer without gradients.");
    }
    const { trainable } = this.#trainee.network;
    const tensors = readShared(this.#gradients, [...trainable.values()]);
    const gradients = Object.fromEntries([...trainable.keys()].map((name, i) => [name, tensors[i]]));
    // The worker's module and this thread's trainee are of one kind.
    return { ...reply, gradients } as Found;
  }

  [Symbol.dispose](): void {
    this.#worker[Symbol.dispose]();
  }
}

/** The same with slices for views: a view would send the memory of the whole batch. */
function compact(part: object): object {
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      value instanceof Float32Array || value instanceof Uint8Array ? value.slice() : value,
    ]),
  );
}
