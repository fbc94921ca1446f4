import { refuseCheckpoint, type TrainingRecord } from "../checkpoint/checkpoint.ts";
import { type CheckpointValues, decodeCheckpoint } from "../checkpoint/decode_checkpoint.ts";
import { createSegmenter, Segmenter, type SegmenterOptions } from "./segmenter.ts";

/** What a checkpoint of a segmentation network holds. */
export interface SegmenterCheckpoint extends Pick<CheckpointValues, "restoreOptimiser"> {
  /** The network, the caller's to dispose. */
  readonly segmenter: Segmenter;
  /** Where its training stood, if it was saved. */
  readonly training: TrainingRecord | undefined;
  /** SHA-256 of the stored values, to name the weights by. */
  readonly sha256: string;
}

/**
 * Reads what {@linkcode saveSegmenter} wrote. Nothing in the file is trusted.
 *
 * @throws {SyntaxError} for a file that is no checkpoint of a segmentation network, is damaged, or was written by a newer version.
 * @throws {RangeError} for parameters that do not fit the network, naming what differs, and for networks that cannot be.
 */
export async function loadSegmenterCheckpoint(bytes: Uint8Array): Promise<SegmenterCheckpoint> {
  const { network: described, training, sha256, values } = await decodeCheckpoint(
    bytes,
    "hairline-segmenter",
  );
  const fitting = createSegmenter(optionsOf(described));
  const { network, seed, trainingSize } = fitting;
  const { parameters, restoreOptimiser } = values(fitting);
  const segmenter = new Segmenter({ network, seed, trainingSize, parameters });
  return { segmenter, training, restoreOptimiser, sha256 };
}

function optionsOf(described: Readonly<Record<string, unknown>>): SegmenterOptions {
  const { arch, width, scaling, seed, trainingSize } = described;
  const numbers = [width, seed, trainingSize ?? 1];
  if (typeof arch !== "string" || !numbers.every((value) => typeof value === "number")) {
    refuseCheckpoint('its metadata "network" lacks an arch, width, seed or trainingSize');
  }
  if (scaling !== undefined && (typeof scaling !== "object" || scaling === null)) {
    refuseCheckpoint('its metadata "network" has a scaling that is no JSON object');
  }
  // createSegmenter() checks what they say.
  return { arch, width, scaling, seed, trainingSize } as SegmenterOptions;
}
