import { join } from "node:path";
import { encodePng } from "../../core/images/encode_png.ts";
import type { StageRows } from "../../core/label/stages.ts";
import { mapBytes } from "../batch/maps.ts";
import { type FileRecord, writeOutput } from "../batch/output_files.ts";

/** `stages/NAME/KEY.png`, 8 bits a channel. */
export function stagePath(folder: string, name: string, key: string): string {
  return join(folder, "stages", name, `${key}.png`);
}

/** Writes a label's intermediate maps, each whole or not at all. */
export async function writeStages(
  folder: string,
  name: string,
  stages: readonly StageImage[],
): Promise<FileRecord[]> {
  const files: FileRecord[] = [];
  for (const { key, width, height, channels, data } of stages) {
    // Every stage of the method is grey or RGB.
    if (channels !== 1 && channels !== 3) continue;
    const png = await encodePng({ width, height, channels, data });
    files.push(await writeOutput(folder, stagePath(folder, name, key), png));
  }
  return files;
}

/** An intermediate map as the grey values or colours of its PNG. */
export interface StageImage {
  readonly key: string;
  readonly number: number;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Row-major, channels interleaved. */
  readonly data: Uint8Array;
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
