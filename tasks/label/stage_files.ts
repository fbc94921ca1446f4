import { join } from "node:path";
import { encodePng } from "../../core/images/encode_png.ts";
import type { StageKey } from "../../core/label/stages.ts";
import { writeWhole } from "../files/write_whole.ts";
import type { StagePicture } from "./stage_pictures.ts";

/** `stages/NAME/KEY.png`, 8 bits a channel. */
export function stagePath(folder: string, name: string, key: StageKey): string {
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
