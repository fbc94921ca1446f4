import { importWeights } from "../../models/import/import_weights.ts";
import { isImportable } from "../../models/import/layouts.ts";
import { describeSegmentationNetwork } from "../../models/segmenter/architectures.ts";
import { loadSegmenterCheckpoint } from "../../models/segmenter/checkpoint.ts";
import type { SegmentationArch } from "../../models/segmenter/segmentation_network.ts";
import { createSegmenter, type Segmenter, type SegmenterOptions } from "../../models/segmenter/segmenter.ts";
import { UsageError } from "../cli/errors.ts";
import { namingFile } from "../files/naming_file.ts";
import {
  isForeign,
  readStart,
  requireArch,
  requireChosen,
  startAtRandom,
  type StartedNetwork,
  type StartFile,
  startFromImport,
  startFromNetwork,
  takeForeign,
} from "../training/start_weights.ts";
import type { SegmenterTrainingOptions } from "./training_options.ts";

/** What network it is. */
export interface SegmenterChoice {
  readonly arch: SegmentationArch;
  readonly width: number;
}

/** What a training makes a segmentation network of. */
export type StartSegmenterOptions = Pick<SegmenterTrainingOptions, "arch" | "width" | "start">;

/** A segmentation network that is going to be trained, and what it starts from. */
export type StartedSegmenter = StartedNetwork<
  SegmenterChoice,
  Segmenter,
  Pick<SegmenterOptions, "seed" | "trainingSize">
>;

/**
 * The network that was chosen: by name, or that of the file to start from, which may be another library's: then by name, too.
 *
 * @throws {UsageError} where the file holds another network than was named.
 */
export async function startSegmenter(asked: StartSegmenterOptions): Promise<StartedSegmenter> {
  const { arch = "unet", width = 1, start } = asked;
  if (start === undefined) {
    const choice = { arch, width };
    return startAtRandom({ choice, create: (options) => createSegmenter({ ...choice, ...options }) });
  }
  const file = await readStart(start);
  if (isForeign(file.bytes)) return await importSegmenter(file, asked);
  const { segmenter: network, sha256 } = await namingFile(start, () => loadSegmenterCheckpoint(file.bytes));
  const { input: { offset, divisor } } = network.network;
  const found = { arch: network.network.arch, width: network.network.width };
  requireChosen(start, { asked, found });
  return startFromNetwork({ network, sha256 }, {
    choice: found,
    create: (options) => createSegmenter({ ...found, scaling: { offset, divisor }, ...options }),
  });
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
