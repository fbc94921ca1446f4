import { argumentsSchema, checkArguments, passing } from "../../core/arguments.ts";
import { firstNonFinite } from "../../core/finite.ts";
import { networkName } from "../layers/network.ts";
import type { Parameters, ParameterSpecs } from "../layers/parameters.ts";
import { tf } from "../tfjs.ts";
import { SECOND_MOMENT_SUFFIX } from "../training/adam.ts";
import {
  CHECKPOINT_FORMATS,
  CHECKPOINT_VERSION,
  type CheckpointFormat,
  hashValues,
  OPTIMISER_PREFIX,
  refuseCheckpoint,
  SCALE_SUFFIX,
  type TrainingRecord,
} from "./checkpoint.ts";
import { dequantizeKernel } from "./precision.ts";
import { decodeSafetensors, type StoredTensor } from "./safetensors.ts";

const ARGUMENTS = argumentsSchema({
  source: passing<Uint8Array | string | URL>(
    "a path, a URL or a Uint8Array",
    (value) => typeof value === "string" || value instanceof URL || value instanceof Uint8Array,
  ),
});

/** The bytes of a checkpoint: themselves, or what a path or URL leads to. A path needs to be readable, a URL its host to be allowed. */
export async function readSource(source: Uint8Array | string | URL): Promise<Uint8Array> {
  checkArguments("load a network", ARGUMENTS, { source });
  if (source instanceof Uint8Array) return source;
  const text = String(source);
  if (!/^https?:/i.test(text)) return await Deno.readFile(/^file:/i.test(text) ? new URL(text) : text);
  const response = await fetch(text);
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(
      `Cannot load a network from ${text}: the server answers ${response.status} ${response.statusText}.`,
    );
  }
  return await response.bytes();
}

/** An optimiser whose velocities can be put back. */
export interface RestorableOptimiser {
  restore(state: ReadonlyMap<string, tf.Tensor>): void;
}

/** The values of a checkpoint for one network. */
export interface CheckpointValues {
  /** Makes variables of the parameters. Needs an open backend. */
  readonly parameters: () => Parameters;
  /** Gives an optimiser the velocities of the training, if they were saved. Needs an open backend. */
  readonly restoreOptimiser: ((optimiser: RestorableOptimiser) => void) | undefined;
}

/** A checkpoint as its file describes it. */
export interface DecodedCheckpoint {
  readonly metadata: Readonly<Record<string, string>>;
  /** What the network is; nothing of it has been checked. */
  readonly network: Readonly<Record<string, unknown>>;
  /** Where its training stood, if it was saved. */
  readonly training: TrainingRecord | undefined;
  /** SHA-256 of the stored values, to name the weights by. */
  readonly sha256: string;
  /**
   * The values as those of a network.
   *
   * @throws {RangeError} for parameters that do not fit it, naming what differs.
   * @throws {SyntaxError} for velocities that do not, and for values that are NaN or infinite.
   */
  values(network: { readonly specs: ParameterSpecs; readonly name: string }): CheckpointValues;
}

/**
 * Reads a checkpoint. Nothing in the file is trusted.
 *
 * @throws {SyntaxError} for a file that is no checkpoint, is damaged, holds something else, or was written by a newer version.
 */
export async function decodeCheckpoint(
  bytes: Uint8Array,
  format: CheckpointFormat,
): Promise<DecodedCheckpoint> {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata.format !== format) refuseFormat(metadata, format);
  if (metadata.version !== String(CHECKPOINT_VERSION)) {
    refuseCheckpoint(
      `it has the format version ${JSON.stringify(metadata.version ?? null)}, this Hairline reads version ` +
        `"${CHECKPOINT_VERSION}"`,
    );
  }
  const sha256 = await hashValues(bytes.slice());
  if (metadata.sha256 !== sha256) {
    refuseCheckpoint(
      "its values are not the ones that were saved, their SHA-256 differs: the file is damaged",
    );
  }
  return {
    metadata,
    network: parse(metadata.network, "network"),
    training: readTraining(metadata.training),
    sha256,
    values: (network) => valuesOf(tensors, network),
  };
}

function refuseFormat(
  { format, network }: Readonly<Record<string, string>>,
  wanted: CheckpointFormat,
): never {
  if (!Object.hasOwn(CHECKPOINT_FORMATS, format)) {
    refuseCheckpoint(`its metadata calls it ${JSON.stringify(format ?? null)}, "${wanted}" is wanted`);
  }
  const { arch, width } = parse(network, "network");
  const name = networkName({ arch: String(arch), width: Number(width) });
  refuseCheckpoint(
    `it holds ${CHECKPOINT_FORMATS[format as CheckpointFormat]} (${name}), and ${
      CHECKPOINT_FORMATS[wanted]
    } is wanted`,
  );
}

function valuesOf(
  tensors: ReadonlyMap<string, StoredTensor>,
  { specs, name }: { readonly specs: ParameterSpecs; readonly name: string },
): CheckpointValues {
  const values = matchParameters(specs, readParameters(tensors), name);
  for (const [name, data] of values) requireFinite(name, data);
  const velocities = [...tensors].filter(([name]) => name.startsWith(OPTIMISER_PREFIX));
  for (const [name, { shape, data }] of velocities) {
    const parameter = specs.get(name.slice(OPTIMISER_PREFIX.length).replace(SECOND_MOMENT_SUFFIX, ""));
    if (parameter === undefined || !tf.util.arraysEqual([...shape], [...parameter.shape])) {
      refuseCheckpoint(
        `its tensor ${JSON.stringify(name)} of ${shape.join(" × ")} fits no parameter of the network`,
      );
    }
    if (data instanceof Float32Array) requireFinite(name, data);
  }
  return {
    parameters: () =>
      new Map(
        [...specs].map(([name, { shape, trainable }]) => {
          const data = values.get(name) as Float32Array;
          return [name, tf.tidy(() => tf.variable(tf.tensor(data, [...shape], "float32"), trainable))];
        }),
      ),
    restoreOptimiser: velocities.length === 0 ? undefined : (optimiser) => {
      const state = velocities.map(([name, { shape, data }]): [string, tf.Tensor] => [
        name.slice(OPTIMISER_PREFIX.length),
        tf.tensor(data as Float32Array, [...shape], "float32"),
      ]);
      optimiser.restore(new Map(state));
      tf.dispose(state.map(([, tensor]) => tensor));
    },
  };
}

/** Refuses a network that would find no crack anywhere, as NaN is above no threshold. */
function requireFinite(name: string, data: Float32Array): void {
  const found = firstNonFinite(data);
  if (found === undefined) return;
  refuseCheckpoint(
    `its tensor ${
      JSON.stringify(name)
    } holds ${found} where finite numbers are wanted, as after a training that diverged`,
  );
}

/** The weights of the file by parameter, in float32. */
function readParameters(tensors: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  const parameters = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors) {
    if (name.startsWith(OPTIMISER_PREFIX) || name.endsWith(SCALE_SUFFIX)) continue;
    const { data, dtype, shape } = tensor;
    if (!(data instanceof Int8Array)) {
      parameters.set(name, tensor);
      continue;
    }
    const scales = tensors.get(name + SCALE_SUFFIX)?.data;
    if (!(scales instanceof Float32Array) || scales.length !== shape[shape.length - 1]) {
      refuseCheckpoint(
        `its ${dtype} tensor ${JSON.stringify(name)} has no scale for each channel of its last axis`,
      );
    }
    const levels = new Int8Array(data);
    parameters.set(name, {
      dtype: "F32",
      shape,
      data: dequantizeKernel({ levels, scales: new Float32Array(scales) }),
    });
  }
  return parameters;
}

function readTraining(text: string | undefined): TrainingRecord | undefined {
  if (text === undefined) return undefined;
  const { epoch, step, options } = parse(text, "training");
  if (!isCount(epoch) || !isCount(step) || typeof options !== "object" || options === null) {
    refuseCheckpoint("its training record lacks an epoch, a step or options");
  }
  return { epoch, step, options: options as Record<string, unknown> };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function parse(text: string | undefined, what: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Reported below.
  }
  return refuseCheckpoint(`its metadata "${what}" is no JSON object`);
}

/**
 * The float32 values of a network's parameters among the tensors of a file.
 *
 * @param network its name, for messages.
 * @throws {RangeError} if parameters are missing, unknown, or of another shape or kind of value: one sentence that names them.
 */
function matchParameters(
  specs: ParameterSpecs,
  tensors: ReadonlyMap<string, StoredTensor>,
  network: string,
): ReadonlyMap<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  const missing: string[] = [], others: string[] = [];
  for (const [name, { shape }] of specs) {
    const found = tensors.get(name);
    if (found === undefined) missing.push(`"${name}"`);
    else if (!(found.data instanceof Float32Array) || found.shape.join() !== shape.join()) {
      others.push(`"${name}" (${found.dtype} [${found.shape}], float [${shape}] is wanted)`);
    } else values.set(name, found.data);
  }
  const unknown = [...tensors.keys()].filter((name) => !specs.has(name)).map((name) => JSON.stringify(name));
  const differences = [
    ...missing.length > 0 ? [`${missing.length} missing: ${few(missing)}`] : [],
    ...unknown.length > 0 ? [`${unknown.length} unknown: ${few(unknown)}`] : [],
    ...others.length > 0 ? [`${others.length} of another shape: ${few(others)}`] : [],
  ];
  if (differences.length > 0) {
    throw new RangeError(
      `Cannot load the parameters of ${network}: of its ${specs.size} parameters ${differences.join("; ")}.`,
    );
  }
  return values;
}

/** The first few, and how many more. */
function few(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
