import { join } from "node:path";
import { encodePng } from "../../core/encode_png.ts";
import type { Label } from "../../core/label_image.ts";
import type { StageKey } from "../../core/stages.ts";
import { writeWhole } from "../cli/write_whole.ts";
import { confidenceBytes, maskBytes } from "./grey_bytes.ts";
import type { StagePicture } from "./stage_pictures.ts";

/** `confidence/NAME.png`, 8-bit grey: see {@linkcode confidenceBytes}. */
export function confidencePath(folder: string, name: string): string {
  return join(folder, "confidence", `${name}.png`);
}

/** `masks/NAME.png`, 8-bit grey: 255 where there is crack, 0 elsewhere. */
export function maskPath(folder: string, name: string): string {
  return join(folder, "masks", `${name}.png`);
}

/** `stages/NAME/KEY.png`, 8 bits a channel. */
export function stagePath(folder: string, name: string, key: StageKey): string {
  return join(folder, "stages", name, `${key}.png`);
}

/** What {@linkcode writeLabel} writes. */
export interface LabelFiles {
  readonly label: Pick<Label, "width" | "height" | "confidence" | "mask">;
  readonly stages: readonly StagePicture[];
}

/** Writes a label's files, each whole or not at all. */
export async function writeLabel(folder: string, name: string, { label, stages }: LabelFiles): Promise<void> {
  const { width, height } = label;
  const grey = (data: Uint8Array) => encodePng({ width, height, channels: 1, data });
  await writeWhole(confidencePath(folder, name), await grey(confidenceBytes(label.confidence)));
  await writeWhole(maskPath(folder, name), await grey(maskBytes(label.mask)));
  for (const { key, width, height, channels, data } of stages) {
    // Every stage of the method is grey or RGB.
    if (channels !== 1 && channels !== 3) continue;
    await writeWhole(stagePath(folder, name, key), await encodePng({ width, height, channels, data }));
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

/** Whether the files of a label are there: they are whole if they are. */
export async function hasLabel(folder: string, name: string, stages: readonly StageKey[]): Promise<boolean> {
  const paths = [confidencePath(folder, name), maskPath(folder, name)];
  for (const path of [...paths, ...stages.map((key) => stagePath(folder, name, key))]) {
    if (!await isFile(path)) return false;
  }
  return true;
}
