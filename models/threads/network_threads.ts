import type { Parameters } from "../layers/parameters.ts";
import { tf } from "../tfjs.ts";
import { RequestWorker, workerRefusal } from "./request_worker.ts";

/** How many threads run a network, and why it is one where it could be more. */
export interface ThreadPlan {
  readonly count: number;
  readonly reason?: string;
}

/** What threads do, each with a network of its own that was restored from a snapshot. */
export interface ThreadWork<Snapshot, Job, Reply> {
  /** The script of their workers, as `RequestWorker` takes it. Asked for when they start: the modules of a page have no address. */
  readonly script: URL;
  /** The network for a thread, its values included: the thread's first request, and another whenever they change. */
  snapshot(): Snapshot;
  /** Has a worker do a job. */
  onWorker(job: Job, worker: RequestWorker<Snapshot | Job, Reply>): Promise<Reply>;
  /** Does a job in the thread that asks for it. */
  onMainThread(job: Job): Promise<Reply>;
}

/** A job without a thread yet. */
interface WaitingJob<Job, Reply> {
  readonly job: Job;
  readonly threads: number;
  readonly done: PromiseWithResolvers<Reply>;
}

/**
 * Milliseconds without work after which the threads end. A script that forgets to dispose of its network would never end otherwise: a
 * worker keeps its process alive.
 */
const IDLE = 3000;

/** Jobs that wait in a thread, the one that it works on included: the next begins without this thread. */
const AHEAD = 2;

/**
 * Runs a network in several threads of the WASM backend, one a core, each of which restored a snapshot of it. Which thread does what makes no
 * difference to the results.
 *
 * While no thread is ready, this one works; then it keeps to its other work. The threads end when there was nothing to do for a while.
 */
export class NetworkThreads<Snapshot, Job, Reply> implements Disposable {
  readonly #network: { readonly name: string; readonly parameters: Parameters };
  readonly #work: ThreadWork<Snapshot, Job, Reply>;
  #threads: RequestWorker<Snapshot | Job, Reply>[] = [];
  /** Those of them that have the network. */
  readonly #ready = new Set<RequestWorker<Snapshot | Job, Reply>>();
  /** Identities of the values that they have. */
  #values: readonly object[] = [];
  /** Those that the fewest threads may do first. */
  readonly #waiting: WaitingJob<Job, Reply>[] = [];
  #working = false;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #failure: string | undefined;
  #disposed = false;

  constructor(
    network: { readonly name: string; readonly parameters: Parameters },
    work: ThreadWork<Snapshot, Job, Reply>,
  ) {
    this.#network = network;
    this.#work = work;
  }

  /** The threads that the machine and the permissions allow, where the memory is enough for so many. */
  plan(fitting: number): ThreadPlan {
    // Other backends have a device of their own, or are there for tests.
    if (tf.getBackend() !== "wasm") return { count: 1 };
    const reason = this.#failure ?? workerRefusal();
    if (reason !== undefined) return { count: 1, reason };
    const count = Math.max(1, Math.min(navigator.hardwareConcurrency, Math.floor(fitting)));
    return count === 1 && navigator.hardwareConcurrency > 1
      ? { count, reason: "the memory is not enough for a second" }
      : { count };
  }

  /** Threads that take jobs; while there are none, this one does them. */
  get ready(): number {
    return this.#ready.size;
  }

  /** Starts so many threads where there are none, and gives those that there are the values that the network has now. */
  start(count: number): void {
    if (count === 1) return this.#close();
    if (this.#threads.length === 0) {
      this.#threads = Array.from({ length: count }, () => new RequestWorker(this.#work.script));
    }
    this.#share();
    this.#proceed();
  }

  /**
   * Has a job done by one of the first `threads` threads, by the values that the network has now.
   *
   * @throws {TypeError} if the network is disposed of before.
   */
  async run(job: Job, { threads = navigator.hardwareConcurrency } = {}): Promise<Reply> {
    this.#share();
    const done = Promise.withResolvers<Reply>();
    this.#waiting.push({ job, threads, done });
    this.#waiting.sort((a, b) => a.threads - b.threads);
    this.#proceed();
    return await done.promise;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#idle);
    this.#close();
    for (const { done } of this.#waiting.splice(0)) done.reject(this.#gone());
  }

  #gone(): TypeError {
    return new TypeError(`Cannot go on with ${this.#network.name}: it was disposed of meanwhile.`);
  }

  #share(): void {
    if (this.#threads.length === 0) return;
    const values = [...this.#network.parameters.values()].map(({ dataId }) => dataId);
    if (values.every((value, i) => value === this.#values[i])) return;
    this.#values = values;
    const snapshot = this.#work.snapshot();
    for (const thread of this.#threads) {
      thread.ask(snapshot).then(() => {
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
    if (this.#waiting.length > 0 && this.#ready.size === 0) this.#workOnMainThread();
    clearTimeout(this.#idle);
    const busy = this.#working || this.#waiting.length > 0 ||
      this.#threads.some(({ pending }) => pending > 0);
    if (this.#threads.length > 0 && !busy) this.#idle = setTimeout(() => this.#close(), IDLE);
  }

  async #send(waiting: WaitingJob<Job, Reply>, thread: RequestWorker<Snapshot | Job, Reply>): Promise<void> {
    const { job, done } = waiting;
    try {
      done.resolve(await this.#work.onWorker(job, thread));
    } catch (error) {
      if (thread.failure === undefined) done.reject(error);
      else if (this.#disposed) done.reject(this.#gone());
      else {
        // It is the thread that failed, not the job.
        this.#waiting.unshift(waiting);
        this.#giveUp(thread, thread.failure);
      }
    }
    this.#proceed();
  }

  /** Lets this thread work until others are ready. */
  async #workOnMainThread(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#ready.size === 0) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      await this.#work.onMainThread(next.job).then(next.done.resolve, next.done.reject);
      // New jobs and threads that become ready are noticed between two turns of the event loop.
      await new Promise((resolve) => setTimeout(resolve));
    }
    this.#working = false;
    this.#proceed();
  }

  /** A thread that could not start or ended: this one works alone from now on. */
  #giveUp(thread: RequestWorker<Snapshot | Job, Reply>, error: Error): void {
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
