import { argumentsSchema, checkArguments, IMAGE, NUMBER, optional, optionsSchema } from "../arguments.ts";
import { requireFiniteOutput } from "../finite.ts";
import type { Compute } from "../gpu/compute.ts";
import { COMPUTE } from "../gpu/schemas.ts";
import { coverTransparent } from "../images/cover_transparent.ts";
import { uploadImage } from "../images/upload_image.ts";
import { ON_PROGRESS, type OnProgress } from "../photo_progress.ts";
import { predictTiles } from "./predict_tiles.ts";
import { SEGMENTING, type Segmenting } from "./segmenting.ts";
import { countTiles, defaultOverlap, defaultTile } from "./tiles.ts";

/** Options of {@linkcode predictImage}. */
export interface PredictImageOptions {
  /** Says how sure it is of crack at each pixel. */
  segmenter: Segmenting;
  /**
   * The longest side of the tiles that an image of more pixels than such a square is shown in, a multiple of 32; smaller images are shown
   * whole. Smaller tiles take less memory. Defaults to 1024, or less where the network does not take so much.
   */
  tile?: number;
  /** The least that neighbouring tiles share, a multiple of 32 and at most half a tile. Defaults to 128, or half a smaller tile. */
  overlap?: number;
  /** A pixel is crack above this confidence. Defaults to 0.5. */
  threshold?: number;
  /** Told of each tile that the network has seen. */
  onProgress?: OnProgress;
}

/** Where a segmentation network sees crack in an image. */
export interface Prediction {
  /** Pixels in a row. */
  width: number;
  /** Rows. */
  height: number;
  /** Confidence that a pixel is crack, 0..1, row-major. */
  confidence: Float32Array<ArrayBuffer>;
  /** 1 where the confidence exceeds the threshold, else 0, row-major. */
  mask: Uint8Array<ArrayBuffer>;
  /** Ones in the mask. */
  crackPixels: number;
}

/** The types of the options. */
export const PREDICT_IMAGE_OPTIONS = {
  segmenter: SEGMENTING,
  tile: optional(NUMBER),
  overlap: optional(NUMBER),
  threshold: optional(NUMBER),
  onProgress: optional(ON_PROGRESS),
};

const ARGUMENTS = argumentsSchema({
  compute: COMPUTE,
  image: IMAGE,
  options: optionsSchema<PredictImageOptions>(PREDICT_IMAGE_OPTIONS),
});

/**
 * Marks the crack pixels of an image of any size with a segmentation network.
 *
 * An image of more pixels than one tile is cut into tiles that overlap, and where they do one fades into the next, so that no seam
 * shows. One row of tiles is on the device at a time, and as many tiles as the network works on at once.
 *
 * @example With an untrained network
 * ```ts
 * import { createSegmenter, decodeImage, openCompute, predictImage } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using segmenter = createSegmenter({ arch: "unet", width: 1 / 64 });
 * const image = await decodeImage(await Deno.readFile("tasks/demo/304.jpg"));
 * const { crackPixels, mask } = await predictImage(compute, image, { segmenter });
 * console.log(`${crackPixels} of ${mask.length} pixels are crack`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the tiles do not fit the device, naming tiles that do; or if `tile` and `overlap` do not fit together.
 */
export async function predictImage(
  compute: Compute,
  image: ImageData,
  options: PredictImageOptions,
): Promise<Prediction> {
  checkArguments("predict", ARGUMENTS, { compute, image, options });
  const { segmenter, threshold = 0.5, onProgress } = options;
  const { width, height } = image;
  const tile = options.tile ?? await defaultTile(compute, segmenter);
  const overlap = options.overlap ?? defaultOverlap(tile);
  const total = countTiles(image, { tile, overlap });
  let done = 0;
  const { image: opaque, clear } = coverTransparent(image);
  const confidence = new Float32Array(width * height);
  await predictTiles(compute, { width, height, cut: (place) => uploadImage(compute, opaque, place) }, {
    segmenter,
    tile,
    overlap,
    onTile: () => onProgress?.({ unit: "tile", done: ++done, total }),
    store: async (strip, [first, end]) => {
      confidence.set((await strip.read()).subarray(0, (end - first) * width), first * width);
    },
  });
  clear(confidence);
  return predictionOf(confidence, { segmenter, width, height, threshold });
}

/**
 * The mask of a map of confidences, and how much crack it shows.
 *
 * @throws {RangeError} for confidences that are NaN or infinite.
 */
export function predictionOf(
  confidence: Float32Array<ArrayBuffer>,
  { segmenter, width, height, threshold }: {
    readonly segmenter: Pick<Segmenting, "name">;
    readonly width: number;
    readonly height: number;
    readonly threshold: number;
  },
): Prediction {
  requireFiniteOutput(confidence, segmenter.name);
  const mask = new Uint8Array(confidence.length);
  let crackPixels = 0;
  for (let i = 0; i < mask.length; i++) {
    mask[i] = Number(confidence[i] > threshold);
    crackPixels += mask[i];
  }
  return { width, height, confidence, mask, crackPixels };
}
