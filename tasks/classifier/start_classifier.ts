import { describeNetwork } from "../../models/classifier/architectures.ts";
import { loadCheckpoint } from "../../models/classifier/checkpoint.ts";
import {
  type ClassifierOptions,
  createClassifier,
  type NetworkClassifier,
} from "../../models/classifier/classifier.ts";
import type { Arch } from "../../models/classifier/classifier_network.ts";
import { type Head, headSpecs } from "../../models/classifier/head.ts";
import { describeImport, importWeights } from "../../models/import/import_weights.ts";
import { isImportable } from "../../models/import/layouts.ts";
import { UsageError } from "../cli/errors.ts";
import {
  importNotes,
  readStart,
  requireArch,
  type StartedNetwork,
  type StartFile,
  startFromImport,
  startNetwork,
  takeForeign,
} from "../training/start_weights.ts";
import type { ClassifierTrainingOptions } from "./training_options.ts";

/** What stands for the classifier that ships with Hairline, in the place of a file. */
const SHIPPED = "shipped";

/** What classifier it is. */
export interface ClassifierChoice {
  readonly arch: Arch;
  readonly width: number;
  readonly head: Head;
}

/** What a training makes a classifier of. */
export type StartClassifierOptions = Pick<ClassifierTrainingOptions, "arch" | "width" | "head" | "start">;

/** What a training makes it with. */
type MadeWith = Pick<ClassifierOptions, "seed" | "trainingSize">;

/** A classifier that is going to be trained, and what it starts from. */
export type StartedClassifier = StartedNetwork<ClassifierChoice, NetworkClassifier, MadeWith>;

/**
 * The classifier that was chosen: by name, or that of the file to start from, which may be another library's: then by name, too.
 *
 * @throws {UsageError} where the file holds another network than was named.
 */
export async function startClassifier(asked: StartClassifierOptions): Promise<StartedClassifier> {
  const choice = { arch: asked.arch ?? "resnet50", width: asked.width ?? 1, head: asked.head ?? "paper" };
  return await startNetwork<ClassifierChoice, NetworkClassifier, MadeWith>(asked.start, {
    asked,
    random: { choice, create: (options) => createClassifier({ ...choice, ...options }) },
    read: async (start) => {
      if (start !== SHIPPED) return await readStart(start);
      const { shippedCheckpoint } = await import("../../models/weights/shipped_classifier.ts");
      return { path: start, bytes: shippedCheckpoint() };
    },
    async load(bytes) {
      const { classifier: network, sha256 } = await loadCheckpoint(bytes);
      const { arch, width, strideAt, input: scaling } = network.network;
      const choice = { arch, width, head: network.head };
      return {
        network,
        sha256,
        choice,
        create: (options) => createClassifier({ ...choice, strideAt, scaling, ...options }),
      };
    },
    importFrom: (file) => importClassifier(file, asked),
  });
}

/**
 * The classifier that was chosen, to be given the weights of another library. A head of another number of classes is left out.
 *
 * @throws {UsageError} where the network was not named, or is one that no other library's weights fit.
 * @throws {SyntaxError} for a damaged file.
 * @throws {RangeError} where the file lacks layers of the network, naming them.
 */
async function importClassifier(file: StartFile, asked: StartClassifierOptions): Promise<StartedClassifier> {
  const { width = 1, head = "paper" } = asked;
  const { path } = file;
  const arch = requireArch(path, asked.arch);
  if (!isImportable(arch)) {
    throw new UsageError(
      `Cannot start from ${path}: weights of other libraries are taken for ResNets and EfficientNets, not for ${arch}.`,
    );
  }
  const network = describeNetwork({ arch, width });
  const body = network.specs;
  const specs = new Map([...body, ...headSpecs(head, network.channels)]);
  const taken = await takeForeign(file, (weights) => {
    const found = importWeights(weights, { arch, specs });
    // With a head of two classes it is no network of ImageNet's, but a classifier of cracks as the paper's authors trained theirs.
    if (found.layout !== "Keras" || !found.values.has("predictions/kernel")) return found;
    return importWeights(weights, { arch, specs, scaling: network.input });
  });
  const { values, strideAt, scaling } = taken;
  const missing = [...body.keys()].filter((name) => !values.has(name));
  if (missing.length > 0) {
    const sentences = describeImport({ ...taken, unused: [], own: [] }).join(" ");
    throw new RangeError(
      `Cannot start from ${path}: ${missing.length} of ${body.size} parameters of ${arch} × ${width} found no values; is it the ` +
        `right --arch and --width? ${sentences}`,
    );
  }
  const untrained = [...specs.keys()].filter((name) => !values.has(name));
  return await startFromImport({ file, taken }, {
    choice: { arch, width, head },
    parameters: specs.size,
    describe(record) {
      const misfits = record.misfits.filter(({ name }) => body.has(name));
      const [found, ...differences] = importNotes({ ...record, missing: [], own: [], misfits });
      const left = `Its head is left out, ours is untrained: ${untrained.join(", ")}.`;
      return [found, ...untrained.length > 0 ? [left] : [], ...differences];
    },
    create: (options) => createClassifier({ arch, width, head, strideAt, scaling, ...options }),
  });
}
