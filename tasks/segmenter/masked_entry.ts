import { fullName, type Sample } from "../../core/datasets/sample.ts";
import { brightestOf } from "../../core/datasets/mask_form.ts";
import { decodeImage } from "../../core/images/decode_image.ts";
import type { DecodedPhoto, PixelTruth } from "../../core/sampling/decoded_photo.ts";
import { readTruth } from "../classifier/read_truth.ts";
import { UsageError } from "../cli/errors.ts";
import type { Entry } from "../training/photo_set.ts";

/** A photo that can be read, with its mask. */
export interface MaskedEntry extends Entry<DecodedPhoto<PixelTruth>> {
  /** Whether its mask is a label of a photo beyond those that the others are of: never held back. */
  readonly extra: boolean;
}

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
}

/** A photo whose mask is a picture. */
export function fileEntry({ name, path, mask, soft, extra }: MaskFiles): MaskedEntry {
  return {
    name,
    path,
    extra,
    read: async () => {
      const image = await decode(path), truth = await decode(mask);
      if (truth.width !== image.width || truth.height !== image.height) {
        throw new RangeError(
          `Cannot use ${path}: it is ${image.width} × ${image.height}, but its mask ${mask} is ` +
            `${truth.width} × ${truth.height}.`,
        );
      }
      return maskedPhoto(image, soft ? brightestOf(truth.data) : full(readTruth(truth)));
    },
  };
}

/**
 * A photo of a dataset.
 *
 * @throws {UsageError} if it is labelled as a whole.
 */
export function sampleEntry(sample: Sample): MaskedEntry {
  if (sample.truthPath === undefined) {
    throw new UsageError(
      `Cannot train on ${sample.imagePath}: it is labelled as a whole, and a mask is wanted; label such photos first.`,
    );
  }
  return {
    name: fullName(sample),
    path: sample.imagePath,
    extra: false,
    read: async () => {
      const { image, truth } = await sample.read();
      if (typeof truth === "boolean") throw new TypeError(`Cannot use ${sample.imagePath}: it has no mask.`);
      return maskedPhoto(image, full(truth.data));
    },
  };
}

/** 0 and 255 for 0 and 1. */
function full(truth: Uint8Array): Uint8Array {
  return truth.map((value) => value > 0 ? 255 : 0);
}

function maskedPhoto({ width, height, data }: ImageData, truth: Uint8Array): DecodedPhoto<PixelTruth> {
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0, from = 0; i < pixels.length; i += 3, from += 4) {
    pixels[i] = data[from];
    pixels[i + 1] = data[from + 1];
    pixels[i + 2] = data[from + 2];
  }
  return { width, height, pixels, truth };
}

async function decode(path: string): Promise<ImageData> {
  return await decodeImage(await Deno.readFile(path));
}
