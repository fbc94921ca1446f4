import type { RowRange } from "../gpu/bands.ts";

/**
 * Tiles begin at multiples of this: the pooling of a network then sees the same blocks of pixels in a tile as in the whole image, be
 * it by 32 in all.
 */
export const TILE_ALIGNMENT = 32;

/** Options of {@linkcode layTiles}. */
export interface TileOptions {
  /** Side of a tile, a multiple of {@linkcode TILE_ALIGNMENT}. */
  tile: number;
  /** The least that neighbours share, a multiple of the same and at most half a tile. */
  overlap: number;
}

/**
 * Cuts one side of an image into overlapping tiles, evenly. A tile is a square that a network predicts by itself, since networks need
 * many times an image's memory; neighbours are cross-faded where they overlap.
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
  const spread = (count - 1) * TILE_ALIGNMENT;
  return Array.from({ length: count }, (_, i) => {
    const first = Math.ceil(i * (length - tile) / spread) * TILE_ALIGNMENT;
    return [first, Math.min(length, first + tile)];
  });
}
