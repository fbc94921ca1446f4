import { loadSegmenterCheckpoint } from "../../models/segmenter/checkpoint.ts";
import type { SegmentationArch } from "../../models/segmenter/segmentation_network.ts";
import { createSegmenter, type Segmenter, type SegmenterOptions } from "../../models/segmenter/segmenter.ts";
import { namingFile } from "../classifier/read_classifier.ts";
import { UsageError } from "../cli/errors.ts";
import { type ImportRecord, isForeign, readStart } from "../training/imported_weights.ts";
import { importSegmenter } from "./import_segmenter.ts";

/** What a training makes a network of. */
export interface SegmenterChoice {
  readonly arch?: SegmentationArch;
  readonly width?: number;
  /** File of a segmentation network, or of weights of another library, whose weights are the first ones. */
  readonly start?: string;
}

/** A network to train, and what it starts from. */
export interface ChosenSegmenter {
  readonly arch: SegmentationArch;
  readonly width: number;
  /** SHA-256 of the first weights; null where they are random. */
  readonly start: string | null;
  /** What was taken of another library's file; null for none. */
  readonly imported: ImportRecord | null;
  /** What the first weights lacked or had in excess, for the user. */
  readonly notes: readonly string[];
  /** Makes it. */
  create(options: Pick<SegmenterOptions, "seed" | "trainingSize">): Segmenter;
}

/**
 * The network that was chosen: by name, or that of the file to start from, which may be another library's: then by name, too.
 *
 * @throws {UsageError} where the file holds another network than was named.
 */
export async function chooseSegmenter(choice: SegmenterChoice): Promise<ChosenSegmenter> {
  const { arch = "unet", width = 1, start } = choice;
  if (start === undefined) {
    return {
      arch,
      width,
      start: null,
      imported: null,
      notes: [],
      create: (options) => createSegmenter({ arch, width, ...options }),
    };
  }
  const file = await readStart(start);
  const { bytes } = file;
  if (isForeign(bytes)) return await importSegmenter(file, choice);
  const { segmenter, sha256 } = await namingFile(start, () => loadSegmenterCheckpoint(bytes));
  const { arch: known, width: scale, input: { offset, divisor } } = segmenter.network;
  const found = { arch: known, width: scale };
  for (const name of ["arch", "width"] as const) {
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
      using source = segmenter;
      const made = createSegmenter({ ...found, scaling: { offset, divisor }, ...options });
      for (const [name, variable] of made.parameters) variable.assign(source.parameters.get(name)!);
      return made;
    },
  };
}
