import type { ClassifierGradients } from "./classifier_gradients.ts";
import { type HostBatch, hostGradients, joinGradients, splitBatch } from "./gradient_parts.ts";
import type { GradientReply, GradientRequest } from "./gradient_worker.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import { readShared, writeShared } from "./shared_tensors.ts";

const WORKER = new URL("./gradient_worker.ts", import.meta.url);

/** Whether a worker may load its file. Asked beforehand, since a worker that may not complains on standard error. */
async function mayStart(url: URL): Promise<boolean> {
  const { state } = await Deno.permissions.query(
    url.protocol === "file:" ? { name: "read", path: url } : { name: "import", host: url.host },
  );
  return state === "granted";
}

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
    if (parts === 1) return GradientThreads.alone(classifier, parts);
    const size = [...classifier.trainable.values()].reduce((sum, variable) => sum + variable.size, 0);
    if (!await mayStart(WORKER)) {
      const reason = `this run may not read ${WORKER.pathname}, where the others start`;
      return new GradientThreads(classifier, { parts, reason });
    }
    const team: Team = { weights: sharedFloats(size), workers: [] };
    try {
      for (let i = 1; i < parts; i++) {
        const memory = { weights: team.weights, gradients: sharedFloats(size) };
        team.workers.push(await GradientWorker.open(classifier, memory));
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
    const { weights, workers } = this.#team;
    writeShared(weights, [...this.#classifier.trainable.values()]);
    const replies = others.map((part, i) => workers[i].gradients(part));
    const first = await hostGradients(this.#classifier, own);
    return joinGradients([first, ...await Promise.all(replies)]);
  }

  [Symbol.dispose](): void {
    for (const worker of this.#team?.workers ?? []) worker[Symbol.dispose]();
  }
}

interface Team {
  /** The values of the trainable parameters, one after the other. */
  readonly weights: Float32Array<SharedArrayBuffer>;
  readonly workers: GradientWorker[];
}

class GradientWorker implements Disposable {
  readonly #worker: Worker;
  readonly #classifier: NetworkClassifier;
  readonly #gradients: Float32Array<SharedArrayBuffer>;

  private constructor(
    worker: Worker,
    classifier: NetworkClassifier,
    gradients: Float32Array<SharedArrayBuffer>,
  ) {
    this.#worker = worker;
    this.#classifier = classifier;
    this.#gradients = gradients;
  }

  static async open(
    classifier: NetworkClassifier,
    memory: { weights: Float32Array<SharedArrayBuffer>; gradients: Float32Array<SharedArrayBuffer> },
  ): Promise<GradientWorker> {
    const opened = new GradientWorker(
      new Worker(WORKER, { type: "module" }),
      classifier,
      memory.gradients,
    );
    const { network: { arch, width }, head } = classifier;
    try {
      await opened.#ask({ classifier: { arch, width, head }, ...memory });
      return opened;
    } catch (error) {
      opened[Symbol.dispose]();
      throw error;
    }
  }

  async gradients(part: HostBatch): Promise<ClassifierGradients> {
    // Slices: a view would send the memory of the whole batch.
    const { pixels, size, crack } = part;
    const reply = await this.#ask({ pixels: pixels.slice(), size, crack: crack.slice() });
    if (!("loss" in reply)) {
      throw new Error("Cannot train in a second thread: it gave an answer without gradients.");
    }
    const { trainable } = this.#classifier;
    const tensors = readShared(this.#gradients, [...trainable.values()]);
    const gradients = Object.fromEntries([...trainable.keys()].map((name, i) => [name, tensors[i]]));
    return { ...reply, gradients };
  }

  #ask(request: GradientRequest): Promise<GradientReply> {
    const { promise, resolve, reject } = Promise.withResolvers<GradientReply>();
    this.#worker.onmessage = ({ data }: MessageEvent<GradientReply>) =>
      "failure" in data
        ? reject(new Error(`Cannot train in a second thread: ${data.failure}`))
        : resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    this.#worker.postMessage(request);
    return promise;
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

function sharedFloats(length: number): Float32Array<SharedArrayBuffer> {
  return new Float32Array(new SharedArrayBuffer(length * 4));
}
