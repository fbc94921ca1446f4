/// <reference lib="dom" />
import { Semaphore } from "../../../core/concurrency.ts";
import type { EngineClient } from "./engine_client.ts";
import type { Size } from "./box.ts";
import type { Photo } from "./photo.ts";

/** The longer side of a thumbnail, and how many are held, the last seen ones. */
const SIDE = 320, HELD = 600;

/** Milliseconds that a photo must be in view, and how many are made small at a time. */
const REST = 80, AT_ONCE = 4;

/** Photos made small. */
export class Thumbnails {
  readonly #engine: EngineClient;
  readonly #photos = new Map<Photo, Promise<ImageBitmap>>();
  readonly #turns = new Semaphore(AT_ONCE);
  readonly #masks = new WeakMap<
    Photo,
    { readonly revision: number; readonly image: Promise<ImageData | undefined> }
  >();

  constructor(engine: EngineClient) {
    this.#engine = engine;
  }

  /**
   * Draws a photo and its mask into a canvas.
   *
   * @param gone aborted when nobody sees it any more: what only flew by is not drawn.
   * @throws what was aborted with, or where the photo cannot be read.
   */
  async draw(photo: Photo, canvas: HTMLCanvasElement, gone: AbortSignal): Promise<void> {
    if (!this.#photos.has(photo)) await new Promise((resolve) => setTimeout(resolve, REST));
    using _turn = await this.#turns.take(1);
    gone.throwIfAborted();
    const image = await this.#photo(photo);
    const { width, height } = image;
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d")!;
    context.drawImage(image, 0, 0);
    const mask = await this.#mask(photo, { width, height });
    if (mask === undefined) return;
    const overlay = new OffscreenCanvas(width, height);
    overlay.getContext("2d")!.putImageData(mask, 0, 0);
    context.drawImage(overlay, 0, 0);
  }

  #photo(photo: Photo): Promise<ImageBitmap> {
    const held = this.#photos.get(photo) ?? this.#shrunk(photo);
    // The last seen come last.
    this.#photos.delete(photo);
    this.#photos.set(photo, held);
    if (this.#photos.size > HELD) this.#photos.delete(this.#photos.keys().next().value!);
    return held;
  }

  async #shrunk(photo: Photo): Promise<ImageBitmap> {
    const bytes = await photo.source.bytes();
    // Browsers do not read TIFF files; the worker does.
    const whole = await createImageBitmap(new Blob([bytes])).catch(async () => {
      const { width, height, data } = await this.#engine.decode(bytes);
      return await createImageBitmap(new ImageData(data, width, height));
    });
    const scale = Math.min(1, SIDE / Math.max(whole.width, whole.height));
    const small = await createImageBitmap(whole, {
      resizeWidth: Math.max(1, Math.round(whole.width * scale)),
      resizeHeight: Math.max(1, Math.round(whole.height * scale)),
      resizeQuality: "medium",
    });
    whole.close();
    return small;
  }

  #mask(photo: Photo, size: Size): Promise<ImageData | undefined> {
    const revision = photo.revision.value;
    const held = this.#masks.get(photo);
    if (held?.revision === revision) return held.image;
    const image = this.#overlay(photo, size);
    this.#masks.set(photo, { revision, image });
    return image;
  }

  async #overlay(photo: Photo, size: Size): Promise<ImageData | undefined> {
    const { edits } = photo;
    if (edits !== undefined) return overlay(edits.mask, edits, size);
    const file = await photo.source.mask?.();
    if (file === undefined) return undefined;
    const image = await createImageBitmap(file);
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d")!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    return overlay(
      Uint8Array.from({ length: data.length / 4 }, (_, i) => data[4 * i] > 0 ? 1 : 0),
      image,
      size,
    );
  }
}

/** A mask in the size of a thumbnail: a pixel is coloured where it covers any crack, or thin ones would fade away. */
function overlay(mask: Uint8Array, { width, height }: Size, small: Size): ImageData {
  const image = new ImageData(small.width, small.height);
  for (let y = 0; y < height; y++) {
    const line = Math.floor(y * small.height / height) * small.width;
    for (let x = 0; x < width; x++) {
      if (mask[y * width + x] === 0) continue;
      image.data.set([255, 31, 107, 255], 4 * (line + Math.floor(x * small.width / width)));
    }
  }
  return image;
}
