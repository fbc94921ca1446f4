import { dirname, join } from "node:path";
import { describeNetwork } from "../../models/architectures.ts";
import { CHECKPOINT_FORMATS } from "../../models/checkpoint.ts";
import { createClassifier } from "../../models/classifier.ts";
import { headSpecs } from "../../models/head.ts";
import { describeImport } from "../../models/import/describe_import.ts";
import { importWeights } from "../../models/import/import_weights.ts";
import { isImportable } from "../../models/import/layouts.ts";
import { kindOfWeights, openWeights } from "../../models/import/open_weights.ts";
import { networkSpecs } from "../../models/network.ts";
import { decodeSafetensors } from "../../models/safetensors.ts";
import { tf } from "../../models/tfjs.ts";
import { namingFile } from "../cli/read_classifier.ts";
import { UsageError } from "../cli/usage_error.ts";
import type { NetworkChoice, TrainedNetwork } from "./start_weights.ts";

/** Whether a file holds weights of another library, and not a checkpoint of ours, whole or damaged. */
export function isForeign(bytes: Uint8Array): boolean {
  if (kindOfWeights(bytes) !== "safetensors") return true;
  try {
    return !Object.hasOwn(CHECKPOINT_FORMATS, decodeSafetensors(bytes).metadata.format);
  } catch {
    return false;
  }
}

/**
 * The network that was chosen, to be given the weights of another library. A head of another number of classes is left out.
 *
 * @throws {UsageError} where the network was not named, or is one that no other library's weights fit.
 * @throws {SyntaxError} for a damaged file.
 * @throws {RangeError} where the file lacks layers of the network, naming them.
 */
export async function importNetwork(
  bytes: Uint8Array,
  choice: NetworkChoice & { readonly start: string },
): Promise<TrainedNetwork> {
  const { arch, width = 1, head = "paper", start } = choice;
  if (arch === undefined) {
    throw new UsageError(`Cannot start from ${start}: it does not say of which network it is; give --arch.`);
  }
  if (!isImportable(arch)) {
    throw new UsageError(
      `Cannot start from ${start}: weights of other libraries are taken for ResNets, not for ${arch}.`,
    );
  }
  const network = describeNetwork({ arch, width });
  const body = new Map(networkSpecs(network));
  const specs = new Map([...body, ...headSpecs(head, network.outputs)]);
  const taken = await namingFile(start, async () => {
    using weights = await openWeights(bytes, (shard) => Deno.readFile(join(dirname(start), shard)));
    const found = importWeights(weights, { arch, specs });
    // With a head of two classes it is no network of ImageNet's, but a classifier of cracks as the paper's authors trained theirs.
    if (found.layout !== "Keras" || !found.values.has("predictions/kernel")) return found;
    return importWeights(weights, { arch, specs, scaling: network.input });
  });
  const { values, misfits, strideAt, scaling, layout } = taken;
  const lacking = [...body.keys()].filter((name) => !values.has(name));
  if (lacking.length > 0) {
    const sentences = describeImport({ ...taken, unused: [], own: [] }).join(" ");
    throw new RangeError(
      `Cannot start from ${start}: ${lacking.length} of ${body.size} parameters of ${arch} × ${width} found no values; is it the ` +
        `right --arch and --width? ${sentences}`,
    );
  }
  const untrained = [...specs.keys()].filter((name) => !values.has(name));
  return {
    arch,
    width,
    head,
    start: await hashOf(values),
    notes: [
      `${start} has ${values.size} of ${specs.size} parameters in ${layout}'s layout.`,
      ...untrained.length > 0 ? [`Its head is left out, ours is untrained: ${untrained.join(", ")}.`] : [],
      ...describeImport({
        ...taken,
        missing: [],
        own: [],
        misfits: misfits.filter(({ name }) => body.has(name)),
      }),
    ],
    create(options) {
      const made = createClassifier({ arch, width, head, strideAt, scaling, ...options });
      for (const [name, data] of values) {
        const variable = made.parameters.get(name)!;
        tf.tidy(() => variable.assign(tf.tensor(data, variable.shape)));
      }
      return made;
    },
  };
}

/** SHA-256 of the values in the order of their names. */
async function hashOf(values: ReadonlyMap<string, Float32Array>): Promise<string> {
  const ordered = [...values].sort(([a], [b]) => a < b ? -1 : 1);
  const bytes = await new Blob(ordered.map(([, data]) => new Float32Array(data))).arrayBuffer();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
