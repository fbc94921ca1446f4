import { loadCheckpoint } from "../../models/classifier/checkpoint.ts";
import type { Arch } from "../../models/classifier/classifier_network.ts";
import { importWeights } from "../../models/import/import_weights.ts";
import { isImportable } from "../../models/import/layouts.ts";
import { describeSegmentationNetwork } from "../../models/segmenter/architectures.ts";
import { loadSegmenterCheckpoint } from "../../models/segmenter/checkpoint.ts";
import type { SegmentationArch } from "../../models/segmenter/segmentation_network.ts";
import { createSegmenter, type Segmenter, type SegmenterOptions } from "../../models/segmenter/segmenter.ts";
import { UsageError } from "../cli/errors.ts";
import { SHIPPED } from "../export/read_network.ts";
import {
  checkpointFormat,
  readStart,
  requireArch,
  type StartedNetwork,
  type StartFile,
  startFromImport,
  startNetwork,
  takeForeign,
} from "../training/start_weights.ts";
import { shippedCheckpoint } from "./read_segmenter.ts";
import type { SegmenterTrainingOptions } from "./training_options.ts";

/** The networks whose encoders are classifiers, by these. */
const ENCODERS: { readonly [arch in Arch]?: SegmentationArch } = {
  mobilenet_v2: "unet_mobilenet",
  efficientnet_b0: "oed_b0",
  efficientnet_b1: "oed_b1",
  efficientnet_b2: "oed_b2",
  efficientnet_b3: "oed_b3",
  efficientnet_b4: "oed_b4",
  efficientnet_b5: "oed_b5",
};

/** What network it is. */
export interface SegmenterChoice {
  readonly arch: SegmentationArch;
  readonly width: number;
}

/** What a training makes a segmentation network of. */
export type StartSegmenterOptions = Pick<SegmenterTrainingOptions, "arch" | "width" | "start">;

/** What a training makes it with. */
type MadeWith = Pick<SegmenterOptions, "seed" | "trainingSize">;

/** A segmentation network that is going to be trained, and what it starts from. */
export type StartedSegmenter = StartedNetwork<SegmenterChoice, Segmenter, MadeWith>;

/**
 * Reads what a segmentation network starts from: a file, a folder with a tfjs model, or one of the networks that come with Hairline.
 *
 * @throws what {@linkcode readStart} throws.
 */
export async function readSegmenterStart(start: string): Promise<StartFile> {
  const bytes = await shippedCheckpoint(start) ??
    (start === SHIPPED.classifier
      ? (await import("../../models/weights/shipped_classifier.ts")).shippedCheckpoint()
      : undefined);
  return bytes === undefined ? await readStart(start) : { path: start, bytes };
}

/** Whether that is a segmentation network of ours, which can say where cracks are, and not an encoder alone. */
export function isSegmenter({ bytes }: StartFile): boolean {
  return checkpointFormat(bytes) === "hairline-segmenter";
}

/**
 * The network that was chosen: by name, or that of the file to start from, which may be another library's: then by name, too.
 *
 * @throws {UsageError} where the file holds another network than was named.
 */
export async function startSegmenter(asked: StartSegmenterOptions): Promise<StartedSegmenter> {
  const choice = { arch: asked.arch ?? "unet", width: asked.width ?? 1 };
  return await startNetwork<SegmenterChoice, Segmenter, MadeWith>(asked.start, {
    asked,
    random: { choice, create: (options) => createSegmenter({ ...choice, ...options }) },
    read: readSegmenterStart,
    async load(bytes) {
      if (checkpointFormat(bytes) === "hairline-classifier") return await startFromClassifier(bytes);
      const { segmenter: network, sha256 } = await loadSegmenterCheckpoint(bytes);
      const { arch, width, input: { offset, divisor } } = network.network;
      const choice = { arch, width }, scaling = { offset, divisor };
      return {
        network,
        sha256,
        choice,
        create: (options) => createSegmenter({ ...choice, scaling, ...options }),
      };
    },
    importFrom: (file) => importSegmenter(file, asked),
  });
}

/**
 * The network whose encoder is a classifier's, which it begins with. It scales images as the classifier does.
 *
 * @throws {RangeError} for a classifier that is no encoder.
 */
async function startFromClassifier(bytes: Uint8Array) {
  const { classifier: network, sha256 } = await loadCheckpoint(bytes);
  const { arch: encoder, width, input: { offset, divisor } } = network.network;
  const arch = ENCODERS[encoder];
  if (arch === undefined) {
    network.dispose();
    throw new RangeError(
      `Cannot start a segmentation network from a classifier ${encoder}: one of ${
        Object.keys(ENCODERS).join(", ")
      } is wanted.`,
    );
  }
  const choice = { arch, width }, scaling = { offset, divisor };
  return {
    ...{ network, sha256, choice },
    create: (options: MadeWith) => createSegmenter({ ...choice, scaling, ...options }),
  };
}

/**
 * The network that was chosen, whose encoder is given the weights of another library: those of VGG-16 for both DeepCracks, of an
 * EfficientNet for OED. The network scales images as these weights want them from then on. Layers that the file lacks, or has in another
 * shape, stay untrained.
 *
 * @throws {UsageError} where the network was not named, or is one that no other library's weights fit.
 * @throws {SyntaxError} for a damaged file.
 * @throws {RangeError} where nothing of the file fits the network.
 */
async function importSegmenter(file: StartFile, asked: StartSegmenterOptions): Promise<StartedSegmenter> {
  const { width = 1 } = asked;
  const { path } = file;
  const arch = requireArch(path, asked.arch);
  if (!isImportable(arch)) {
    throw new UsageError(
      `Cannot start from ${path}: weights of other libraries are taken for both DeepCracks (VGG-16) and OED (EfficientNet), ` +
        `not for ${arch}.`,
    );
  }
  const { specs } = describeSegmentationNetwork({ arch, width });
  const taken = await takeForeign(file, (weights) => importWeights(weights, { arch, specs }));
  const { values, mismatched, scaling } = taken;
  if (values.size === 0) {
    const [first] = mismatched;
    const example = first === undefined
      ? ""
      : ` (${first.source} is ${first.found.join(" × ")} and ${first.name} ${first.wanted.join(" × ")})`;
    throw new RangeError(
      `Cannot start from ${path}: not one of its layers fits ${arch} × ${width}${example}; ` +
        "is it the right --arch, and --width 1?",
    );
  }
  return await startFromImport({ file, taken }, {
    choice: { arch, width },
    parameters: specs.size,
    create: (options) => createSegmenter({ arch, width, scaling, ...options }),
  });
}
