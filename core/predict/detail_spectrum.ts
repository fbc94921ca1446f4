import type { Compute, Plane } from "../gpu/compute.ts";
import { uploadImage } from "../images/upload_image.ts";
import { detailHistogram, detailQuantile } from "../kernels/detail_histogram.ts";
import { grayscale } from "../kernels/grayscale.ts";
import { resize } from "../kernels/resize.ts";

/** The share of pixels whose detail an octave's figure bounds: what stands out, which a crack does, be it thin. */
const QUANTILE = 0.995;

/** An octave has detail of its own where its figure reaches this share of the largest. */
const SHARE_OF_LARGEST = 0.25;

/** White noise has half its figure in the next octave, since four of its pixels are averaged; detail of a surface keeps most of its own. */
const NOISE_FALL = 0.6;

/** What reaches this share of the largest figure is no noise. */
const MOST_NOISE = 0.5;

/** An octave that has this share of the next one's detail has no blur left: its photo is as sharp as its pixels allow. */
const SHARP = 0.95;

/** Up to how many pixels such a photo is enlarged: beyond, the time that it takes counts more. */
const ENLARGED_PIXELS = 360_000;

/** Octaves looked at, the photo's own included. */
const OCTAVES = 6;

/** Pixels looked at together: a larger photo is looked at strip by strip. */
const STRIP_PIXELS = 2 ** 22;

/**
 * How much detail a photo has at each octave of scales, largest scale first:
 *
 *     d_k = the 99.5 % quantile over all pixels of |I_k − up(down(I_k))|,   I_0 the grey photo, I_(k+1) = down(I_k)
 *
 * where down() halves the sides and up() undoes it, both by Lanczos' filter, which keeps octaves apart. A photo enlarged by a
 * factor has no more in its first octaves than the noise of its file.
 *
 * @returns grey levels, 0..256, of six octaves, or as many as the shorter side can be halved.
 */
export async function detailSpectrum(compute: Compute, image: ImageData): Promise<number[]> {
  const count = Math.min(OCTAVES, Math.floor(Math.log2(Math.min(image.width, image.height))));
  if (count < 1) return [];
  // Halved as often as wanted, rows of one strip do not fall together with those of the next.
  const alignment = 2 ** count;
  const rows = Math.max(1, Math.floor(STRIP_PIXELS / image.width / alignment)) * alignment;
  const histograms: Plane[][] = [];
  try {
    for (let top = 0; top < image.height; top += rows) {
      const bottom = Math.min(image.height, top + rows);
      // What is left of a photo below its last whole strip may be too low to be halved so often.
      if (top > 0 && bottom - top < alignment) break;
      using shown = uploadImage(compute, image, { rows: [top, bottom] });
      let octave = grayscale(shown);
      for (let k = 0; k < count; k++) {
        using fine = octave;
        const { width, height } = fine;
        octave = resize(fine, {
          width: Math.ceil(width / 2),
          height: Math.ceil(height / 2),
          filter: "lanczos3",
        });
        using coarse = resize(octave, { width, height, filter: "lanczos3" });
        (histograms[k] ??= []).push(detailHistogram(fine, coarse));
      }
      octave.dispose();
    }
    const values = await compute.read(histograms.flat());
    return histograms.map(({ length }) => detailQuantile(values.splice(0, length), QUANTILE));
  } finally {
    for (const plane of histograms.flat()) plane.dispose();
  }
}

/** What {@linkcode startingScale} has to know besides. */
export interface StartingScaleOptions {
  /** Sides of the photo, in pixels. */
  readonly width: number;
  readonly height: number;
  /** By how much it may be enlarged, from 1 on. */
  readonly enlargement: number;
}

/**
 * The scale from which on a photo is looked at, by its {@linkcode detailSpectrum}:
 *
 * - the smallest at which it loses no detail, 1 or halves of it: that of the first octave that has detail of its own, and not the grain of a sensor;
 * - up to the enlargement for a photo as sharp as its pixels allow, as long as it then has no more than 360,000 of them: its cracks are as thin as a pixel or
 *   two, and a network finds the edges of what it is shown larger;
 * - 1 for a photo without any detail.
 */
export function startingScale(
  spectrum: readonly number[],
  { width, height, enlargement }: StartingScaleOptions,
): number {
  const largest = Math.max(0, ...spectrum);
  const falls = (k: number) => spectrum[k + 1] <= NOISE_FALL * spectrum[k];
  const isGrain = (k: number) => spectrum[k] < MOST_NOISE * largest && falls(k);
  const first = spectrum.findIndex((detail, k) => detail >= SHARE_OF_LARGEST * largest && !isGrain(k));
  if (first > 0) return 2 ** -first;
  const [finest = 0, next = 0] = spectrum;
  const isSharp = next > 0 && finest >= SHARP * next && finest >= MOST_NOISE * largest && !falls(0);
  const room = Math.sqrt(ENLARGED_PIXELS / (width * height));
  return isSharp ? Math.max(1, Math.min(enlargement, room)) : 1;
}
