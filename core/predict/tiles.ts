import type { RowRange } from "../gpu/bands.ts";
import type { Compute } from "../gpu/compute.ts";
import type { Segmenting } from "./segmenting.ts";

/**
 * Tiles begin at multiples of this: the pooling of a network then sees the same blocks of pixels in a tile as in the whole image, be
 * it by 32 in all.
 */
export const TILE_ALIGNMENT = 32;

/** Options of {@linkcode cutIntoTiles}. */
export interface TileOptions {
  /** The most that a tile's side has, a multiple of {@linkcode TILE_ALIGNMENT}. */
  tile: number;
  /** The least that neighbours share, a multiple of the same and at most half a tile. */
  overlap: number;
}

/** Sides of an image in pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** The tiles of an image: where each column and each row of them begins and ends, in order. */
export interface Tiles {
  readonly columns: readonly RowRange[];
  readonly rows: readonly RowRange[];
}

/**
 * Cuts an image into overlapping tiles: one, whatever its sides, for an image of at most a tile's pixels.
 *
 * @throws {RangeError} for tiles or overlaps that are not as described.
 */
export function cutIntoTiles({ width, height }: Size, options: TileOptions): Tiles {
  // Checks the options, also where the image is shown whole.
  const tiles = { columns: layTiles(width, options), rows: layTiles(height, options) };
  return fitsTile({ width, height }, options.tile) ? { columns: [[0, width]], rows: [[0, height]] } : tiles;
}

/** How many tiles an image is cut into. */
export function countTiles(size: Size, options: TileOptions): number {
  const { columns, rows } = cutIntoTiles(size, options);
  return columns.length * rows.length;
}

/**
 * Cuts one side of an image into overlapping tiles, as few and then as short as the overlap allows, spread uniformly. A tile is a rectangle that a
 * network predicts by itself, since networks need many times an image's memory; neighbours are cross-faded where they overlap.
 *
 * @param length the side, in pixels.
 * @returns where each tile begins and ends, in order. A side of at most one tile is one tile.
 * @throws {RangeError} for tiles or overlaps that are not as described.
 */
export function layTiles(length: number, { tile, overlap }: TileOptions): RowRange[] {
  const aligned = (value: number) => Number.isSafeInteger(value) && value % TILE_ALIGNMENT === 0;
  if (!aligned(tile) || !aligned(overlap) || tile <= 0 || overlap < 0 || overlap > tile / 2) {
    throw new RangeError(
      `Cannot cut a picture into tiles of ${tile} pixels that share ${overlap}: both must be multiples of ` +
        `${TILE_ALIGNMENT}, and the shared part must be at most half a tile.`,
    );
  }
  if (length <= tile) return [[0, length]];
  const count = Math.ceil((length - overlap) / (tile - overlap));
  // As many tiles would share more than they must, and a network would see those pixels twice.
  const side = alignUp((length + (count - 1) * overlap) / count);
  return Array.from({ length: count }, (_, i) => {
    const first = alignUp(i * (length - side) / (count - 1));
    return [first, Math.min(length, first + side)];
  });
}

/** Whether an image is shown whole, its sides counted as what networks make of them. */
export function fitsTile({ width, height }: Size, tile: number): boolean {
  return alignUp(width) * alignUp(height) <= tile ** 2;
}

function alignUp(length: number): number {
  return Math.ceil(length / TILE_ALIGNMENT) * TILE_ALIGNMENT;
}

/** Side of tiles, unless another is asked for. */
const DEFAULT_TILE = 1024;

/** What neighbouring tiles share, unless tiles are too small for it. */
const DEFAULT_OVERLAP = 128;

/** The default side of the tiles that a network is shown on a device. */
export async function defaultTile(compute: Compute, segmenter: Segmenting): Promise<number> {
  const side = Math.min(DEFAULT_TILE, Math.sqrt(await segmenter.pixelsAtOnce(compute)));
  return Math.max(1, Math.floor(side / TILE_ALIGNMENT)) * TILE_ALIGNMENT;
}

/** What tiles of a side share by default: half of them at most. */
export function defaultOverlap(tile: number): number {
  return Math.min(DEFAULT_OVERLAP, halveTile(tile));
}

/** The largest side of tiles of at most half a side, 0 where there is none. */
export function halveTile(tile: number): number {
  return Math.floor(tile / 2 / TILE_ALIGNMENT) * TILE_ALIGNMENT;
}
