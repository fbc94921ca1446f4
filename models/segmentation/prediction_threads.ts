import { RequestWorker, workerRefusal } from "../request_worker.ts";
import type { ThreadPlan } from "../scoring_threads.ts";
import { tf } from "../tfjs.ts";
import { predictOnHost, type WholePicture } from "./host_prediction.ts";
import { bytesFor } from "./pixels_at_once.ts";
import type { PredictionReply, PredictionRequest } from "./prediction_worker.ts";
import type { Segmenter } from "./segmenter.ts";
import { copySegmenter } from "./segmenter_copy.ts";

/** Bytes that the backends of all threads may take, and what one takes before it works. */
const MEMORY = 2 * 2 ** 30, BACKEND_BYTES = 64 * 2 ** 20;

/** Milliseconds without work after which the threads end: a worker keeps its process alive. */
const IDLE = 3000;

/** Pictures that wait in a thread, the one that it works on included: the next begins without this thread's help. */
const AHEAD = 2;

/** A picture for one of the threads. */
interface Job {
  readonly picture: WholePicture;
  /** How many threads may have the memory that it needs: the first take it. */
  readonly threads: number;
  readonly done: PromiseWithResolvers<Float32Array[]>;
}

type Thread = RequestWorker<PredictionRequest, PredictionReply>;

/**
 * Shows pictures to a segmentation network in several threads of the WASM backend, one a core, each of which has a copy of it. A picture
 * is shown whole by one thread: which one takes it makes no difference to the result.
 *
 * The threads start when a second picture comes while one is worked on; until they are there, and for a picture alone, this one works.
 * They end when there was nothing to do for a while.
 */
export class PredictionThreads implements Disposable {
  readonly #segmenter: Segmenter;
  #threads: Thread[] = [];
  /** Those of them that have the segmenter. */
  readonly #ready = new Set<Thread>();
  /** Identities of the values that they have. */
  #values: readonly object[] = [];
  #waiting: Job[] = [];
  /** Pictures without a prediction yet. */
  #open = 0;
  #working = false;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #failure: string | undefined;

  constructor(segmenter: Segmenter) {
    this.#segmenter = segmenter;
  }

  /** The threads that the machine, the permissions and the memory allow for pictures of so many pixels. */
  plan(pixels: number): ThreadPlan {
    // Other backends have a device of their own, or are there for tests.
    if (tf.getBackend() !== "wasm") return { count: 1 };
    const reason = this.#failure ?? workerRefusal();
    if (reason !== undefined) return { count: 1, reason };
    const fitting = Math.floor(MEMORY / (BACKEND_BYTES + bytesFor(this.#segmenter.network, pixels)));
    const count = Math.max(1, Math.min(navigator.hardwareConcurrency, fitting));
    return count === 1 && navigator.hardwareConcurrency > 1
      ? { count, reason: "the memory is not enough for a second" }
      : { count };
  }

  /** Threads that take pictures; while there are none, this one does. */
  get ready(): number {
    return this.#ready.size;
  }

  /** The confidences of a picture. */
  async predict(picture: WholePicture): Promise<Float32Array[]> {
    const threads = this.plan(picture.size[0] * picture.size[1]).count;
    if (threads === 1) return await predictOnHost(this.#segmenter, picture);
    clearTimeout(this.#idle);
    const job: Job = { picture, threads, done: Promise.withResolvers() };
    this.#waiting.push(job);
    this.#open++;
    try {
      if (this.#threads.length === 0 && this.#open > 1) this.#start(threads);
      this.#share();
      this.#proceed();
      return await job.done.promise;
    } finally {
      this.#open--;
      if (this.#open === 0 && this.#threads.length > 0) this.#idle = setTimeout(() => this.#close(), IDLE);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#idle);
    const gone = new TypeError(`Cannot go on with ${this.#segmenter.name}: it was disposed of meanwhile.`);
    for (const { done } of this.#waiting.splice(0)) done.reject(gone);
    this.#close();
  }

  #start(count: number): void {
    this.#threads = Array.from(
      { length: count },
      () => new RequestWorker("./segmentation/prediction_worker.ts"),
    );
  }

  /** Gives the threads the values that the segmenter has now, where they have others. */
  #share(): void {
    if (this.#threads.length === 0) return;
    const values = [...this.#segmenter.parameters.values()].map(({ dataId }) => dataId);
    if (this.#values.length > 0 && values.every((value, i) => value === this.#values[i])) return;
    this.#values = values;
    const copy = copySegmenter(this.#segmenter);
    for (const thread of this.#threads) {
      thread.ask(copy).then(() => {
        if (!this.#threads.includes(thread)) return;
        this.#ready.add(thread);
        this.#proceed();
      }).catch((error) => this.#giveUp(thread, error));
    }
  }

  /** Gives every thread work. */
  #proceed(): void {
    for (let pending = 0; pending < AHEAD; pending++) {
      for (const [i, thread] of this.#threads.entries()) {
        if (!this.#ready.has(thread) || thread.pending > pending) continue;
        const next = this.#waiting.findIndex(({ threads }) => i < threads);
        if (next >= 0) this.#send(this.#waiting.splice(next, 1)[0], thread);
      }
    }
    if (this.#waiting.length > 0 && this.#ready.size === 0) this.#work();
  }

  async #send(job: Job, thread: Thread): Promise<void> {
    const { picture, done } = job;
    try {
      done.resolve((await thread.ask(picture))!);
    } catch {
      if (thread.failure !== undefined && this.#threads.includes(thread)) {
        // It is the thread that failed, not the picture.
        this.#waiting.unshift(job);
        this.#giveUp(thread, thread.failure);
      } else {
        // What fails here as well has the class and the words of the failure, which are lost on the way between threads.
        await predictOnHost(this.#segmenter, picture).then(done.resolve, done.reject);
      }
    }
    this.#proceed();
  }

  /** Lets this thread work until others are ready. */
  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#ready.size === 0) {
      const job = this.#waiting.shift();
      if (job === undefined) break;
      await predictOnHost(this.#segmenter, job.picture).then(job.done.resolve, job.done.reject);
      // Pictures that come and threads that begin are heard of between two turns of the event loop.
      await new Promise((resolve) => setTimeout(resolve));
    }
    this.#working = false;
    this.#proceed();
  }

  /** A thread that could not start or ended: this one works alone from now on. */
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
