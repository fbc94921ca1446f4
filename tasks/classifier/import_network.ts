import { describeNetwork } from "../../models/classifier/architectures.ts";
import { createClassifier } from "../../models/classifier/classifier.ts";
import { headSpecs } from "../../models/classifier/head.ts";
import { describeImport, importWeights } from "../../models/import/import_weights.ts";
import { isImportable } from "../../models/import/layouts.ts";
import { networkSpecs } from "../../models/layers/network.ts";
import { UsageError } from "../cli/errors.ts";
import {
  assignImported,
  hashImported,
  importNotes,
  recordImport,
  type StartFile,
  takeForeign,
} from "../training/imported_weights.ts";
import type { NetworkChoice, TrainedNetwork } from "./start_weights.ts";

/**
 * The network that was chosen, to be given the weights of another library. A head of another number of classes is left out.
 *
 * @throws {UsageError} where the network was not named, or is one that no other library's weights fit.
 * @throws {SyntaxError} for a damaged file.
 * @throws {RangeError} where the file lacks layers of the network, naming them.
 */
export async function importNetwork(file: StartFile, choice: NetworkChoice): Promise<TrainedNetwork> {
  const { arch, width = 1, head = "paper" } = choice;
  const { path } = file;
  if (arch === undefined) {
    throw new UsageError(`Cannot start from ${path}: it does not say of which network it is; give --arch.`);
  }
  if (!isImportable(arch)) {
    throw new UsageError(
      `Cannot start from ${path}: weights of other libraries are taken for ResNets, not for ${arch}.`,
    );
  }
  const network = describeNetwork({ arch, width });
  const body = new Map(networkSpecs(network));
  const specs = new Map([...body, ...headSpecs(head, network.outputs)]);
  const taken = await takeForeign(file, (weights) => {
    const found = importWeights(weights, { arch, specs });
    // With a head of two classes it is no network of ImageNet's, but a classifier of cracks as the paper's authors trained theirs.
    if (found.layout !== "Keras" || !found.values.has("predictions/kernel")) return found;
    return importWeights(weights, { arch, specs, scaling: network.input });
  });
  const { values, misfits, strideAt, scaling } = taken;
  const lacking = [...body.keys()].filter((name) => !values.has(name));
  if (lacking.length > 0) {
    const sentences = describeImport({ ...taken, unused: [], own: [] }).join(" ");
    throw new RangeError(
      `Cannot start from ${path}: ${lacking.length} of ${body.size} parameters of ${arch} × ${width} found no values; is it the ` +
        `right --arch and --width? ${sentences}`,
    );
  }
  const untrained = [...specs.keys()].filter((name) => !values.has(name));
  const imported = await recordImport(file, taken, specs.size);
  const [found, ...differences] = importNotes({
    ...imported,
    missing: [],
    own: [],
    misfits: misfits.filter(({ name }) => body.has(name)),
  });
  return {
    arch,
    width,
    head,
    start: await hashImported(taken),
    imported,
    notes: [
      found,
      ...untrained.length > 0 ? [`Its head is left out, ours is untrained: ${untrained.join(", ")}.`] : [],
      ...differences,
    ],
    create(options) {
      const made = createClassifier({ arch, width, head, strideAt, scaling, ...options });
      assignImported(made.parameters, taken);
      return made;
    },
  };
}
