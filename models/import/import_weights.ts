import { firstNonFinite } from "../../core/finite.ts";
import { type InputScaling, requireScaling } from "../layers/input_scaling.ts";
import type { ParameterSpecs } from "../layers/parameters.ts";
import { convertLayer, orderedShape, type OurLayer, type TheirLayer } from "./convert_layer.ts";
import type { ForeignTensor, ForeignWeights } from "./foreign_weights.ts";
import type { LayerNames, LayerPair } from "./layer_pairs.ts";
import { type ImportableArch, type Layout, layoutsOf, normalisationScaling } from "./layouts.ts";

/** A layer that a file has in another shape. */
export interface Mismatch {
  /** The parameter. */
  readonly name: string;
  /** What the file has for it, and its shape in our order of axes. */
  readonly source: string;
  readonly found: readonly number[];
  readonly wanted: readonly number[];
}

/** What a file has for a network. A layer is taken whole or not at all. */
export interface ImportedWeights {
  /** Whose layout the file has: `Keras`, `torchvision`, … */
  readonly layout: string;
  /** Values by the network's parameters. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Parameters whose layer the file should have and lacks. */
  readonly missing: readonly string[];
  /** Parameters that the other network has nothing for, such as a decoder's. */
  readonly own: readonly string[];
  /** Layers of another shape. */
  readonly mismatched: readonly Mismatch[];
  /** Tensors of the file that nothing was taken from; PyTorch's counts of batches apart. */
  readonly unused: readonly string[];
  /** Where a bottleneck ResNet of these weights halves the image. */
  readonly strideAt: "first" | "middle";
  /**
   * How RGB 0..255 is scaled for weights of ImageNet. No kernel or bias makes up for another scaling where zeros are added around the scaled
   * image: the network itself has to scale so. A file may say it itself, as Keras' EfficientNets do.
   */
  readonly scaling: InputScaling;
}

/** Options of {@linkcode importWeights}. */
export interface ImportWeightsOptions {
  readonly arch: ImportableArch;
  /** The network's parameters. */
  readonly specs: ParameterSpecs;
  /** What the file's library added to variances: 0.00001 for those of timm's EfficientNets that are not called `tf_…`. */
  readonly epsilon?: number;
  /** Scaling of the images that the weights were trained with, in RGB, where it is not that of the library's weights of ImageNet, and the file does not say. */
  readonly scaling?: InputScaling;
}

/**
 * Takes the weights of another library for a network of ours, by name: layers that compute the same by the running statistics.
 *
 * @throws {RangeError} for a file without a layer of that network, and for values that are NaN or infinite.
 */
export function importWeights(weights: ForeignWeights, options: ImportWeightsOptions): ImportedWeights {
  const { arch, specs, scaling } = options;
  const { layout, pairs, tensors } = findLayout(weights, options);
  const values = new Map<string, Float32Array>();
  const missing: string[] = [], mismatched: Mismatch[] = [];
  const used = new Set<string>(), covered = new Set<string>();
  for (const [index, pair] of pairs.entries()) {
    const parameters = roles(pair.ours, "keras", specs);
    for (const name of Object.values(parameters)) covered.add(name);
    const names = roles(pair.theirs, layout.convention, tensors);
    const found = theirLayer(names, tensors);
    if (found === undefined || (pair.theirs.batchNorm !== undefined && !found.batchNorm)) {
      missing.push(...Object.values(parameters));
      continue;
    }
    for (const name of Object.values(names)) used.add(name);
    const { convention } = layout;
    const depthwise = parameters.kernel?.endsWith("/depthwise_kernel") ?? false;
    const mismatch = findMismatch(names, { convention, depthwise, parameters, specs, tensors });
    if (mismatch !== undefined) {
      mismatched.push(mismatch);
      continue;
    }
    const converted = convertLayer(found, {
      convention,
      epsilon: { ...layout.epsilon, ...options.epsilon !== undefined && { theirs: options.epsilon } },
      depthwise,
      ours: { bias: "bias" in parameters, batchNorm: "gamma" in parameters },
      bgr: index === 0 && layout.input.bgr && scaling === undefined,
    });
    for (const [role, name] of Object.entries(parameters)) {
      const data = ofRole(converted, role as Role);
      const wrong = firstNonFinite(data);
      if (wrong !== undefined) {
        throw new RangeError(
          `Cannot take weights for ${arch} from the ${weights.kind}: what it has for ${
            JSON.stringify(name)
          } holds ${wrong} where finite numbers are wanted; the file is damaged, or its training diverged.`,
        );
      }
      values.set(name, data);
    }
  }
  const { offset, divisor } = ownScaling(layout, tensors, used) ?? scaling ?? layout.input;
  return {
    layout: layout.name,
    values,
    missing,
    own: [...specs.keys()].filter((name) => !covered.has(name)),
    mismatched,
    unused: [...tensors.keys()].filter((name) => !used.has(name) && !name.endsWith("num_batches_tracked")),
    strideAt: arch === "resnet18" || arch === "resnet34" ? "first" : layout.strideAt,
    scaling: { offset, divisor },
  };
}

/** How images are scaled by what the file says itself; the tensors that say so are added to those in use. */
function ownScaling(
  { normalisation }: Layout,
  tensors: ReadonlyMap<string, ForeignTensor>,
  used: Set<string>,
): InputScaling | undefined {
  if (normalisation === undefined) return undefined;
  const { mean, variance, others } = normalisation;
  const [means, variances] = [mean, variance].map((name) => tensors.get(name)?.data);
  if (means?.length !== 3 || variances?.length !== 3) return undefined;
  for (const name of [mean, variance, ...others]) used.add(name);
  const scaling = normalisationScaling(means, variances);
  requireScaling(scaling);
  return scaling;
}

type Role = "kernel" | "bias" | "gamma" | "beta" | "mean" | "variance";

type Names = Partial<Record<Role, string>>;

interface Found {
  readonly layout: Layout;
  readonly pairs: readonly LayerPair[];
  /** Without the prefix that PyTorch's wrappers add. */
  readonly tensors: ReadonlyMap<string, ForeignTensor>;
}

/** The layout of which the file has the most kernels. */
function findLayout({ kind, tensors }: ForeignWeights, { arch, specs }: ImportWeightsOptions): Found {
  const plain = new Map([...tensors].map(([name, tensor]) => [name.replace(/^module\./, ""), tensor]));
  let best: Found | undefined, most = 0;
  for (const layout of layoutsOf(arch)) {
    const pairs = layout.pairs(specs);
    const hits = pairs.filter(({ theirs }) => "kernel" in roles(theirs, layout.convention, plain)).length;
    if (hits > most) [best, most] = [{ layout, pairs, tensors: plain }, hits];
  }
  if (best !== undefined) return best;
  const names = [...tensors.keys()].slice(0, 3).map((name) => JSON.stringify(name)).join(", ");
  const known = layoutsOf(arch).map(({ name, pairs, convention }) => {
    const [{ theirs }] = pairs(specs);
    return `"${theirs.kernel}${convention === "keras" ? "/kernel" : ".weight"}" (${name})`;
  });
  throw new RangeError(
    `Cannot take weights for ${arch} from the ${kind}: none of its ${tensors.size} tensors${
      names && ` (${names}${tensors.size > 3 ? ", …" : ""})`
    } has the name of a layer of that network, such as ${known.join(" or ")}.`,
  );
}

/** The names that a layer's parameters go by, of those that there are. */
function roles(
  { kernel, batchNorm }: LayerNames,
  convention: Layout["convention"],
  known: ReadonlyMap<string, unknown>,
): Names {
  const all: [Role, string][] = convention === "keras"
    ? [
      ["kernel", `${kernel}/depthwise_kernel`],
      ["kernel", `${kernel}/kernel`],
      ["bias", `${kernel}/bias`],
      ["gamma", `${batchNorm}/gamma`],
      ["beta", `${batchNorm}/beta`],
      ["mean", `${batchNorm}/moving_mean`],
      ["variance", `${batchNorm}/moving_variance`],
    ]
    : [
      ["kernel", `${kernel}.weight`],
      ["bias", `${kernel}.bias`],
      ["gamma", `${batchNorm}.weight`],
      ["beta", `${batchNorm}.bias`],
      ["mean", `${batchNorm}.running_mean`],
      ["variance", `${batchNorm}.running_var`],
    ];
  return Object.fromEntries(all.filter(([, name]) => known.has(name)));
}

function theirLayer(
  names: Names,
  tensors: ReadonlyMap<string, ForeignTensor>,
): TheirLayer | undefined {
  const of = (role: Role) => tensors.get(names[role] ?? "");
  const kernel = of("kernel"), mean = of("mean"), variance = of("variance");
  if (!kernel) return undefined;
  const batchNorm = mean && variance ? { gamma: of("gamma"), beta: of("beta"), mean, variance } : undefined;
  return { kernel, bias: of("bias"), batchNorm };
}

/** The first tensor of a layer that does not fit: its kernel, or what there is for each channel. */
function findMismatch(names: Names, { convention, depthwise, parameters, specs, tensors }: {
  readonly convention: Layout["convention"];
  readonly depthwise: boolean;
  readonly parameters: Names;
  readonly specs: ParameterSpecs;
  readonly tensors: ReadonlyMap<string, ForeignTensor>;
}): Mismatch | undefined {
  const kernel = specs.get(parameters.kernel!)!.shape;
  const channels = [depthwise ? kernel[2] : kernel[kernel.length - 1]];
  for (const [role, source] of Object.entries(names) as [Role, string][]) {
    const tensor = tensors.get(source)!;
    const [found, wanted] = role === "kernel"
      ? [orderedShape(tensor, { convention, depthwise }), kernel]
      : [tensor.shape, channels];
    if (found.join() !== wanted.join()) {
      return { name: parameters[role] ?? parameters.kernel!, source, found, wanted };
    }
  }
  return undefined;
}

/** What one of our parameters is given. */
function ofRole({ kernel, bias, batchNorm }: OurLayer, role: Role): Float32Array {
  if (role === "kernel") return kernel;
  if (role === "bias") return bias;
  return batchNorm![role];
}

/** One sentence for each way in which a file and a network differ; none where every tensor of the file has its place. */
export function describeImport(
  { layout, missing, mismatched, own, unused }: Pick<
    ImportedWeights,
    "layout" | "missing" | "mismatched" | "own" | "unused"
  >,
): string[] {
  const lines: string[] = [];
  if (missing.length > 0) {
    lines.push(
      `Of ${layout}'s layers the file lacks those of ${count(missing, "parameter")}: ${list(missing)}.`,
    );
  }
  for (const { name, source, found, wanted } of mismatched) {
    lines.push(`${source} is ${size(found)} and ${name} ${size(wanted)}: its layer keeps its first values.`);
  }
  if (own.length > 0) {
    lines.push(
      `${count(own, "parameter")} that ${layout} has nothing for keep their first values: ${list(own)}.`,
    );
  }
  if (unused.length > 0) {
    lines.push(`Nothing was taken from ${count(unused, "tensor")} of the file: ${list(unused)}.`);
  }
  return lines;
}

function count(names: readonly string[], what: string): string {
  return `${names.length} ${what}${names.length === 1 ? "" : "s"}`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

function size(shape: readonly number[]): string {
  return shape.length === 0 ? "one number" : shape.join(" × ");
}
