import { Sweep } from "../../core/metrics/sweep_result.ts";
import type { SweptImage } from "../../core/metrics/swept_image.ts";
import { describeError, UsageError } from "../cli/errors.ts";
import { partFiles } from "../files/shard.ts";
import type { PredictionPair } from "./pair_predictions.ts";

/** Counts that the parts of an evaluation have left. */
export interface CountedParts {
  /** By name of the pair. */
  readonly images: ReadonlyMap<string, SweptImage>;
  readonly files: readonly string[];
}

/**
 * Reads what parts have left beside the file of all counts. An image whose confidence map is newer than its counts is to be counted again.
 *
 * @throws {UsageError} for counts that are damaged, of another tolerance, or of images that are not among the pairs.
 */
export async function readCountedParts(
  counts: string,
  { pairs, tolerance }: { readonly pairs: readonly PredictionPair[]; readonly tolerance: number },
): Promise<CountedParts> {
  const predictions = new Map(pairs.map(({ name, prediction }) => [name, prediction]));
  const images = new Map<string, SweptImage>();
  const files = await partFiles(counts);
  for (const path of files) {
    const refuse = (reason: string): never => {
      throw new UsageError(`Cannot take up ${path}: ${reason}; remove it, and its images are counted again.`);
    };
    const part = await readPart(path, refuse);
    if (part.tolerance !== tolerance) {
      refuse(`it was counted with the tolerance ${part.tolerance}, not ${tolerance}`);
    }
    const counted = (await Deno.stat(path)).mtime ?? new Date(0);
    for (const image of part.toJSON().images) {
      const prediction = predictions.get(image.name);
      if (prediction === undefined) {
        return refuse(`it has the image ${JSON.stringify(image.name)}, of which there is no pair`);
      }
      const made = (await Deno.stat(prediction)).mtime ?? counted;
      if (made <= counted) images.set(image.name, image);
    }
  }
  return { images, files };
}

async function readPart(path: string, refuse: (reason: string) => never): Promise<Sweep> {
  try {
    return Sweep.fromJSON(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return refuse(`it is no whole file of counts (${describeError(error)})`);
  }
}
