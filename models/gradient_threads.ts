import type { ClassifierGradients } from "./classifier_gradients.ts";
import { type ClassifierCopy, copyClassifier, updateCopy } from "./classifier_copy.ts";
import { type HostBatch, hostGradients, joinGradients, splitBatch } from "./gradient_parts.ts";
import type { GradientReply, GradientRequest } from "./gradient_worker.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import { RequestWorker, workerRefusal } from "./request_worker.ts";
import { readShared, sharedFloats } from "./shared_tensors.ts";

/**
 * Computes the gradients of a classifier in several threads of the WASM backend, each of which has a copy of it and takes a part of
 * every batch; this thread is one of them. Batch norm takes the statistics of each part, and only this thread's part moves the
 * running ones.
 *
 * A worker needs read access to its file. Where that is missing this thread computes all parts, one after the other: slower, but
 * with the same result.
 */
export class GradientThreads implements Disposable {
  /** Parts that a batch is cut into. */
  readonly parts: number;
  /** Why this thread is alone, where it is without having been asked to. */
  readonly reason: string | undefined;
  readonly #classifier: NetworkClassifier;
  readonly #team: Team | undefined;

  private constructor(
    classifier: NetworkClassifier,
    { parts, team, reason }: { parts: number; team?: Team; reason?: string },
  ) {
    this.#classifier = classifier;
    this.parts = parts;
    this.#team = team;
    this.reason = reason;
  }

  /** Starts the threads, `parts` with this one. */
  static async open(classifier: NetworkClassifier, parts: number): Promise<GradientThreads> {
    const reason = workerRefusal();
    if (parts === 1 || reason !== undefined) return new GradientThreads(classifier, { parts, reason });
    const team: Team = { copy: copyClassifier(classifier), workers: [] };
    try {
      for (let i = 1; i < parts; i++) {
        const worker = new GradientWorker(classifier);
        team.workers.push(worker);
        await worker.start(team.copy);
      }
      return new GradientThreads(classifier, { parts, team });
    } catch (error) {
      for (const worker of team.workers) worker[Symbol.dispose]();
      return new GradientThreads(classifier, {
        parts,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** The same result from this thread alone. */
  static alone(classifier: NetworkClassifier, parts: number): GradientThreads {
    return new GradientThreads(classifier, { parts });
  }

  /** Whether other threads take part. */
  get working(): boolean {
    return this.#team !== undefined;
  }

  /** The gradients of a batch: the means over its parts. */
  async gradients(batch: HostBatch): Promise<ClassifierGradients> {
    const [own, ...others] = splitBatch(batch, this.parts);
    if (this.#team === undefined) {
      const found = [await hostGradients(this.#classifier, own)];
      for (const part of others) found.push(await hostGradients(this.#classifier, part, { momentum: 1 }));
      return joinGradients(found);
    }
    const { copy, workers } = this.#team;
    updateCopy(copy.weights, this.#classifier);
    const replies = others.map((part, i) => workers[i].gradients(part));
    const first = await hostGradients(this.#classifier, own);
    return joinGradients([first, ...await Promise.all(replies)]);
  }

  [Symbol.dispose](): void {
    for (const worker of this.#team?.workers ?? []) worker[Symbol.dispose]();
  }
}

interface Team {
  readonly copy: ClassifierCopy;
  readonly workers: GradientWorker[];
}

class GradientWorker implements Disposable {
  readonly #worker = new RequestWorker<GradientRequest, GradientReply>("./gradient_worker.ts");
  readonly #classifier: NetworkClassifier;
  readonly #gradients: Float32Array<SharedArrayBuffer>;

  constructor(classifier: NetworkClassifier) {
    this.#classifier = classifier;
    this.#gradients = sharedFloats(
      [...classifier.trainable.values()].reduce((sum, variable) => sum + variable.size, 0),
    );
  }

  async start(classifier: ClassifierCopy): Promise<void> {
    await this.#worker.ask({ classifier, gradients: this.#gradients });
  }

  async gradients(part: HostBatch): Promise<ClassifierGradients> {
    // Slices: a view would send the memory of the whole batch.
    const { pixels, size, crack } = part;
    const reply = await this.#worker.ask({ pixels: pixels.slice(), size, crack: crack.slice() });
    if (reply === undefined) {
      throw new Error("Cannot train in a second thread: it gave an answer without gradients.");
    }
    const { trainable } = this.#classifier;
    const tensors = readShared(this.#gradients, [...trainable.values()]);
    const gradients = Object.fromEntries([...trainable.keys()].map((name, i) => [name, tensors[i]]));
    return { ...reply, gradients };
  }

  [Symbol.dispose](): void {
    this.#worker[Symbol.dispose]();
  }
}
