import type { CheckpointFormat } from "../../models/checkpoint/checkpoint.ts";
import { decodeSafetensors } from "../../models/checkpoint/safetensors.ts";
import { loadClassifier } from "../../models/classifier/checkpoint.ts";
import type { NetworkClassifier } from "../../models/classifier/classifier.ts";
import { loadSegmenter } from "../../models/segmenter/checkpoint.ts";
import type { Segmenter } from "../../models/segmenter/segmenter.ts";
import { namingFile } from "../files/naming_file.ts";

/** What stands for the networks that ship with Hairline, in the place of a file. */
export const SHIPPED = { classifier: "shipped-classifier", segmenter: "shipped-segmenter" } as const;

/** The checkpoints that hold a network which is done. */
const READ: readonly CheckpointFormat[] = ["hairline-classifier", "hairline-segmenter"];

/**
 * The classifier or segmentation network in a file, whichever it holds.
 *
 * @throws {SyntaxError} for a file that is no checkpoint of Hairline or is damaged, which is named; else what Deno throws.
 */
export async function readNetwork(source: string): Promise<NetworkClassifier | Segmenter> {
  if (source === SHIPPED.classifier) return await loadClassifier();
  if (source === SHIPPED.segmenter) return await loadSegmenter();
  const bytes = await Deno.readFile(source);
  return await namingFile<NetworkClassifier | Segmenter>(source, () => {
    const { format } = decodeSafetensors(bytes).metadata;
    if (format === "hairline-classifier") return loadClassifier(bytes);
    if (format === "hairline-segmenter") return loadSegmenter(bytes);
    const known = READ.map((name) => `"${name}"`).join(" or ");
    throw new SyntaxError(
      `Cannot load the checkpoint: its metadata calls it ${
        JSON.stringify(format ?? null)
      }, ${known} is wanted.`,
    );
  });
}
