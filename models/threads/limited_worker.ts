import { RequestWorker } from "./request_worker.ts";

/** Options of {@linkcode LimitedWorker}. */
export interface LimitedWorkerOptions {
  /** Milliseconds for an answer, from when the worker takes up the request. */
  readonly limit: number;
  /** What to say where one takes longer. */
  readonly late: () => Error;
}

/**
 * A worker that may be busy without end: an answer that takes too long is given up, and the next request gets another worker. It starts with
 * the first request and is kept for all; requests are sent one at a time, so that each has the whole limit and none falls with another.
 *
 * Deno cannot end a thread that is busy: it goes on until `Deno.exit()`, with which every task ends.
 */
export class LimitedWorker<Request, Reply> implements Disposable {
  readonly #script: URL;
  readonly #options: LimitedWorkerOptions;
  #worker: RequestWorker<Request, Reply> | undefined;
  /** Settles when the last request was answered or given up. */
  #last: Promise<unknown> = Promise.resolve();

  /** @param script the module that workers run, which serves requests. */
  constructor(script: URL, options: LimitedWorkerOptions) {
    this.#script = script;
    this.#options = options;
  }

  /**
   * The worker's answer.
   *
   * @throws {Error} that `late` gives where it takes too long; also if the worker fails or ends.
   */
  ask(request: Request): Promise<Reply> {
    const answer = this.#last.then(() => this.#ask(request));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async #ask(request: Request): Promise<Reply> {
    if (this.#worker?.failure !== undefined) this[Symbol.dispose]();
    const worker = this.#worker ??= new RequestWorker(this.#script);
    // Loading modules takes seconds on a busy machine, and says nothing of the request.
    await worker.ready;
    const { limit, late } = this.#options;
    const tooLate = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      tooLate.reject(late());
      this[Symbol.dispose]();
    }, limit);
    try {
      const answer = worker.ask(request);
      // Ending the worker fails what it was asked.
      answer.catch(() => {});
      return await Promise.race([tooLate.promise, answer]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the worker; another request starts one anew. */
  [Symbol.dispose](): void {
    this.#worker?.[Symbol.dispose]();
    this.#worker = undefined;
  }
}
