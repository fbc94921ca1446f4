import { join } from "node:path";
import { encodePng } from "../../core/images/encode_png.ts";
import { confidenceBytes, maskBytes } from "./map_bytes.ts";
import { type FileRecord, writeOutput } from "./output_files.ts";

/** `confidence/NAME.png`, 8-bit grey: see {@linkcode confidenceBytes}. */
export function confidencePath(folder: string, name: string): string {
  return join(folder, "confidence", `${name}.png`);
}

/** `masks/NAME.png`, 8-bit grey: 255 where there is crack, 0 elsewhere. */
export function maskPath(folder: string, name: string): string {
  return join(folder, "masks", `${name}.png`);
}

/** Where crack is in a photo. */
export interface CrackMaps {
  readonly width: number;
  readonly height: number;
  /** 0..1, row-major. */
  readonly confidence: Float32Array;
  /** 0 or 1, row-major. */
  readonly mask: Uint8Array;
}

/** Writes the confidence map and the mask of a photo, each whole or not at all. */
export async function writeMaps(
  folder: string,
  name: string,
  { width, height, confidence, mask }: CrackMaps,
): Promise<FileRecord[]> {
  const grey = (data: Uint8Array) => encodePng({ width, height, channels: 1, data });
  return [
    await writeOutput(folder, confidencePath(folder, name), await grey(confidenceBytes(confidence))),
    await writeOutput(folder, maskPath(folder, name), await grey(maskBytes(mask))),
  ];
}

/** The files that {@linkcode writeMaps} writes. */
export function mapPaths(folder: string, name: string): string[] {
  return [confidencePath(folder, name), maskPath(folder, name)];
}
