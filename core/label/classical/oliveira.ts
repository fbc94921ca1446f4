import { checkArguments, NUMBER, optional } from "../../arguments.ts";
import type { Compute } from "../../gpu/compute.ts";
import { open } from "../../kernels/morphology.ts";
import { otsuThresholds } from "../../kernels/otsu_thresholds.ts";
import type { Labeller } from "../labeller.ts";
import type { MethodDescription } from "../method_description.ts";
import { labellerArguments, photoLabeller, type PhotoLabellerOptions } from "../photo_labeller.ts";
import { otsuOf, relativeTo } from "./evidence.ts";

/** Settings of {@linkcode oliveiraLabeller}. */
export interface OliveiraSettings {
  /** Side of the square blocks in pixels. Default: 16. */
  readonly blockSize: number;
  /** Side of the window of the morphological filter in pixels, odd; 1 leaves it out. Default: 3. */
  readonly openingSize: number;
}

/** The settings of {@linkcode oliveiraLabeller} where none are given. */
export const defaultOliveira: OliveiraSettings = { blockSize: 16, openingSize: 3 };

/** What {@linkcode oliveiraLabeller} does. */
export const OLIVEIRA: MethodDescription = {
  title: "Dark pixels in blocks of high entropy, both by dynamic thresholds",
  source:
    "after Oliveira and Correia 2009, Automatic road crack segmentation using entropy and image dynamic thresholding, EUSIPCO",
  needs: [],
};

const ARGUMENTS = labellerArguments<OliveiraSettings>({
  blockSize: optional(NUMBER),
  openingSize: optional(NUMBER),
});

/**
 * A labeller by entropy and dynamic thresholds, after H. Oliveira and P. L. Correia, "Automatic road crack segmentation using entropy and image
 * dynamic thresholding", EUSIPCO 2009, pp. 622–626:
 *
 * 1. a grey-level opening takes bright grain away;
 * 2. dark is what is at most Otsu's threshold and below the photo's mean less its deviation;
 * 3. H = −p log₂ p − (1 − p) log₂(1 − p) of each block, p being the share of dark pixels in it;
 * 4. crack are dark pixels in blocks whose H exceeds Otsu's threshold of all H.
 *
 * The steps are the source's, their formulae and values are ours, since only its abstract is known to us; an opening takes the place of its closing, which
 * would fill thin cracks. The source goes on to name each block's crack horizontal, vertical or miscellaneous, which labels do not tell. The
 * confidence of a dark pixel is H / (H + t), t being the threshold of H.
 *
 * @example
 * ```ts
 * import { decodeImage, oliveiraLabeller, openCompute } from "../../../mod.ts";
 *
 * using compute = await openCompute();
 * const labeller = oliveiraLabeller(compute);
 * const { crackPixels } = await labeller.label(await decodeImage(await Deno.readFile("tasks/demo/304.jpg")));
 * console.log(`${crackPixels} pixels are crack`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the block is not a positive integer of pixels; when a photo is labelled, if the window of the opening is not odd.
 */
export function oliveiraLabeller(
  compute: Compute,
  options: PhotoLabellerOptions<OliveiraSettings> = {},
): Labeller {
  checkArguments("label by entropy", ARGUMENTS, { compute, options });
  const settings = { ...defaultOliveira, ...options.settings };
  const { blockSize, openingSize: size } = settings;
  if (!Number.isSafeInteger(blockSize) || blockSize < 1) {
    throw new RangeError(
      `Cannot label by entropy in blocks of ${blockSize}: a positive number of pixels is wanted.`,
    );
  }
  return photoLabeller(compute, {
    ...{ id: "oliveira", about: OLIVEIRA, settings },
    stages: [
      { key: "dark", title: "Dark", note: "Dark for the whole photo.", range: [0, 1] },
      {
        key: "entropy",
        title: "Entropy",
        note: "How far from all or none of a block is dark, in bits.",
        range: [0, 1],
      },
    ],
    find: async (grey, stages) => {
      using opened = open(grey, { size });
      const [level] = await otsuThresholds(opened);
      const values = await opened.read();
      const dark = values.map(darkness(values, level));
      const blocks = blockEntropies(dark, { width: grey.width, height: grey.height, blockSize });
      using plane = compute.upload({ ...blocks, channels: 1 });
      const threshold = await otsuOf(plane, 2);
      const entropy = dark.map((_, i) => {
        const [x, y] = [i % grey.width, Math.floor(i / grey.width)];
        return blocks.data[Math.floor(y / blockSize) * blocks.width + Math.floor(x / blockSize)];
      });
      return {
        confidence: entropy.map((value, i) => dark[i] * relativeTo(threshold, value)),
        stages: stages ? [dark, entropy] : undefined,
      };
    },
  });
}

/** 1 for what is dark both by Otsu's level, to which values are rounded, and by mean and deviation of all values. */
function darkness(values: Float32Array, level: number): (value: number) => number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const least = mean - Math.sqrt(variance);
  return (value) => Number(value < level + 0.5 && value < least);
}

/** A map of a value a block. */
interface BlockMap {
  /** Blocks in a row. */
  readonly width: number;
  readonly height: number;
  /** Row-major. */
  readonly data: Float32Array<ArrayBuffer>;
}

/**
 * The entropy in bits of the share of ones in each block; those at the right and at the bottom may be smaller.
 *
 * @param mask 0 or 1, row-major.
 */
export function blockEntropies(
  mask: ArrayLike<number>,
  { width, height, blockSize }: {
    readonly width: number;
    readonly height: number;
    readonly blockSize: number;
  },
): BlockMap {
  const columns = Math.ceil(width / blockSize), rows = Math.ceil(height / blockSize);
  const ones = new Float32Array(columns * rows);
  for (let i = 0; i < mask.length; i++) {
    const x = i % width, y = Math.floor(i / width);
    ones[Math.floor(y / blockSize) * columns + Math.floor(x / blockSize)] += mask[i];
  }
  const side = (length: number, block: number) => Math.min(blockSize, length - block * blockSize);
  const data = ones.map((count, i) =>
    entropy(count / (side(width, i % columns) * side(height, Math.floor(i / columns))))
  );
  return { width: columns, height: rows, data };
}

/** −p log₂ p − (1 − p) log₂(1 − p). */
function entropy(p: number): number {
  return p <= 0 || p >= 1 ? 0 : -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);
}
