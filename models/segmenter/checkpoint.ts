import { argumentsSchema, checkArguments, instanceOf } from "../../core/arguments.ts";
import { refuseCheckpoint, type TrainingRecord } from "../checkpoint/checkpoint.ts";
import { type CheckpointValues, decodeCheckpoint, readSource } from "../checkpoint/decode_checkpoint.ts";
import {
  encodeCheckpoint,
  SAVE_OPTIONS,
  type SaveCheckpointOptions,
} from "../checkpoint/encode_checkpoint.ts";
import { createSegmenter, Segmenter, type SegmenterOptions } from "./segmenter.ts";

const ARGUMENTS = argumentsSchema({ segmenter: instanceOf(Segmenter), options: SAVE_OPTIONS });

/**
 * A segmentation network as one safetensors file, which other tools read, too: parameters by name, the network and its training in the
 * metadata, a SHA-256 of the values.
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} for a precision of another name.
 */
export function saveSegmenter(
  segmenter: Segmenter,
  options: SaveCheckpointOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return Promise.try(() => {
    checkArguments("save a network", ARGUMENTS, { segmenter, options });
    return encodeCheckpoint({
      format: "hairline-segmenter",
      parameters: () => segmenter.parameters,
      network: { ...segmenter.description },
    }, options);
  });
}

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
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
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
  const fitting = createSegmenter(segmenterOptionsOf(described));
  const { network, seed, trainingSize } = fitting;
  const { parameters, restoreOptimiser } = values(fitting);
  const segmenter = new Segmenter({ network, seed, trainingSize, parameters });
  return { segmenter, training, restoreOptimiser, sha256 };
}

/**
 * What the metadata of a checkpoint says that a segmentation network is; `createSegmenter()` checks the values.
 *
 * @throws {SyntaxError} where it lacks something.
 */
export function segmenterOptionsOf(described: Readonly<Record<string, unknown>>): SegmenterOptions {
  const { arch, width, scaling, seed, trainingSize } = described;
  const numbers = [width, seed, trainingSize ?? 1];
  if (typeof arch !== "string" || !numbers.every((value) => typeof value === "number")) {
    refuseCheckpoint('its metadata "network" lacks an arch, width, seed or trainingSize');
  }
  if (scaling !== undefined && (typeof scaling !== "object" || scaling === null)) {
    refuseCheckpoint('its metadata "network" has a scaling that is no JSON object');
  }
  return { arch, width, scaling, seed, trainingSize } as SegmenterOptions;
}
