import { join } from "node:path";
import {
  type PatchLabels,
  POSSIBLE,
  possibleCrack,
  wholePhotoLabels,
} from "../../core/datasets/patch_labels.ts";
import { readMask } from "../../core/datasets/read_mask.ts";
import {
  type ReadSampleOptions,
  requireSameSize,
  type Sample,
  type TruthMask,
} from "../../core/datasets/sample.ts";
import { decodeFile } from "../../core/images/decode_file.ts";
import type { WeighedTruth } from "../../core/sampling/decoded_photo.ts";
import { maskPath } from "../batch/maps.ts";
import type { NamedSample } from "../training/named_sample.ts";

/** What is known of a photo in a round: the labels of its patches, or the pseudo label that an earlier round gave it. */
export type TaughtPhoto = NamedSample<PatchLabels | WeighedMask>;

/** A pseudo label, and what each of its pixels counts. */
export interface WeighedMask extends TruthMask {
  /** 0..255 a pixel, row-major: 0 where nothing is known. */
  readonly weight: Uint8Array;
}

/** What a training knows of each pixel: a pseudo label; or that those under a crack-free patch are no crack, and nothing of the others. */
export function weighedTruth(known: PatchLabels | WeighedMask): WeighedTruth {
  if ("weight" in known) return { truth: known.data.map((value) => 255 * value), weight: known.weight };
  const possible = possibleCrack(known);
  return {
    truth: new Uint8Array(possible.length),
    weight: possible.map((value) => value === POSSIBLE.never ? 255 : 0),
  };
}

/** `weights/NAME.png`, 8-bit grey: how much is known of each pixel of a label, 0 for nothing, 255 for all. */
export function weightPath(folder: string, name: string): string {
  return join(folder, "weights", `${name}.png`);
}

/** The pseudo label of a photo in a folder of them. */
export interface LabelFiles {
  readonly folder: string;
  /** Its name there. */
  readonly name: string;
}

/** A photo with its pseudo label in the place of the labels of its patches. */
export function pseudoLabelled({ name, sample }: NamedSample<PatchLabels>, files: LabelFiles): TaughtPhoto {
  return { name, sample: new PseudoLabelledSample(sample, files), truth: "mask", extra: false };
}

/**
 * A photo with its mask, of which every pixel counts: what pseudo labels are compared with. Of one that is labelled as a whole nothing is
 * known unless it is crack-free.
 */
export function fullyLabelled({ name, sample, truth }: NamedSample): TaughtPhoto | undefined {
  if (truth === "crack" || truth === "missing") return undefined;
  return { name, sample: fullyLabelledSample(sample), truth, extra: false };
}

function fullyLabelledSample(sample: Sample): Sample<PatchLabels | WeighedMask> {
  const { name, split, imagePath, truthPath } = sample;
  const read = async (options?: ReadSampleOptions) => {
    const { image, truth } = await sample.read(options);
    return { image, truth: typeof truth === "boolean" ? wholePhotoLabels(image, truth) : certain(truth) };
  };
  return {
    ...{ name, split, imagePath, truthPath, read },
    image: (options) => sample.image(options),
    truth: async () => (await read()).truth,
  };
}

function certain(mask: TruthMask): WeighedMask {
  return { ...mask, weight: mask.weight ?? new Uint8Array(mask.data.length).fill(255) };
}

class PseudoLabelledSample implements Sample<WeighedMask> {
  readonly name: string;
  readonly split: string;
  readonly imagePath: string;
  readonly truthPath: string;
  readonly #photo: Sample<PatchLabels>;
  readonly #weightPath: string;

  constructor(photo: Sample<PatchLabels>, { folder, name }: LabelFiles) {
    this.name = photo.name;
    this.split = photo.split;
    this.imagePath = photo.imagePath;
    this.truthPath = maskPath(folder, name);
    this.#photo = photo;
    this.#weightPath = weightPath(folder, name);
  }

  image(options?: ReadSampleOptions): Promise<ImageData> {
    return this.#photo.image(options);
  }

  async truth(): Promise<WeighedMask> {
    const mask = await readMask(await Deno.readFile(this.truthPath), "bright");
    const { data } = await decodeFile(await Deno.readFile(this.#weightPath), { samples: "stored" });
    return { ...mask, weight: mask.data.map((_, i) => data[4 * i]) };
  }

  async read(options?: ReadSampleOptions): Promise<{ image: ImageData; truth: WeighedMask }> {
    const image = await this.image(options);
    const truth = await this.truth();
    requireSameSize(image, truth, this.imagePath);
    return { image, truth };
  }
}
