import { importWeights } from "../../models/import/import_weights.ts";
import { isImportable } from "../../models/import/layouts.ts";
import { describeSegmentationNetwork } from "../../models/segmenter/architectures.ts";
import { createSegmenter } from "../../models/segmenter/segmenter.ts";
import { UsageError } from "../cli/errors.ts";
import {
  assignImported,
  hashImported,
  importNotes,
  recordImport,
  type StartFile,
  takeForeign,
} from "../training/imported_weights.ts";
import type { ChosenSegmenter, SegmenterChoice } from "./start_segmenter.ts";

/**
 * The network that was chosen, whose encoder is given the weights of another library: those of VGG-16 for both DeepCracks, of an
 * EfficientNet for OED. The network scales pictures as these weights want them from then on. Layers that the file lacks, or has in another
 * shape, stay untrained.
 *
 * @throws {UsageError} where the network was not named, or is one that no other library's weights fit.
 * @throws {SyntaxError} for a damaged file.
 * @throws {RangeError} where nothing of the file fits the network.
 */
export async function importSegmenter(file: StartFile, choice: SegmenterChoice): Promise<ChosenSegmenter> {
  const { arch, width = 1 } = choice;
  const { path } = file;
  if (arch === undefined) {
    throw new UsageError(`Cannot start from ${path}: it does not say of which network it is; give --arch.`);
  }
  if (!isImportable(arch)) {
    throw new UsageError(
      `Cannot start from ${path}: weights of other libraries are taken for both DeepCracks (VGG-16) and OED (EfficientNet), ` +
        `not for ${arch}.`,
    );
  }
  const { specs } = describeSegmentationNetwork({ arch, width });
  const taken = await takeForeign(file, (weights) => importWeights(weights, { arch, specs }));
  const { values, misfits, scaling } = taken;
  if (values.size === 0) {
    const [first] = misfits;
    const example = first === undefined
      ? ""
      : ` (${first.source} is ${first.found.join(" × ")} and ${first.name} ${first.wanted.join(" × ")})`;
    throw new RangeError(
      `Cannot start from ${path}: not one of its layers fits ${arch} × ${width}${example}; ` +
        "is it the right --arch, and --width 1?",
    );
  }
  const imported = await recordImport(file, taken, specs.size);
  return {
    arch,
    width,
    start: await hashImported(taken),
    imported,
    notes: importNotes(imported),
    create(options) {
      const made = createSegmenter({ arch, width, scaling, ...options });
      assignImported(made.parameters, taken);
      return made;
    },
  };
}
