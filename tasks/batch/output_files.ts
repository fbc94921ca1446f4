import { relative } from "node:path";
import { sha256 } from "../files/sha256.ts";
import { writeWhole } from "../files/write_whole.ts";

/** A file that a run wrote, as the manifest knows it. */
export interface FileRecord {
  /** Below the folder of outputs, forward slashes. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of its bytes, hexadecimal. */
  readonly sha256: string;
}

/** Path of an output as manifests have it. */
export function recordedPath(folder: string, path: string): string {
  return relative(folder, path).replaceAll("\\", "/");
}

/** Writes an output, whole or not at all. */
export async function writeOutput(
  folder: string,
  path: string,
  content: Uint8Array<ArrayBuffer>,
): Promise<FileRecord> {
  await writeWhole(path, content);
  return await fileRecord(folder, path, content);
}

async function fileRecord(
  folder: string,
  path: string,
  content: Uint8Array<ArrayBuffer>,
): Promise<FileRecord> {
  return { path: recordedPath(folder, path), bytes: content.length, sha256: await sha256(content) };
}

/** What became of an output since it was written. */
export type OutputState =
  | { readonly kind: "intact"; readonly record: FileRecord }
  | { readonly kind: "missing" | "altered" };

/**
 * Looks at an output on the disk.
 *
 * @param record what was written. Without, as in manifests of before there were such records, an image counts as intact that is not cut off.
 */
export async function examineOutput(
  folder: string,
  path: string,
  record: FileRecord | undefined,
): Promise<OutputState> {
  let content;
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile || record !== undefined && size !== record.bytes) return { kind: "altered" };
    content = await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return { kind: "missing" };
    }
    throw error;
  }
  const found = await fileRecord(folder, path, content);
  const intact = record === undefined ? hasEnd(content) : found.sha256 === record.sha256;
  return intact ? { kind: "intact", record: found } : { kind: "altered" };
}

/** What PNG and JPEG files begin and end with. */
const ENDS = [
  ["89504e470d0a1a0a", "0000000049454e44ae426082"],
  ["ffd8ff", "ffd9"],
] as const;

function hasEnd(content: Uint8Array): boolean {
  return ENDS.some(([start, end]) =>
    content.subarray(0, start.length / 2).toHex() === start &&
    content.subarray(-end.length / 2).toHex() === end
  );
}
