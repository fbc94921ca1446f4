import type { RowRange } from "../gpu/bands.ts";
import type { Compute, Plane } from "../gpu/compute.ts";
import { crossfade } from "../kernels/crossfade.ts";
import { mapOrdered } from "../concurrency.ts";
import type { Segmenting } from "./segmenting.ts";
import { layTiles, TILE_ALIGNMENT } from "./tiles.ts";
import { uploadImage } from "../images/upload_image.ts";

/** Options of {@linkcode predictImage}. */
export interface PredictImageOptions {
  /** Says how sure it is of crack at each pixel. */
  segmenter: Segmenting;
  /**
   * Side of the square tiles that a picture of more pixels than one tile is shown in, a multiple of 32; smaller pictures are shown
   * whole. Smaller tiles take less memory. Defaults to 1024, or less where the network does not take so much.
   */
  tile?: number;
  /** The least that neighbouring tiles share, a multiple of 32 and at most half a tile. Defaults to 128, or half a smaller tile. */
  overlap?: number;
  /** A pixel is crack above this confidence. Defaults to 0.5. */
  threshold?: number;
}

/** Where a segmentation network sees crack in a picture. */
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

/** Side of tiles, unless another is asked for. */
const DEFAULT_TILE = 1024;

/** What neighbouring tiles share, unless tiles are too small for it. */
const DEFAULT_OVERLAP = 128;

/** The side of tiles that a network is shown on a device where nobody says. */
export async function defaultTile(compute: Compute, segmenter: Segmenting): Promise<number> {
  const side = Math.min(DEFAULT_TILE, Math.sqrt(await segmenter.pixelsAtOnce(compute)));
  return Math.max(1, Math.floor(side / TILE_ALIGNMENT)) * TILE_ALIGNMENT;
}

/** What tiles of a side share where nobody says: half of them at most. */
export function defaultOverlap(tile: number): number {
  return Math.min(DEFAULT_OVERLAP, Math.floor(tile / 2 / TILE_ALIGNMENT) * TILE_ALIGNMENT);
}

/**
 * Marks the crack pixels of a picture of any size with a segmentation network.
 *
 * A picture of more pixels than one tile is cut into tiles that overlap, and where they do one fades into the next, so that no seam
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
  const tiles = { tile, overlap: options.overlap ?? defaultOverlap(tile) };
  // Checks them, also where the picture is shown whole.
  let [columns, rows] = [layTiles(width, tiles), layTiles(height, tiles)];
  if (fits(image, tile)) [columns, rows] = [[[0, width]], [[0, height]]];
  const confidence = await confidenceOf(compute, image, { segmenter, columns, rows })
    .catch((error) => nameFittingTile(compute, image, { error, segmenter, tile }));
  const mask = new Uint8Array(confidence.length);
  let crackPixels = 0;
  for (let i = 0; i < mask.length; i++) {
    mask[i] = Number(confidence[i] > threshold);
    crackPixels += mask[i];
  }
  return { width, height, confidence, mask, crackPixels };
}

/** Whether a picture is shown whole, its sides counted as what networks make of them. */
function fits({ width, height }: ImageData, tile: number): boolean {
  const [w, h] = [width, height].map((length) => Math.ceil(length / TILE_ALIGNMENT) * TILE_ALIGNMENT);
  return w * h <= tile ** 2;
}

/** How a picture is cut. */
interface Cut {
  readonly segmenter: Segmenting;
  readonly columns: readonly RowRange[];
  readonly rows: readonly RowRange[];
}

async function confidenceOf(
  compute: Compute,
  image: ImageData,
  { segmenter, columns, rows }: Cut,
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
    // Ends the work on tiles that nobody waits for any more.
    await tiles.return(undefined);
    for (const tile of made) tile.dispose();
    above?.dispose();
  }
  return confidence;
}

/** Tiles that are begun and not yet joined: one waits for each that the network works on last, where it works on several. */
async function tilesAtOnce(compute: Compute, { segmenter, columns, rows }: Cut): Promise<number> {
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
  for (let side = halve(Math.min(tile, most)); side > 0; side = halve(side)) {
    if (fits(image, side)) continue;
    const shown = (side: number) => [Math.min(side, image.width), Math.min(side, image.height)];
    const [width, height] = shown(side);
    try {
      // A device tells an error once, perhaps a moment later.
      await compute.read([]).catch(() => {});
      using shown = await predictTile(compute, image, {
        segmenter,
        place: { columns: [0, width], rows: [0, height] },
      });
      await shown.read();
    } catch {
      continue;
    }
    const size = fits(image, tile) ? [image.width, image.height] : shown(tile);
    throw new RangeError(
      `Cannot predict ${size.join(" × ")} pixels at once with ${segmenter.name}: ${
        clause(error)
      }; tiles of ${side} pixels fit.`,
      { cause: error },
    );
  }
  throw error;
}

/** The next smaller side of tiles to try, 0 where there is none. */
function halve(side: number): number {
  return Math.floor(side / 2 / TILE_ALIGNMENT) * TILE_ALIGNMENT;
}

/** What an error says, as a part of a sentence. */
function clause({ message }: Error): string {
  const text = message.replace(/\.$/, "");
  return text.startsWith("Cannot ") ? `c${text.slice(1)}` : text;
}
