import type { StageRows } from "../../core/label/stages.ts";
import { mapBytes } from "../batch/map_bytes.ts";

/** An intermediate map as the grey values or colours of its PNG. */
export interface StageImage {
  readonly key: string;
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Row-major, channels interleaved. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Joins the rows of intermediate maps to images: a byte a value, where the maps themselves take four. */
export class StageImages {
  readonly #images = new Map<string, StageImage>();

  /** Takes in some rows of a map. */
  add({ key, number, width, height, channels, range, first, data }: StageRows): void {
    let image = this.#images.get(key);
    if (!image) {
      image = { key, number, width, height, channels, data: new Uint8Array(width * height * channels) };
      this.#images.set(key, image);
    }
    image.data.set(mapBytes(data, range), first * width * channels);
  }

  /** In the order of the method. */
  get all(): readonly StageImage[] {
    return [...this.#images.values()].sort((a, b) => a.number - b.number);
  }
}
