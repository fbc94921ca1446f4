import type { Answer } from "./request_worker.ts";

/**
 * The worker's side of a `RequestWorker`: answers its requests one after the other.
 *
 * @param options `transfer`: memory of a reply that moves with it and is not copied. Default: none.
 */
export function serveRequests<Request, Reply>(
  answer: (request: Request) => Reply | Promise<Reply>,
  { transfer }: { readonly transfer?: (reply: Reply) => Transferable[] } = {},
): void {
  const scope = globalThis as unknown as {
    onmessage: (event: MessageEvent<Request>) => void;
    postMessage(answer: Answer<Reply>, transfer: Transferable[]): void;
  };
  let last = Promise.resolve();
  const respond = async (request: Request): Promise<void> => {
    try {
      const reply = await answer(request);
      scope.postMessage({ reply }, transfer?.(reply) ?? []);
    } catch (error) {
      scope.postMessage({ failure: error instanceof Error ? error.message : String(error) }, []);
    }
  };
  scope.onmessage = ({ data }) => {
    last = last.then(() => respond(data));
  };
  scope.postMessage({ ready: true }, []);
}
