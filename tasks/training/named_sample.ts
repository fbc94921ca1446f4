import { basename } from "node:path";
import { readConfidence, readMask } from "../../core/datasets/read_mask.ts";
import {
  FileSample,
  fullName,
  type Pair,
  type ReadSampleOptions,
  type Sample,
  type Truth,
  type TruthReader,
} from "../../core/datasets/sample.ts";
import { sha256 as hash } from "../files/sha256.ts";

/** A photo that was named for a training or a measurement. */
export interface NamedSample<T = Truth> {
  /** What cards and messages call it. */
  readonly name: string;
  readonly sample: Sample<T>;
  /**
   * What is known of it: a mask, its class as a whole, or the classes of its patches; `missing` where its mask is not there, so that it cannot be
   * read.
   */
  readonly truth: "mask" | "crack" | "no_crack" | "patches" | "missing";
  /** Whether its mask is a label of a photo beyond those that the others are of: never held back. */
  readonly extra: boolean;
}

/** Reads what Hairline wrote itself: bright is crack. */
const readLabel: TruthReader = (bytes) => readMask(bytes, "bright");

/** A photo and its mask in files. */
export interface MaskFiles {
  readonly name: string;
  /** The photo. */
  readonly path: string;
  /** The file of the mask. */
  readonly mask: string;
  /** Whether the mask is a confidence map, whose grey values count; else it is cut in the middle of its scale. */
  readonly soft: boolean;
  readonly extra: boolean;
  /** SHA-256 of the photo's file where the mask is known to be of no other. */
  readonly sha256?: string;
  /** What reads a mask that is none of Hairline's own, unless it is a confidence map. */
  readonly readTruth?: TruthReader;
}

/** A photo whose mask is an image. */
export function maskedSample(
  { name, path, mask, soft, extra, sha256, readTruth = readLabel }: MaskFiles,
): NamedSample {
  const files = { name, split: "all", image: path, truth: mask };
  const read = soft ? readConfidence : readTruth;
  const sample = sha256 === undefined ? new FileSample(files, read) : new KnownPhoto(files, read, sha256);
  return { name, sample, truth: "mask", extra };
}

/**
 * A photo that a record leads to, which may lead anywhere: it is used only where its bytes are those that the record speaks of, and so no other
 * file is read in its place.
 */
class KnownPhoto extends FileSample {
  readonly #sha256: string;

  constructor(pair: Pair, read: TruthReader, sha256: string) {
    super(pair, read);
    this.#sha256 = sha256;
  }

  override async image(options?: ReadSampleOptions): Promise<ImageData> {
    const { imagePath, truthPath } = this;
    if (await hash(await Deno.readFile(imagePath)) !== this.#sha256) {
      throw new Error(
        `Cannot use ${imagePath}: it is not the photo that ${truthPath} was made of; label it again, or name the folder of the photos.`,
      );
    }
    return await super.image(options);
  }
}

/** A photo that is labelled as a whole. */
export function wholeSample(
  { name, path, truth }: Pick<MaskFiles, "name" | "path"> & { readonly truth: "crack" | "no_crack" },
): NamedSample {
  const files = { name, split: "all", image: path, truth: truth === "crack" };
  return { name, sample: new FileSample(files, readLabel), truth, extra: false };
}

/** A photo whose mask is missing: it keeps its place among the others, and says so when it is read. */
export function unmaskedSample({ name, path }: Pick<MaskFiles, "name" | "path">): NamedSample {
  return { name, sample: new UnmaskedPhoto({ name, path }), truth: "missing", extra: false };
}

class UnmaskedPhoto extends FileSample {
  constructor({ name, path }: Pick<MaskFiles, "name" | "path">) {
    super({ name, split: "all", image: path, truth: false }, readLabel);
  }

  override truth(): Promise<never> {
    const { imagePath } = this;
    const name = basename(imagePath).replace(/\.\w+$/, "");
    return Promise.reject(new Error(`Cannot use ${imagePath}: there is no mask of the name ${name}.`));
  }
}

/** A photo of a dataset. */
export async function datasetSample(sample: Sample): Promise<NamedSample> {
  // Its folder says so: no file is read for it.
  const whole = sample.truthPath === undefined ? await sample.truth() : undefined;
  const truth = whole === undefined ? "mask" : whole ? "crack" : "no_crack";
  return { name: fullName(sample), sample, truth, extra: false };
}
