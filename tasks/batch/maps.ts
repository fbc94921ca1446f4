import { join } from "node:path";
import { encodePng } from "../../core/images/encode_png.ts";
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

/**
 * A confidence map as the grey values of its PNG: 0..1 becomes 0..255, rounded, and whatever exceeds 0 is at least 1,
 * so that "any confidence at all" survives the file.
 */
export function confidenceBytes(confidence: Float32Array): Uint8Array {
  const bytes = new Uint8Array(confidence.length);
  for (let i = 0; i < bytes.length; i++) {
    const value = Math.min(1, confidence[i]);
    if (value > 0) bytes[i] = Math.max(1, Math.round(255 * value));
  }
  return bytes;
}

/** A mask of 0 and 1 as the grey values of its PNG: 0 and 255. */
export function maskBytes(mask: Uint8Array): Uint8Array {
  return mask.map((value) => value === 0 ? 0 : 255);
}

/** A map as the grey values or colours of its PNG: `range` becomes 0..255, rounded; what lies outside is clipped. */
export function mapBytes(data: Float32Array, range: readonly [low: number, high: number]): Uint8Array {
  const [low, high] = range;
  const bytes = new Uint8ClampedArray(data.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (data[i] - low) / (high - low) * 255;
  return new Uint8Array(bytes.buffer);
}
