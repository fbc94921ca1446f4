import { join } from "node:path";
import { encodePng } from "../../core/images/encode_png.ts";
import type { StageRows } from "../../core/label/stages.ts";
import { writeWhole } from "../files/write_whole.ts";
import { mapBytes } from "../batch/maps.ts";

/** `stages/NAME/KEY.png`, 8 bits a channel. */
export function stagePath(folder: string, name: string, key: string): string {
  return join(folder, "stages", name, `${key}.png`);
}

/** Writes a label's intermediate maps, each whole or not at all. */
export async function writeStages(
  folder: string,
  name: string,
  stages: readonly StagePicture[],
): Promise<void> {
  for (const { key, width, height, channels, data } of stages) {
    // Every stage of the method is grey or RGB.
    if (channels !== 1 && channels !== 3) continue;
    await writeWhole(stagePath(folder, name, key), await encodePng({ width, height, channels, data }));
  }
}

/** An intermediate map as the grey values or colours of its PNG. */
export interface StagePicture {
  readonly key: string;
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Row-major, channels interleaved. */
  readonly data: Uint8Array;
}

/** Joins the rows of intermediate maps to pictures: a byte a value, where the maps themselves take four. */
export class StagePictures {
  readonly #pictures = new Map<string, StagePicture>();

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
