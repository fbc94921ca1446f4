import { copyClassifier } from "./classifier_copy.ts";
import {
  activateOnHost,
  type HostActivations,
  type HostPatches,
  type HostPicture,
  scoreOnHost,
} from "./host_inference.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import { countParameters } from "./parameters.ts";
import { RequestWorker, workerRefusal } from "./request_worker.ts";
import { tf } from "./tfjs.ts";
import type { ScoringReply, ScoringRequest } from "./scoring_worker.ts";

/** How many threads run a network, and why it is one where it could be more. */
export interface ThreadPlan {
  readonly count: number;
  readonly reason?: string;
}

/** Bytes that the backends of other threads may take, and what one takes besides the weights, which it holds twice. */
const MEMORY = 2 ** 30, BACKEND_BYTES = 128 * 2 ** 20;

/**
 * Milliseconds without work after which the threads end. A script that forgets to dispose of its classifier would never end
 * otherwise: a worker keeps its process alive.
 */
const IDLE = 3000;

/** Pictures of at most so many pixels are as good as a batch of patches. */
const SMALL_PIXELS = 2 ** 16;

/** Requests that wait in a thread, the one that it works on included: the next begins without this thread's help. */
const AHEAD = 2;

/** Work for any one of the threads. */
interface Job {
  readonly part: HostPatches | HostPicture;
  readonly done: PromiseWithResolvers<ScoringReply>;
}

type Thread = RequestWorker<ScoringRequest, ScoringReply>;

/**
 * Shows patches and pictures to a network in several threads of the WASM backend, one a core, each of which has a copy of it.
 * Which thread takes what makes no difference to the results.
 *
 * The threads start at the first use and this one works on until they are there; then it keeps to its other work. They end when there
 * was nothing to do for a while.
 */
export class ScoringThreads implements Disposable {
  readonly #classifier: NetworkClassifier;
  #threads: Thread[] = [];
  /** Those of them that have the classifier. */
  readonly #ready = new Set<Thread>();
  /** Identities of the values that they have. */
  #values: readonly object[] = [];
  /** What any thread may take. */
  readonly #anywhere: Job[] = [];
  /** What only the first may take. */
  readonly #first: Job[] = [];
  #working = false;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #failure: string | undefined;
  #disposed = false;

  constructor(classifier: NetworkClassifier) {
    this.#classifier = classifier;
  }

  /** The threads that the machine, the permissions and the memory allow. */
  get plan(): ThreadPlan {
    // Other backends have a device of their own, or are there for tests.
    if (tf.getBackend() !== "wasm") return { count: 1 };
    const reason = this.#failure ?? workerRefusal();
    if (reason !== undefined) return { count: 1, reason };
    const bytes = 2 * 4 * countParameters(this.#classifier.specs) + BACKEND_BYTES;
    return { count: Math.max(1, Math.min(navigator.hardwareConcurrency, Math.floor(MEMORY / bytes))) };
  }

  /** Threads that take work; while there are none, this one does it. */
  get ready(): number {
    return this.#ready.size;
  }

  /** Starts the threads, or gives them the values that the classifier has now. */
  start(): void {
    clearTimeout(this.#idle);
    const { count } = this.plan;
    if (count === 1) return this.#close();
    const values = [...this.#classifier.parameters.values()].map(({ dataId }) => dataId);
    const changed = values.some((value, i) => value !== this.#values[i]);
    if (this.#threads.length > 0 && !changed) return;
    this.#values = values;
    if (this.#threads.length === 0) {
      this.#threads = Array.from({ length: count }, () => new RequestWorker("./scoring_worker.ts"));
    }
    const copy = copyClassifier(this.#classifier);
    for (const thread of this.#threads) {
      thread.ask(copy).then(() => {
        if (!this.#threads.includes(thread)) return;
        this.#ready.add(thread);
        this.#proceed();
      }).catch((error) => this.#giveUp(thread, error));
    }
  }

  /** The probability of crack of each patch, shown to the network `batch` at a time. */
  async scores({ pixels, size }: HostPatches, { batch }: { batch: number }): Promise<Float32Array> {
    const stride = size * size * 3;
    const parts = [];
    for (let from = 0; from < pixels.length; from += batch * stride) {
      parts.push({ pixels: pixels.subarray(from, from + batch * stride), size });
    }
    const scores = new Float32Array(pixels.length / stride);
    const found = await this.#run(this.#anywhere, parts);
    for (const [i, part] of found.entries()) scores.set(part as Float32Array, i * batch);
    return scores;
  }

  /** What the network sees in a picture. */
  async activations(picture: HostPicture): Promise<HostActivations> {
    // The memory of a backend never shrinks: one has that of large pictures, the others that of a batch.
    const small = picture.width * picture.height <= SMALL_PIXELS;
    const [found] = await this.#run(small ? this.#anywhere : this.#first, [picture]);
    return found as HostActivations;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#idle);
    this.#close();
    const gone = new TypeError(`Cannot go on with ${this.#classifier.name}: it was disposed of meanwhile.`);
    for (const { done } of [...this.#anywhere.splice(0), ...this.#first.splice(0)]) done.reject(gone);
  }

  async #run(queue: Job[], parts: readonly Job["part"][]): Promise<ScoringReply[]> {
    this.start();
    const jobs = parts.map((part): Job => ({ part, done: Promise.withResolvers() }));
    queue.push(...jobs);
    this.#proceed();
    return await Promise.all(jobs.map(({ done }) => done.promise));
  }

  /** Gives every thread work. */
  #proceed(): void {
    for (let pending = 0; pending < AHEAD; pending++) {
      for (const thread of this.#ready) {
        if (thread.pending > pending) continue;
        const job = this.#next(thread);
        if (job === undefined) continue;
        this.#send(job, thread);
      }
    }
    const left = this.#anywhere.length + this.#first.length;
    if (left > 0 && this.#ready.size === 0) this.#work();
    clearTimeout(this.#idle);
    if (left === 0 && this.#threads.length > 0 && this.#threads.every(({ pending }) => pending === 0)) {
      this.#idle = setTimeout(() => this.#close(), IDLE);
    }
  }

  async #send({ part, done }: Job, thread: Thread): Promise<void> {
    // A slice: a view would send the memory of the whole batch.
    const pixels = part.pixels.slice();
    try {
      done.resolve(await thread.ask({ ...part, pixels }, [pixels.buffer]));
    } catch (error) {
      if (thread.failure === undefined || this.#disposed) done.reject(error);
      else {
        // It is the thread that failed, not the job.
        this.#anywhere.unshift({ part, done });
        this.#giveUp(thread, thread.failure);
      }
    }
    this.#proceed();
  }

  /** Large pictures are for the first thread. */
  #next(thread: Thread): Job | undefined {
    return (thread === this.#threads[0] ? this.#first.shift() : undefined) ?? this.#anywhere.shift();
  }

  /** Lets this thread work until others are ready. */
  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#ready.size === 0) {
      const job = this.#first.shift() ?? this.#anywhere.shift();
      if (job === undefined) break;
      const { part, done } = job;
      await ("size" in part ? scoreOnHost(this.#classifier, part) : activateOnHost(this.#classifier, part))
        .then(done.resolve, done.reject);
      // Messages of other threads come in between two turns of the event loop.
      if (this.#threads.length > 0) await new Promise((resolve) => setTimeout(resolve));
    }
    this.#working = false;
    this.#proceed();
  }

  /** A thread that could not start: this one works alone from now on. */
  #giveUp(thread: Thread, error: Error): void {
    if (!this.#threads.includes(thread)) return;
    this.#failure = error.message;
    this.#close();
    this.#proceed();
  }

  #close(): void {
    const threads = this.#threads;
    this.#threads = [];
    this.#ready.clear();
    this.#values = [];
    for (const thread of threads) thread[Symbol.dispose]();
  }
}
