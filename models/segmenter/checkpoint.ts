import { encodeCheckpoint, type SaveCheckpointOptions } from "../checkpoint/encode_checkpoint.ts";
import type { Segmenter, SegmenterOptions } from "./segmenter.ts";

/**
 * A segmentation network as one safetensors file, which other tools read, too: parameters by name, the network and its training in the
 * metadata, a SHA-256 of the values.
 *
 * @throws {RangeError} for a precision of another name.
 */
export function saveSegmenter(
  segmenter: Segmenter,
  options: SaveCheckpointOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { network: { arch, width, input: { offset, divisor } }, seed, trainingSize } = segmenter;
  const network: Required<SegmenterOptions> = {
    arch,
    width,
    scaling: { offset, divisor },
    seed,
    trainingSize,
  };
  return encodeCheckpoint({
    format: "hairline-segmenter",
    parameters: () => segmenter.parameters,
    network: { ...network },
  }, options);
}
