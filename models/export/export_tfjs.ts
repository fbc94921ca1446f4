import {
  argumentsSchema,
  checkArguments,
  instanceOf,
  optional,
  optionsSchema,
  type Schema,
  TEXT,
} from "../../core/arguments.ts";
import { CLASSES } from "../../core/label/classifier.ts";
import { openBackend } from "../backend.ts";
import { NetworkClassifier } from "../classifier/classifier.ts";
import { Segmenter } from "../segmenter/segmenter.ts";
import type { tf } from "../tfjs.ts";
import { layOutClassifier, layOutSegmenter, scalingTensors } from "./layers_model.ts";
import { encodeTfjs, type TfjsFiles, type TfjsPrecision, type TfjsTensor } from "./tfjs_model.ts";

/** Options of {@linkcode exportTfjs}. */
export interface ExportTfjsOptions {
  /** How the weights are stored. `F32` (the default) is exact, `F16` halves the file, values beyond its range aside. */
  readonly precision?: TfjsPrecision;
}

const ARGUMENTS = argumentsSchema({
  source: instanceOf(NetworkClassifier, Segmenter),
  options: optionsSchema<ExportTfjsOptions>({ precision: optional(TEXT as Schema<TfjsPrecision>) }),
});

/**
 * A classifier or a segmentation network as a tfjs layers model, for `tf.loadLayersModel()` and for converters: `model.json` and
 * `weights.bin`, which lies beside it. It takes N × H × W × 3, RGB 0..255; one layer, `scaling`, is a 1 × 1 convolution of each channel that
 * does what Keras leaves to the caller.
 *
 * A classifier gives N × 2, the probabilities of crack and of none; its layers have Keras' names. Images for a MobileNetV2 must be twice
 * as large: its metadata says `enlarge: 2`, which no layer of tfjs does alike.
 *
 * A segmentation network gives N × H × W × 1, the confidence of crack, 0..1, without the auxiliary outputs of training. H and W must be
 * multiples of what its metadata calls `multiple`. U-Net and OED can be written so; both DeepCracks, the U-Nets of Jenkins and König, and
 * networks that see patches, have layers that tfjs lacks.
 *
 * @example
 * ```ts
 * import { createClassifier, exportTfjs } from "../../mod.ts";
 *
 * using classifier = createClassifier({ arch: "resnet18", width: 0.125 });
 * const { json, weights } = await exportTfjs(classifier);
 * console.log(json.length, weights.length); // to be written as model.json and weights.bin
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} for a network with a layer that tfjs lacks.
 */
export async function exportTfjs(
  source: NetworkClassifier | Segmenter,
  options: ExportTfjsOptions = {},
): Promise<TfjsFiles> {
  checkArguments("export a network", ARGUMENTS, { source, options });
  const { precision } = options;
  // The parameters of an untrained or just loaded network are made on the first backend.
  await openBackend();
  const model = source instanceof Segmenter ? layOutSegmenter(source) : layOutClassifier(source);
  const { topology, names } = describe(model);
  const tensors = new Map<string, TfjsTensor>(scalingTensors(source.network.input));
  for (const [name, variable] of source.parameters) {
    // Auxiliary outputs are not part of the model.
    if (!names.has(name)) continue;
    tensors.set(name, { shape: variable.shape, data: await variable.data<"float32">() });
  }
  return encodeTfjs({ tensors, topology, metadata: metadataOf(source), precision });
}

/** A model's layers as tfjs' JSON, and the names of its weights; the zeros that it holds are freed. */
function describe(model: tf.LayersModel): { topology: unknown; names: ReadonlySet<string> } {
  try {
    const names = new Set(model.weights.map(({ originalName }) => originalName));
    return { topology: model.toJSON(undefined, false), names };
  } finally {
    model.dispose();
  }
}

function metadataOf(source: NetworkClassifier | Segmenter): Record<string, unknown> {
  const { name } = source;
  if (source instanceof Segmenter) {
    const { arch, width, multiple } = source.network;
    return { name, arch, width, multiple };
  }
  const { network: { arch, width, strideAt, input: { enlarge = 1 } }, head } = source;
  return { name, classes: CLASSES, arch, width, strideAt, head, enlarge };
}
