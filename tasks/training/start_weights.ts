import { dirname, join } from "node:path";
import { CHECKPOINT_FORMATS, type CheckpointFormat } from "../../models/checkpoint/checkpoint.ts";
import { decodeSafetensors } from "../../models/checkpoint/safetensors.ts";
import type { ForeignWeights } from "../../models/import/foreign_weights.ts";
import { describeImport, type ImportedWeights, type Mismatch } from "../../models/import/import_weights.ts";
import { kindOfWeights, openWeights } from "../../models/import/open_weights.ts";
import { tf } from "../../models/tfjs.ts";
import type { TrainableNetwork } from "../../models/training/gradients.ts";
import { UsageError } from "../cli/errors.ts";
import { namingFile } from "../files/naming_file.ts";
import { staysInside } from "../files/output_names.ts";
import { sha256 } from "../files/sha256.ts";

/** The file of a tfjs model that names the others, in a folder. */
const MODEL_JSON = "model.json";

/** A file of first weights. */
export interface StartFile {
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads the file that a training starts from, which for a folder is its `model.json`.
 *
 * @throws {UsageError} for a folder without one; else what Deno throws.
 */
export async function readStart(path: string): Promise<StartFile> {
  if (!(await Deno.stat(path)).isDirectory) return { path, bytes: await Deno.readFile(path) };
  const file = join(path, MODEL_JSON);
  try {
    return { path: file, bytes: await Deno.readFile(file) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(
      `Cannot start from ${path}: it is a folder without ${MODEL_JSON}, which a tfjs model has; name a file.`,
    );
  }
}

/** What a file says that it is a checkpoint of: undefined for weights of other libraries, "damaged" where that cannot be read. */
export function checkpointFormat(bytes: Uint8Array): CheckpointFormat | "damaged" | undefined {
  if (kindOfWeights(bytes) !== "safetensors") return undefined;
  try {
    const { format } = decodeSafetensors(bytes).metadata;
    return Object.hasOwn(CHECKPOINT_FORMATS, format) ? format as CheckpointFormat : undefined;
  } catch {
    return "damaged";
  }
}

/**
 * Takes what is wanted of weights of another library. Shards of tfjs lie beside their `model.json`.
 *
 * @throws {SyntaxError} for a damaged file, which is named.
 * @throws what `take` throws, the file named.
 */
export async function takeForeign<T>(
  { path, bytes }: StartFile,
  take: (weights: ForeignWeights) => T,
): Promise<T> {
  return await namingFile(path, async () => {
    using weights = await openWeights(bytes, (shard) => {
      if (staysInside(shard)) return Deno.readFile(join(dirname(path), shard));
      throw new SyntaxError(
        `Cannot read the tfjs model: its shard ${shard} lies outside its folder; put all files into one.`,
      );
    });
    return take(weights);
  });
}

/** What a training took of another library's file, as its card keeps it. */
export interface ImportRecord {
  readonly file: string;
  /** SHA-256 of the file; of the model.json of a tfjs model. */
  readonly sha256: string;
  /** Whose names its tensors have: `Keras`, `torchvision`, … */
  readonly layout: string;
  /** Parameters of the network that were given values, and how many it has. */
  readonly taken: number;
  readonly parameters: number;
  /** Parameters whose layer the file should have and lacks. */
  readonly missing: readonly string[];
  /** Tensors of another shape than their parameters. */
  readonly misfits: readonly Mismatch[];
  /** Parameters that the other network has nothing for. */
  readonly own: readonly string[];
  /** Tensors of the file that nothing was taken from. */
  readonly unused: readonly string[];
}

/** What was taken of a file for a network of so many parameters. */
async function recordImport(
  { path, bytes }: StartFile,
  { layout, values, missing, mismatched, own, unused }: ImportedWeights,
  parameters: number,
): Promise<ImportRecord> {
  return {
    file: path,
    sha256: await sha256(bytes),
    layout,
    taken: values.size,
    parameters,
    missing,
    misfits: mismatched,
    own,
    unused,
  };
}

/** What to report of an import: how much was found, and each name without a counterpart; of many the first. */
export function importNotes(record: ImportRecord): string[] {
  const { file, layout, taken, parameters } = record;
  const sentences = describeImport({ ...record, mismatched: record.misfits });
  return [
    `${file} has ${taken} of ${parameters} parameters in ${layout}'s layout.`,
    ...sentences,
    ...sentences.some((sentence) => / and \d+ more\.$/.test(sentence))
      ? ["The card beside the result names them all."]
      : [],
  ];
}

/** A network that is going to be trained, and what it starts from. */
export interface StartedNetwork<Choice extends object, Network, Options> {
  /** `start`: SHA-256 of the first weights; null where they are random. */
  readonly choice: Choice & { readonly start: string | null };
  /** What was taken of another library's file; null for none. */
  readonly imported: ImportRecord | null;
  /** What the first weights lacked or had in excess, for the user. */
  readonly notes: readonly string[];
  /** Makes it. */
  create(options: Options): Network;
}

/** What is to be started, and how it is made with random weights. */
export interface StartOptions<Choice extends object, Network, Options> {
  readonly choice: Choice;
  readonly create: (options: Options) => Network;
}

/** A kind of network, as far as a training starts one. */
export interface StartableNetwork<Choice extends object, Network, Options> {
  /** What was named; a file must hold no other. */
  readonly asked: Partial<Choice>;
  /** With random weights. */
  readonly random: StartOptions<Choice, Network, Options>;
  /** Reads the file to start from. Default: {@linkcode readStart}. */
  readonly read?: (start: string) => Promise<StartFile>;
  /** Loads a checkpoint, and says how further networks like it are made. */
  readonly load: (bytes: Uint8Array<ArrayBuffer>) => Promise<
    StartOptions<Choice, Network, Options> & {
      readonly network: TrainableNetwork & Disposable;
      readonly sha256: string;
    }
  >;
  /** Starts from the weights of another library. */
  readonly importFrom: (file: StartFile) => Promise<StartedNetwork<Choice, Network, Options>>;
}

/**
 * The network that was chosen: by name, or that of the file to start from, which may be another library's: then by name, too.
 *
 * @param start the file; none for random weights.
 * @throws {UsageError} where the file holds another network than was named.
 */
export async function startNetwork<
  Choice extends object,
  Network extends TrainableNetwork,
  Options,
>(
  start: string | undefined,
  { asked, random, read = readStart, load, importFrom }: StartableNetwork<Choice, Network, Options>,
): Promise<StartedNetwork<Choice, Network, Options>> {
  if (start === undefined) return startAtRandom(random);
  const file = await read(start);
  if (checkpointFormat(file.bytes) === undefined) return await importFrom(file);
  const { network, sha256, ...found } = await namingFile(start, () => load(file.bytes));
  requireChosen(start, { asked, found: found.choice });
  return startFromNetwork({ network, sha256 }, found);
}

/** A network that starts from random weights. */
function startAtRandom<Choice extends object, Network, Options>(
  { choice, create }: StartOptions<Choice, Network, Options>,
): StartedNetwork<Choice, Network, Options> {
  return { choice: { ...choice, start: null }, imported: null, notes: [], create };
}

/**
 * A network that starts from what it has in common with another, by the names of their parameters, and disposes of the other.
 *
 * @param sha256 of that network.
 */
function startFromNetwork<Choice extends object, Network extends TrainableNetwork, Options>(
  { network, sha256 }: { readonly network: TrainableNetwork & Disposable; readonly sha256: string },
  { choice, create }: StartOptions<Choice, Network, Options>,
): StartedNetwork<Choice, Network, Options> {
  return {
    choice: { ...choice, start: sha256 },
    imported: null,
    notes: [],
    create(options) {
      using source = network;
      const made = create(options);
      for (const [name, values] of source.parameters) made.parameters.get(name)?.assign(values);
      return made;
    },
  };
}

/**
 * A network that starts from those of another library.
 *
 * @param options `parameters`: how many it has; `describe`: what to report of it. Default: {@linkcode importNotes}.
 */
export async function startFromImport<Choice extends object, Network extends TrainableNetwork, Options>(
  { file, taken }: { readonly file: StartFile; readonly taken: ImportedWeights },
  { choice, create, parameters, describe = importNotes }: StartOptions<Choice, Network, Options> & {
    readonly parameters: number;
    readonly describe?: (record: ImportRecord) => string[];
  },
): Promise<StartedNetwork<Choice, Network, Options>> {
  const imported = await recordImport(file, taken, parameters);
  return {
    choice: { ...choice, start: await hashValues(taken.values) },
    imported,
    notes: describe(imported),
    create(options) {
      const made = create(options);
      for (const [name, data] of taken.values) {
        const variable = made.parameters.get(name)!;
        tf.tidy(() => variable.assign(tf.tensor(data, variable.shape)));
      }
      return made;
    },
  };
}

/**
 * Makes sure that a file holds the network that was named, where it was.
 *
 * @throws {UsageError} naming the option that says otherwise.
 */
function requireChosen<Choice extends object>(
  path: string,
  { asked, found }: { readonly asked: Partial<Choice>; readonly found: Choice },
): void {
  for (const [name, value] of Object.entries(found)) {
    const wanted = asked[name as keyof Choice];
    if (wanted === undefined || wanted === value) continue;
    throw new UsageError(
      `Cannot start from ${path}: its ${name} is ${value} and --${name} says ${wanted}; leave out --${name}.`,
    );
  }
}

/**
 * The network that weights of another library are for, which their file does not say.
 *
 * @throws {UsageError} where it was not named.
 */
export function requireArch<Arch extends string>(path: string, arch: Arch | undefined): Arch {
  if (arch !== undefined) return arch;
  throw new UsageError(
    `Cannot start from ${path}: it does not say which network it belongs to; give --arch.`,
  );
}

/** SHA-256 of values in the order of their names. */
async function hashValues(values: ImportedWeights["values"]): Promise<string> {
  const ordered = [...values].sort(([a], [b]) => a < b ? -1 : 1);
  return await sha256(await new Blob(ordered.map(([, data]) => new Float32Array(data))).bytes());
}
