import { refuseCheckpoint, type TrainingRecord } from "../../checkpoint/checkpoint.ts";
import { type CheckpointValues, decodeCheckpoint } from "../../checkpoint/decode_checkpoint.ts";
import { encodeCheckpoint, type SaveCheckpointOptions } from "../../checkpoint/encode_checkpoint.ts";
import { networkName } from "../../layers/network.ts";
import { segmenterOptionsOf } from "../checkpoint.ts";
import { createSegmenter, Segmenter } from "../segmenter.ts";
import { Discriminator } from "./discriminator.ts";
import { AdversarialPair, sharePairValues } from "./pair.ts";

/** What a saved training of a pair is called in its metadata. */
const FORMAT = "hairline-adversarial-training";

/** A pair, to go on training it: the segmentation network alone is what `saveSegmenter()` is for. */
export function saveAdversarialPair(
  pair: AdversarialPair,
  options: SaveCheckpointOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { segmenter, discriminator } = pair.description;
  return encodeCheckpoint({
    format: FORMAT,
    parameters: () => pair.parameters,
    network: { ...segmenter, discriminator },
  }, options);
}

/** A saved pair, the caller's to dispose. */
export interface AdversarialCheckpoint extends Pick<CheckpointValues, "restoreOptimiser"> {
  readonly pair: AdversarialPair<Segmenter>;
  /** Where its training stood. */
  readonly training: TrainingRecord | undefined;
}

/**
 * Reads what {@linkcode saveAdversarialPair} wrote. Nothing in the file is trusted.
 *
 * @throws {SyntaxError} for a file that is none, is damaged, or was written by a newer version.
 * @throws {RangeError} for parameters that do not fit the networks, naming what differs, and for networks that cannot be.
 */
export async function loadAdversarialPair(bytes: Uint8Array): Promise<AdversarialCheckpoint> {
  const { network: described, training, values } = await decodeCheckpoint(bytes, FORMAT);
  const judge = discriminatorOf(described.discriminator);
  const { network, seed, trainingSize } = createSegmenter(segmenterOptionsOf(described));
  const { specs } = new AdversarialPair({
    segmenter: new Segmenter({ network, seed, trainingSize }),
    discriminator: new Discriminator(judge),
  });
  const { parameters: create, restoreOptimiser } = values({ specs, name: networkName(network) });
  const parameters = sharePairValues(create);
  const pair = new AdversarialPair({
    segmenter: new Segmenter({ network, seed, trainingSize, parameters }),
    discriminator: new Discriminator({ ...judge, parameters }),
  });
  return { pair, training, restoreOptimiser };
}

function discriminatorOf(described: unknown): { readonly width: number; readonly seed: number } {
  if (typeof described === "object" && described !== null && "width" in described && "seed" in described) {
    const { width, seed } = described;
    if (typeof width === "number" && typeof seed === "number") return { width, seed };
  }
  refuseCheckpoint('its metadata "network" lacks a discriminator with a width and a seed');
}
