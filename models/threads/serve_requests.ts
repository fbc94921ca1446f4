import type { Answer } from "./request_worker.ts";

/** The worker's side of a `RequestWorker`: answers its requests one after the other. */
export function serveRequests<Request, Reply>(answer: (request: Request) => Reply | Promise<Reply>): void {
  const scope = globalThis as unknown as {
    onmessage: (event: MessageEvent<Request>) => void;
    postMessage(answer: Answer<Reply>): void;
  };
  let last = Promise.resolve();
  const respond = async (request: Request): Promise<void> => {
    try {
      scope.postMessage({ reply: await answer(request) });
    } catch (error) {
      scope.postMessage({ failure: error instanceof Error ? error.message : String(error) });
    }
  };
  scope.onmessage = ({ data }) => {
    last = last.then(() => respond(data));
  };
}
