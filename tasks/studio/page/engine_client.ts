/// <reference lib="dom" />
import type { CrackMeasurement } from "../../../core/measure/crack_measurement.ts";
import type { SavedFile, SavedKind, SavedPhoto } from "./saved.ts";
import type { BackendName } from "../../../models/backend.ts";
import { RequestWorker } from "../../../models/threads/request_worker.ts";
import type {
  Encoded,
  Engine,
  EngineReply,
  EngineRequest,
  Look,
  Marked,
  StagePicture,
} from "./engine_protocol.ts";
import type { Pixels } from "./box.ts";
import { workerUrl } from "./worker_url.ts";

type EngineWorker = RequestWorker<EngineRequest, EngineReply>;

/**
 * The workers of the page, see `engine.ts`, each of which answers one request after the other. One marks cracks, the other reads and writes files:
 * so nobody waits for a network to see a photo, or to have a stroke saved.
 */
export class EngineClient {
  readonly #marker: EngineWorker;
  readonly #clerk: EngineWorker;

  /** @param script what the workers run, as a classic script. */
  constructor(script: string) {
    const url = workerUrl(script);
    this.#marker = new RequestWorker(new Worker(url));
    this.#clerk = new RequestWorker(new Worker(url));
  }

  /**
   * Opens the device and the network. To be called first.
   *
   * @param backend what networks run on. Default: the device, unless it is software.
   */
  async open(backend?: BackendName): Promise<Engine> {
    return await ask(this.#marker, { ask: "open", backend }) as Engine;
  }

  /** The upright pixels of a photo's file, which moves to the worker. */
  async decode(bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
    return await ask(this.#clerk, { ask: "decode", bytes }, [bytes.buffer]) as Pixels;
  }

  /** What the network sees in a photo. */
  async mark(pixels: Pixels, look: Look): Promise<Marked> {
    return await ask(this.#marker, { ask: "mark", pixels, look }) as Marked;
  }

  /** What the steps of a label see in a photo, from the first to the last. */
  async stages(pixels: Pixels, scale: number | undefined): Promise<readonly StagePicture[]> {
    return await ask(this.#marker, { ask: "stages", pixels, scale }) as readonly StagePicture[];
  }

  /** How long and wide the cracks of a mask are; see `measureCracks()`. */
  async measure(
    photo: Pixels,
    mask: Uint8Array<ArrayBuffer>,
    mmPerPixel: number | undefined,
  ): Promise<CrackMeasurement> {
    return await ask(this.#clerk, { ask: "measure", photo, mask, mmPerPixel }) as CrackMeasurement;
  }

  /** A file of photos, or an archive where it takes several. Not two at a time. */
  async files(kind: SavedKind, photos: AsyncIterable<SavedPhoto>): Promise<SavedFile> {
    await ask(this.#clerk, { ask: "begin files", kind });
    for await (const photo of photos) await ask(this.#clerk, { ask: "add to files", photo });
    return await ask(this.#clerk, { ask: "end files" }) as SavedFile;
  }

  /** Grey values as a PNG file, as `label` writes them. */
  async encode(
    width: number,
    height: number,
    grey: Uint8Array<ArrayBuffer>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { png } = await ask(this.#clerk, { ask: "encode", width, height, grey }) as Encoded;
    return png;
  }
}

/** A worker's answer; what it says of a failure is a sentence of its own. */
async function ask(
  worker: EngineWorker,
  request: EngineRequest,
  transfer: readonly ArrayBuffer[] = [],
): Promise<EngineReply> {
  try {
    return await worker.ask(request, transfer);
  } catch (error) {
    throw new Error((error as Error).message.replace(/^Cannot compute in another thread: (?=Cannot )/, ""));
  }
}
