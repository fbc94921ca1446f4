import { join } from "node:path";
import type { CheckpointPrecision } from "../../models/checkpoint/checkpoint.ts";
import { saveCheckpoint } from "../../models/classifier/checkpoint.ts";
import type { NetworkClassifier } from "../../models/classifier/classifier.ts";
import { exportTfjs } from "../../models/export/export_tfjs.ts";
import { saveSegmenter } from "../../models/segmenter/checkpoint.ts";
import { Segmenter } from "../../models/segmenter/segmenter.ts";
import { UsageError } from "../cli/errors.ts";
import { onInterrupt } from "../cli/interrupt.ts";
import { isThere } from "../files/presence.ts";
import { writeWhole } from "../files/write_whole.ts";

/** How a network may be written. */
export const EXPORT_FORMATS = ["tfjs", "safetensors"] as const;

/** Where to write a network and how. */
export interface WriteNetworkOptions {
  readonly format: (typeof EXPORT_FORMATS)[number];
  /** A file; for tfjs a folder. */
  readonly out: string;
  readonly precision: CheckpointPrecision;
}

/** A file that was written. */
export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
}

/** The files of an export. */
function pathsOf({ format, out }: WriteNetworkOptions): string[] {
  return format === "tfjs" ? [join(out, "weights.bin"), join(out, "model.json")] : [out];
}

/**
 * Makes sure that an export replaces nothing, its own input above all.
 *
 * @throws {UsageError} where something is there already, and for tfjs in 8 bits.
 */
export async function requireNewFiles(options: WriteNetworkOptions): Promise<void> {
  const { format, out, precision } = options;
  if (format === "tfjs" && precision === "I8") {
    throw new UsageError(
      "Cannot write tfjs with --precision I8: it is written in F32 or F16; take one of these, or --format safetensors.",
    );
  }
  for (const path of pathsOf(options)) {
    if (await isThere(path)) {
      throw new UsageError(`Cannot write ${path}: it is there already; choose another name for --out.`);
    }
  }
  if (format === "tfjs" && await isThere(out) && !(await Deno.stat(out)).isDirectory) {
    throw new UsageError(
      `Cannot write into ${out}: it is a file, and tfjs takes a folder; choose another --out.`,
    );
  }
}

/**
 * Writes a network, all of its files or none.
 *
 * @throws {RangeError} for tfjs and a network with layers that it lacks.
 */
export async function writeNetwork(
  network: NetworkClassifier | Segmenter,
  options: WriteNetworkOptions,
): Promise<WrittenFile[]> {
  const contents = await encode(network, options);
  const written: WrittenFile[] = [];
  const takeBack = () => written.splice(0).forEach(({ path }) => Deno.removeSync(path));
  using _cleanup = onInterrupt(takeBack);
  try {
    for (const [i, path] of pathsOf(options).entries()) {
      await writeWhole(path, contents[i]);
      written.push({ path, bytes: contents[i].length });
    }
    return written;
  } catch (error) {
    takeBack();
    throw error;
  }
}

async function encode(
  network: NetworkClassifier | Segmenter,
  { format, precision }: WriteNetworkOptions,
): Promise<Uint8Array[]> {
  if (format === "tfjs" && precision !== "I8") {
    const { json, weights } = await exportTfjs(network, { precision });
    return [weights, new TextEncoder().encode(json)];
  }
  return [
    network instanceof Segmenter
      ? await saveSegmenter(network, { precision })
      : await saveCheckpoint(network, { precision }),
  ];
}
