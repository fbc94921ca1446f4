import {
  type ClassifierOptions,
  createClassifier,
  type NetworkClassifier,
} from "../../models/classifier/classifier.ts";
import type { Head } from "../../models/classifier/head.ts";
import { loadCheckpoint } from "../../models/classifier/checkpoint.ts";
import type { Arch } from "../../models/layers/network.ts";
import { namingFile } from "./read_classifier.ts";
import { UsageError } from "../cli/errors.ts";
import { type ImportRecord, isForeign, readStart } from "../training/imported_weights.ts";
import { importNetwork } from "./import_network.ts";

/** What stands for the classifier that ships with Hairline, in the place of a file. */
const SHIPPED = "shipped";

/** What a training makes a network of. */
export interface NetworkChoice {
  readonly arch?: Arch;
  readonly width?: number;
  readonly head?: Head;
  /** File of a classifier, or of weights of another library, whose weights are the first ones. */
  readonly start?: string;
}

/** A network to train, and what it starts from. */
export interface TrainedNetwork {
  readonly arch: Arch;
  readonly width: number;
  readonly head: Head;
  /** SHA-256 of the first weights; null where they are random. */
  readonly start: string | null;
  /** What was taken of another library's file; null for none. */
  readonly imported: ImportRecord | null;
  /** What the first weights lacked or had in excess, for the user. */
  readonly notes: readonly string[];
  /** Makes the classifier. */
  create(options: Pick<ClassifierOptions, "seed" | "trainingSize">): NetworkClassifier;
}

/**
 * The network that was chosen: by name, or that of the file to start from, which may be another library's: then by name, too.
 *
 * @throws {UsageError} where the file holds another network than was named.
 */
export async function openNetwork(choice: NetworkChoice): Promise<TrainedNetwork> {
  const { arch = "resnet50", width = 1, head = "paper", start } = choice;
  if (start === undefined) {
    return {
      arch,
      width,
      head,
      start: null,
      imported: null,
      notes: [],
      create: (options) => createClassifier({ arch, width, head, ...options }),
    };
  }
  const file = start === SHIPPED
    ? { path: start, bytes: (await import("../../models/weights/shipped_classifier.ts")).shippedCheckpoint() }
    : await readStart(start);
  const { bytes } = file;
  if (start !== SHIPPED && isForeign(bytes)) return await importNetwork(file, choice);
  const { classifier, sha256 } = await namingFile(start, () => loadCheckpoint(bytes));
  const { arch: known, width: scale, strideAt, input: scaling } = classifier.network;
  const found = { arch: known, width: scale, head: classifier.head };
  for (const name of ["arch", "width", "head"] as const) {
    if (choice[name] === undefined || choice[name] === found[name]) continue;
    throw new UsageError(
      `Cannot start from ${start}: its ${name} is ${found[name]} and --${name} says ${
        choice[name]
      }; leave out --${name}.`,
    );
  }
  return {
    ...found,
    start: sha256,
    imported: null,
    notes: [],
    create(options) {
      using source = classifier;
      const made = createClassifier({ ...found, strideAt, scaling, ...options });
      for (const [name, variable] of made.parameters) variable.assign(source.parameters.get(name)!);
      return made;
    },
  };
}
