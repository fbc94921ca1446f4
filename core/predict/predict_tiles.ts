import { mapOrdered } from "../concurrency.ts";
import type { RowRange } from "../gpu/bands.ts";
import type { Compute, Plane } from "../gpu/compute.ts";
import { crossfade } from "../kernels/crossfade.ts";
import type { Segmenting } from "./segmenting.ts";
import { cutIntoTiles, fitsTile, halveTile, type TileOptions, type Tiles } from "./tiles.ts";

/** Where a tile lies. */
export interface TilePlace {
  readonly columns: RowRange;
  readonly rows: RowRange;
}

/** What tiles are cut from: a photo, or one resampled to another size, of which no more than a tile need ever be on the device. */
export interface TiledPicture {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** A part of it, h × w × 3, RGB 0..255, the caller's to dispose of. */
  cut(place: TilePlace): Plane;
}

/** Options of {@linkcode predictTiles}. */
export interface PredictTilesOptions extends TileOptions {
  /** What the tiles are shown to. */
  readonly segmenter: Segmenting;
  /**
   * Takes the confidence of the rows `[first, end)`, which are the first rows of a plane that may have more and is disposed of
   * afterwards. Called from top to bottom until every row was given once.
   */
  readonly store: (strip: Plane, rows: RowRange) => Promise<void> | void;
  /** Called for each tile that the network has seen. */
  readonly onTile?: () => void;
}

/**
 * Shows a picture to a network in tiles that overlap, and where they do one fades into the next, so that no seam shows. One row of tiles
 * is on the device at a time, and as many tiles as the network works on at once.
 *
 * @throws {RangeError} if the tiles do not fit the device, naming tiles that do; or if `tile` and `overlap` do not fit together.
 */
export async function predictTiles(
  compute: Compute,
  picture: TiledPicture,
  { segmenter, tile, overlap, store, onTile }: PredictTilesOptions,
): Promise<void> {
  const tiles = cutIntoTiles(picture, { tile, overlap });
  await predictStrips(compute, picture, { segmenter, store, onTile, ...tiles })
    .catch((error) => nameFittingTile(compute, picture, { error, segmenter, tile }));
}

async function predictStrips(
  compute: Compute,
  picture: TiledPicture,
  { segmenter, columns, rows, store, onTile }:
    & TiledPrediction
    & Pick<PredictTilesOptions, "store" | "onTile">,
): Promise<void> {
  const { width } = picture;
  const places = rows.flatMap((rows) => columns.map((columns) => ({ rows, columns })));
  const made: Plane[] = [];
  const predict = async (place: TilePlace): Promise<Plane> => {
    const tile = await predictTile(picture, { segmenter, place });
    made.push(tile);
    onTile?.();
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
      await store(strip, [top, rows[i + 1]?.[0] ?? bottom]);
    }
  } finally {
    // Ends the work on tiles that are no longer awaited.
    await tiles.return(undefined);
    for (const tile of made) tile.dispose();
    above?.dispose();
  }
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

async function predictTile(
  picture: TiledPicture,
  { segmenter, place }: { readonly segmenter: Segmenting; readonly place: TilePlace },
): Promise<Plane> {
  using shown = picture.cut(place);
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
  picture: TiledPicture,
  { error, segmenter, tile }: { error: unknown; segmenter: Segmenting; tile: number },
): Promise<never> {
  if (!(error instanceof Error)) throw error;
  const most = Math.max(picture.width, picture.height);
  for (let side = halveTile(Math.min(tile, most)); side > 0; side = halveTile(side)) {
    if (fitsTile(picture, side)) continue;
    const shown = (side: number) => [Math.min(side, picture.width), Math.min(side, picture.height)];
    const [width, height] = shown(side);
    try {
      // A device reports an error once, perhaps a moment later.
      await compute.read([]).catch(() => {});
      using shown = await predictTile(picture, {
        segmenter,
        place: { columns: [0, width], rows: [0, height] },
      });
      await shown.read();
    } catch {
      continue;
    }
    const size = fitsTile(picture, tile) ? [picture.width, picture.height] : shown(tile);
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
