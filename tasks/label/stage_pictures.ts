import type { StageKey, StageRows } from "../../core/label/stages.ts";
import { mapBytes } from "../batch/grey_bytes.ts";

/** An intermediate map as the grey values or colours of its PNG. */
export interface StagePicture {
  readonly key: StageKey;
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Row-major, channels interleaved. */
  readonly data: Uint8Array;
}

/** Joins the rows of intermediate maps to pictures: a byte a value, where the maps themselves take four. */
export class StagePictures {
  readonly #pictures = new Map<StageKey, StagePicture>();

  /** Takes in some rows of a map. */
  add({ key, number, width, height, channels, range, first, data }: StageRows): void {
    let picture = this.#pictures.get(key);
    if (!picture) {
      picture = { key, number, width, height, channels, data: new Uint8Array(width * height * channels) };
      this.#pictures.set(key, picture);
    }
    picture.data.set(mapBytes(data, range), first * width * channels);
  }

  /** In the order of the method. */
  get all(): readonly StagePicture[] {
    return [...this.#pictures.values()].sort((a, b) => a.number - b.number);
  }
}
