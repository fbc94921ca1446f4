import { mapOrdered } from "../concurrency.ts";
import type { RowRange } from "../gpu/bands.ts";
import type { Compute, Plane } from "../gpu/compute.ts";
import { uploadImage } from "../images/upload_image.ts";
import { crossfade } from "../kernels/crossfade.ts";
import type { Segmenting } from "./segmenting.ts";
import { cutIntoTiles, defaultOverlap, defaultTile, fitsTile, halveTile, type Tiles } from "./tiles.ts";

/** Options of {@linkcode predictImage}. */
export interface PredictImageOptions {
  /** Says how sure it is of crack at each pixel. */
  segmenter: Segmenting;
  /**
   * Side of the square tiles that an image of more pixels than one tile is shown in, a multiple of 32; smaller images are shown
   * whole. Smaller tiles take less memory. Defaults to 1024, or less where the network does not take so much.
   */
  tile?: number;
  /** The least that neighbouring tiles share, a multiple of 32 and at most half a tile. Defaults to 128, or half a smaller tile. */
  overlap?: number;
  /** A pixel is crack above this confidence. Defaults to 0.5. */
  threshold?: number;
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
 * @throws {RangeError} if the tiles do not fit the device, naming tiles that do; or if `tile` and `overlap` do not fit together.
 */
export async function predictImage(
  compute: Compute,
  image: ImageData,
  { segmenter, threshold = 0.5, ...options }: PredictImageOptions,
): Promise<Prediction> {
  const { width, height } = image;
  const tile = options.tile ?? await defaultTile(compute, segmenter);
  const tiles = cutIntoTiles(image, { tile, overlap: options.overlap ?? defaultOverlap(tile) });
  const confidence = await confidenceOf(compute, image, { segmenter, ...tiles })
    .catch((error) => nameFittingTile(compute, image, { error, segmenter, tile }));
  const mask = new Uint8Array(confidence.length);
  let crackPixels = 0;
  for (let i = 0; i < mask.length; i++) {
    mask[i] = Number(confidence[i] > threshold);
    crackPixels += mask[i];
  }
  return { width, height, confidence, mask, crackPixels };
}

async function confidenceOf(
  compute: Compute,
  image: ImageData,
  { segmenter, columns, rows }: TiledPrediction,
): Promise<Float32Array<ArrayBuffer>> {
  const { width, height } = image;
  const confidence = new Float32Array(width * height);
  const places = rows.flatMap((rows) => columns.map((columns) => ({ rows, columns })));
  const made: Plane[] = [];
  const predict = async (place: TilePlace): Promise<Plane> => {
    const tile = await predictTile(compute, image, { segmenter, place });
    made.push(tile);
    return tile;
  };
  const tiles = mapOrdered(places, predict, {
    atOnce: await tilesAtOnce(compute, { segmenter, columns, rows }),
  });
  let above: Plane | undefined;
  try {
    for (const [i, [top, bottom]] of rows.entries()) {
      let strip = await joinTiles(compute, tiles, { width, columns });
      if (above !== undefined) {
        using fresh = strip;
        using upper = above;
        const shared = rows[i - 1][1] - top;
        above = undefined;
        strip = compute.create(fresh);
        compute.copy(upper, strip, { from: (upper.height - shared) * width, length: shared * width });
        crossfade(strip, { source: fresh, rows: shared });
      }
      above = strip;
      // What the next tiles do not reach is done.
      const end = rows[i + 1]?.[0] ?? bottom;
      confidence.set((await strip.read()).subarray(0, (end - top) * width), top * width);
    }
  } finally {
    // Ends the work on tiles that are no longer awaited.
    await tiles.return(undefined);
    for (const tile of made) tile.dispose();
    above?.dispose();
  }
  return confidence;
}

/** Which network is shown which tiles. */
interface TiledPrediction extends Tiles {
  readonly segmenter: Segmenting;
}

/** Tiles that are begun and not yet joined: one waits for each that the network works on last, where it works on several. */
async function tilesAtOnce(compute: Compute, { segmenter, columns, rows }: TiledPrediction): Promise<number> {
  const longest = (ranges: readonly RowRange[]) => Math.max(...ranges.map(([first, end]) => end - first));
  const threads = await segmenter.picturesAtOnce?.(compute, longest(columns) * longest(rows)) ?? 1;
  return threads === 1 ? 1 : threads + 1;
}

/** Where a tile lies. */
interface TilePlace {
  readonly columns: RowRange;
  readonly rows: RowRange;
}

async function predictTile(
  compute: Compute,
  image: ImageData,
  { segmenter, place }: { readonly segmenter: Segmenting; readonly place: TilePlace },
): Promise<Plane> {
  using shown = uploadImage(compute, image, place);
  return await segmenter.predict(shown);
}

/** The next tiles, those of one row, side by side. */
async function joinTiles(
  compute: Compute,
  tiles: AsyncIterator<Plane>,
  { width, columns }: { readonly width: number; readonly columns: readonly RowRange[] },
): Promise<Plane> {
  const next = async (): Promise<Plane> => (await tiles.next()).value;
  const first = await next();
  if (columns.length === 1) return first;
  const strip = compute.create({ width, height: first.height, channels: 1 });
  try {
    for (const [i, [left]] of columns.entries()) {
      using source = i === 0 ? first : await next();
      const shared = i === 0 ? 0 : columns[i - 1][1] - left;
      crossfade(strip, { source, left, columns: shared });
    }
  } catch (error) {
    strip.dispose();
    throw error;
  }
  return strip;
}

/**
 * After a failure, looks by trying whether smaller tiles work.
 *
 * @throws {RangeError} that names the side of tiles that do; the error itself where none does.
 */
async function nameFittingTile(
  compute: Compute,
  image: ImageData,
  { error, segmenter, tile }: { error: unknown; segmenter: Segmenting; tile: number },
): Promise<never> {
  if (!(error instanceof Error)) throw error;
  const most = Math.max(image.width, image.height);
  for (let side = halveTile(Math.min(tile, most)); side > 0; side = halveTile(side)) {
    if (fitsTile(image, side)) continue;
    const shown = (side: number) => [Math.min(side, image.width), Math.min(side, image.height)];
    const [width, height] = shown(side);
    try {
      // A device reports an error once, perhaps a moment later.
      await compute.read([]).catch(() => {});
      using shown = await predictTile(compute, image, {
        segmenter,
        place: { columns: [0, width], rows: [0, height] },
      });
      await shown.read();
    } catch {
      continue;
    }
    const size = fitsTile(image, tile) ? [image.width, image.height] : shown(tile);
    throw new RangeError(
      `Cannot predict ${size.join(" × ")} pixels at once with ${segmenter.name}: ${
        clause(error)
      }; tiles of ${side} pixels fit.`,
      { cause: error },
    );
  }
  throw error;
}

/** What an error says, as a part of a sentence. */
function clause({ message }: Error): string {
  const text = message.replace(/\.$/, "");
  return text.startsWith("Cannot ") ? `c${text.slice(1)}` : text;
}
