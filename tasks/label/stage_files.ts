import { join } from "node:path";
import { encodePng } from "../../core/images/encode_png.ts";
import { type FileRecord, writeOutput } from "../batch/output_files.ts";
import type { StageImage } from "./stage_images.ts";

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
