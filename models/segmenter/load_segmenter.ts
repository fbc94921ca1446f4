import { readSource } from "../checkpoint/read_source.ts";
import { loadSegmenterCheckpoint } from "./load_segmenter_checkpoint.ts";
import type { Segmenter } from "./segmenter.ts";

/**
 * A trained segmentation network from a checkpoint, which {@linkcode saveSegmenter} or a training wrote.
 *
 * Bytes need no permission, a path needs to be readable, a URL needs its host to be allowed.
 *
 * @param source the checkpoint: its bytes, a path, or a URL (`https:`, `http:`, `file:`). Without one, the network that ships with
 * Hairline; models/weights/SEGMENTER.md says what it is.
 *
 * @example
 * ```ts
 * import { decodeImage, loadSegmenter, openCompute, predictImage } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using segmenter = await loadSegmenter();
 * const image = await decodeImage(await Deno.readFile("tasks/demo/304.jpg"));
 * const { crackPixels } = await predictImage(compute, image, { segmenter });
 * console.log(`${segmenter.name} finds ${crackPixels} crack pixels`);
 * ```
 *
 * @throws {Error} if the source cannot be fetched.
 * @throws {SyntaxError} for a file that is no checkpoint of a segmentation network or is damaged.
 * @throws {RangeError} for parameters that do not fit the network.
 */
export async function loadSegmenter(source?: Uint8Array | string | URL): Promise<Segmenter> {
  const bytes = source === undefined
    ? (await import("../weights/shipped_segmenter.ts")).shippedSegmenter()
    : await readSource(source);
  return (await loadSegmenterCheckpoint(bytes)).segmenter;
}
