import { openBackend } from "../../../models/backend.ts";
import { saveSegmenter } from "../../../models/segmenter/checkpoint.ts";
import { createSegmenter } from "../../../models/segmenter/segmenter.ts";

/** The checkpoint of a tiny untrained segmentation network. */
export async function tinySegmenter(seed: number = 1): Promise<Uint8Array<ArrayBuffer>> {
  await openBackend({ backend: "cpu" });
  using segmenter = createSegmenter({ arch: "unet", width: 1 / 64, seed });
  return await saveSegmenter(segmenter);
}
