/// <reference lib="dom" />
import { RequestWorker } from "../../../models/threads/request_worker.ts";
import type {
  Encoded,
  Engine,
  EngineReply,
  EngineRequest,
  Marked,
  Method,
  Pixels,
} from "./engine_protocol.ts";

/** The worker of the page, which decodes, marks and encodes; see `engine.ts`. It answers one request after the other. */
export class EngineClient {
  readonly #worker: RequestWorker<EngineRequest, EngineReply>;

  /** @param script what the worker runs, as a classic script. */
  constructor(script: string) {
    // A blob: a page that was opened as a file may start no worker from another file.
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    this.#worker = new RequestWorker(new Worker(url));
  }

  /** Opens the device and the network. */
  async open(): Promise<Engine> {
    return await this.#ask({ ask: "open" }) as Engine;
  }

  /** The upright pixels of a photo's file, which moves to the worker. */
  async decode(bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
    return await this.#ask({ ask: "decode", bytes }, [bytes.buffer]) as Pixels;
  }

  /** What the network sees in a photo. */
  async mark(pixels: Pixels, method: Method): Promise<Marked> {
    return await this.#ask({ ask: "mark", pixels, method }) as Marked;
  }

  /** Grey values as a PNG file, as `label` writes them. */
  async encode(
    width: number,
    height: number,
    grey: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { png } = await this.#ask({ ask: "encode", width, height, grey }) as Encoded;
    return png;
  }

  /** The worker's answer; what it says of a failure is a sentence of its own. */
  async #ask(request: EngineRequest, transfer: readonly ArrayBuffer[] = []): Promise<EngineReply> {
    try {
      return await this.#worker.ask(request, transfer);
    } catch (error) {
      throw new Error((error as Error).message.replace(/^Cannot compute in another thread: (?=Cannot )/, ""));
    }
  }
}
