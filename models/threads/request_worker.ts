/** What a worker answers a request with; before the first, that it has loaded its modules. */
export type Answer<Reply> = { readonly reply: Reply } | { readonly failure: string } | {
  readonly ready: true;
};

/**
 * Why this run may start no worker, if so: its modules must be readable, or their host allowed to import from. Asked beforehand,
 * since a worker that may not start complains on standard error, or prompts for the permission.
 */
export function workerRefusal(): string | undefined {
  if (typeof Deno === "undefined") return "on a page there is no script that others could start with";
  // The folder or URL of all modules that a worker may import.
  const home = new URL("../../", import.meta.url);
  const local = home.protocol === "file:";
  const { state } = Deno.permissions.querySync(
    local ? { name: "read", path: home } : { name: "import", host: home.host },
  );
  if (state === "granted") return undefined;
  return local
    ? `this run may not read ${home.pathname}, where the others start`
    : `this run may not import from ${home.host} what the others start with`;
}

/** A worker that answers requests one after the other; see `serveRequests()` for its side. */
export class RequestWorker<Request, Reply> implements Disposable {
  readonly #worker: Worker;
  /** Requests without an answer yet, in their order. */
  readonly #pending: PromiseWithResolvers<Reply>[] = [];
  readonly #ready = Promise.withResolvers<void>();
  #failure: Error | undefined;

  /** @param script what it runs, which serves requests: a module, or on a page its worker. */
  constructor(script: URL | Worker) {
    this.#worker = script instanceof URL ? new Worker(script, { type: "module" }) : script;
    // It need not be waited for.
    this.#ready.promise.catch(() => {});
    this.#worker.onmessage = ({ data }: MessageEvent<Answer<Reply>>) => {
      if ("ready" in data) return this.#ready.resolve();
      const request = this.#pending.shift();
      if ("failure" in data) request?.reject(new Error(`Cannot compute in another thread: ${data.failure}`));
      else request?.resolve(data.reply);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#close(`Cannot compute in another thread: ${event.message}`);
    };
  }

  /** Settles when the worker has loaded its modules; fails where it fails or ends before. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Requests without an answer yet. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Why the worker answers no more, if so. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * The worker's answer.
   *
   * @param transfer memory that moves to the worker.
   * @throws {Error} if the worker fails or ends.
   */
  ask(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<Reply> {
    if (this.#failure) return Promise.reject(this.#failure);
    const answer = Promise.withResolvers<Reply>();
    this.#pending.push(answer);
    this.#worker.postMessage(request, [...transfer]);
    return answer.promise;
  }

  /** Ends the worker; requests without an answer fail. */
  [Symbol.dispose](): void {
    this.#close("Cannot compute in another thread: it was ended before its answer.");
  }

  #close(message: string): void {
    if (this.#failure) return;
    this.#failure = new Error(message);
    this.#worker.terminate();
    this.#ready.reject(this.#failure);
    for (const { reject } of this.#pending.splice(0)) reject(this.#failure);
  }
}
