/// <reference lib="dom" />
import { Semaphore } from "../../../core/concurrency.ts";
import { RequestWorker } from "../../../models/threads/request_worker.ts";
import { type Shown, shown } from "./beside.ts";
import type { EngineClient } from "./engine_client.ts";
import type { Photo } from "./photo.ts";
import type { ThumbnailRequest } from "./thumbnail_worker.ts";
import { maskPalette } from "./viewer.ts";
import { workerUrl } from "./worker_url.ts";

/** The longer side of a thumbnail, and how many are held, the last seen ones. */
const SIDE = 320, HELD = 600;

/** Milliseconds that a photo must be in view, and how many are fetched at a time. */
const REST = 80, AT_ONCE = 4;

/** A thumbnail as it was made. */
interface Held {
  readonly revision: number;
  readonly shown: Shown;
  readonly image: Promise<ImageBitmap>;
}

/** Photos made small, with their masks. */
export class Thumbnails {
  readonly #engine: EngineClient;
  readonly #worker: RequestWorker<ThumbnailRequest, ImageBitmap>;
  readonly #turns = new Semaphore(AT_ONCE);
  readonly #held = new Map<Photo, Held>();

  /** @param script what the worker runs, as a classic script: `thumbnail_worker.ts`. */
  constructor(engine: EngineClient, script: string) {
    this.#engine = engine;
    this.#worker = new RequestWorker(new Worker(workerUrl(script)));
  }

  /**
   * Draws a photo and its mask into a canvas.
   *
   * @param gone aborted when nobody sees it any more: what only flew by is not drawn.
   * @throws what was aborted with, or where the photo cannot be read.
   */
  async draw(photo: Photo, canvas: HTMLCanvasElement, gone: AbortSignal): Promise<void> {
    if (!this.#isCurrent(photo)) await new Promise((resolve) => setTimeout(resolve, REST));
    using _turn = await this.#turns.take(1);
    gone.throwIfAborted();
    const image = await this.#thumbnail(photo);
    Object.assign(canvas, { width: image.width, height: image.height });
    canvas.getContext("2d")!.drawImage(image, 0, 0);
  }

  #isCurrent(photo: Photo): boolean {
    const held = this.#held.get(photo);
    return held?.revision === photo.revision.value && held.shown === shown.value;
  }

  #thumbnail(photo: Photo): Promise<ImageBitmap> {
    const held = this.#isCurrent(photo)
      ? this.#held.get(photo)!
      : { revision: photo.revision.value, shown: shown.value, image: this.#make(photo) };
    // The last seen come last.
    this.#held.delete(photo);
    this.#held.set(photo, held);
    // It is tried again when it is seen next.
    held.image.catch(() => this.#held.get(photo) === held && this.#held.delete(photo));
    if (this.#held.size > HELD) this.#held.delete(this.#held.keys().next().value!);
    return held.image;
  }

  async #make({ source, edits }: Photo): Promise<ImageBitmap> {
    const bytes = await source.bytes();
    const own = edits === undefined
      ? await source.mask?.()
      : { width: edits.width, height: edits.height, mask: edits.mask };
    const masks = {
      own,
      other: await source.beside?.(),
      palette: maskPalette("magenta", source.beside === undefined ? "this" : shown.value),
      side: SIDE,
    };
    // Browsers do not read TIFF files; the other worker does.
    return await this.#worker.ask({ photo: new Blob([bytes]), ...masks }).catch(async () =>
      await this.#worker.ask({ photo: await this.#engine.decode(bytes), ...masks })
    );
  }
}
