import { TILE_ALIGNMENT, type TileOptions } from "../../core/predict/tiles.ts";
import { UsageError } from "../cli/usage_error.ts";

/**
 * Makes sure that tiles can be laid, as far as they are given, before any photo is taken on.
 *
 * @throws {UsageError} for a side or an overlap that cannot be.
 */
export function requireTiles({ tile, overlap }: Partial<TileOptions>): void {
  for (const [option, value] of [["--tile", tile], ["--overlap", overlap]] as const) {
    if (value === undefined || value % TILE_ALIGNMENT === 0) continue;
    throw new UsageError(`Cannot take ${value} for ${option}: a multiple of ${TILE_ALIGNMENT} is wanted.`);
  }
  if (tile === undefined || overlap === undefined || overlap <= tile / 2) return;
  throw new UsageError(
    `Cannot let tiles of ${tile} pixels share ${overlap}: at most half a tile is possible; change --tile or --overlap.`,
  );
}
