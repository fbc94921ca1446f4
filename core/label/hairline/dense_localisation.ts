import { mapOrdered } from "../../concurrency.ts";
import type { RowRange } from "../../gpu/bands.ts";
import type { Compute, Plane } from "../../gpu/compute.ts";
import { uploadImage } from "../../images/upload_image.ts";
import { channelSum } from "../../kernels/activation_map.ts";
import { mirrorPad } from "../../kernels/mirror_pad.ts";
import { resize } from "../../kernels/resize.ts";
import type { TiledPicture, TilePlace } from "../../predict/predict_tiles.ts";
import { cutIntoTiles, TILE_ALIGNMENT } from "../../predict/tiles.ts";
import type { Classifier } from "../classifier.ts";
import type { PhotoMap } from "../photo_window.ts";

/** Options of {@linkcode denseLocalisation}. */
export interface DenseLocalisationOptions {
  readonly classifier: Classifier;
  /** Side of the patches that the classifier is taken to score, in pixels of the picture, counted in whole cells. */
  readonly window: number;
  /** A picture of more pixels than a square of this side is shown to the classifier in such squares: a multiple of 32, at least 384. */
  readonly tile: number;
  /** Pixels across and down of the map. */
  readonly width: number;
  readonly height: number;
}

/**
 * What neighbouring tiles share, in pixels. A cell of the classifier that ships depends on what lies up to 67 pixels away (the receptive
 * field of MobileNetV2's block 13 is 267 pixels of an image enlarged twice): taken from the tile that shows more around it, it is as in the
 * whole picture.
 */
export const OVERLAP = 192;

/** Tiles that are shown or wait to be: while one is looked at, the next is cut. */
const TILES_AT_ONCE = 2;

/** The cells that a last feature map divides a picture into, each with a value. */
interface Cells {
  /** Side of a cell, in pixels; the last ones of a row or column may stick out of the picture. */
  readonly side: number;
  readonly columns: number;
  readonly rows: number;
  /** Row-major. */
  readonly values: Float32Array;
}

/**
 * Where a classifier finds crack in small patches, from one look at the whole picture.
 *
 * After global average pooling its head is linear, so that the logit of a patch is the mean of the logits of its cells, which are the pixels of the last
 * feature map; but for the edges of a patch that is shown by itself. Each cell is looked at once, not once for every patch over it:
 *
 *     z = Σ_k (w_crack,k − w_none,k) A_k + b_crack − b_none     the logit of a cell
 *     s = 1 / (1 + exp(−mean(z over the window)))               the score of the window of cells that begins at each cell
 *     l = mean(s over the windows that hold the cell)           its localisation
 *
 * Windows are cut at the border of the picture. A head with a hidden layer is replaced by its tangent at the mean of what it was shown.
 *
 * @returns the localisation, 0..1, brought to the wanted size linearly.
 * @throws {RangeError} if the sides of the classifier's cells do not divide 32 pixels, or the tile is not as described.
 */
export async function denseLocalisation(
  compute: Compute,
  picture: TiledPicture,
  { classifier, window, tile, width, height }: DenseLocalisationOptions,
): Promise<PhotoMap> {
  const logits = await picturedLogits(picture, { classifier, tile });
  const { side, columns, rows } = logits;
  const data = windowScores(logits, Math.max(1, Math.round(window / side)));
  const cells = compute.upload({ width: columns, height: rows, channels: 1, data });
  const box = [0, 0, picture.width / side, picture.height / side] as const;
  return {
    rows: (rows: RowRange) => resize(cells, { width, height, filter: "bilinear", box, rows }),
    [Symbol.dispose]: () => cells.dispose(),
  };
}

/**
 * The localisation of {@linkcode denseLocalisation} of a whole photo, at its size.
 *
 * @returns 0..1, row-major.
 */
export async function localiseImage(
  compute: Compute,
  image: ImageData,
  options: Omit<DenseLocalisationOptions, "width" | "height">,
): Promise<Float32Array> {
  const { width, height } = image;
  const picture = { width, height, cut: (place: TilePlace) => uploadImage(compute, image, place) };
  using map = await denseLocalisation(compute, picture, { ...options, width, height });
  using plane = map.rows([0, height]);
  return await plane.read();
}

/** The logits of the cells of a picture, which is shown in overlapping tiles if it is large. */
async function picturedLogits(
  picture: TiledPicture,
  { classifier, tile }: Pick<DenseLocalisationOptions, "classifier" | "tile">,
): Promise<Cells> {
  const { width, height } = picture;
  const tiles = cutIntoTiles(picture, { tile, overlap: OVERLAP });
  const columns = middles(tiles.columns), rows = middles(tiles.rows);
  const places = tiles.rows.flatMap((rows) => tiles.columns.map((columns) => ({ columns, rows })));
  const parts = rows.flatMap((rows) => columns.map((columns) => ({ columns, rows })));
  const look = (place: TilePlace): Promise<Cells> => tileLogits(picture, place, classifier);
  let all: Cells | undefined, index = 0;
  for await (const cells of mapOrdered(places, look, { atOnce: TILES_AT_ONCE })) {
    const { side } = cells;
    all ??= emptyCells({ width, height }, side);
    const place = places[index], part = parts[index++];
    const [left, right] = part.columns.map((at) => Math.ceil(at / side));
    const [top, bottom] = part.rows.map((at) => Math.ceil(at / side));
    for (let y = top; y < bottom; y++) {
      const from = (y - place.rows[0] / side) * cells.columns + left - place.columns[0] / side;
      all.values.set(cells.values.subarray(from, from + right - left), y * all.columns + left);
    }
  }
  return all!;
}

/** Which part of each of the tiles of an axis is taken: neighbours meet in the middle of what they share. */
function middles(tiles: readonly RowRange[]): RowRange[] {
  const meets = tiles.slice(1).map(([first], i) =>
    Math.floor((tiles[i][1] + first) / 2 / TILE_ALIGNMENT) * TILE_ALIGNMENT
  );
  return tiles.map(([first, end], i) => [meets[i - 1] ?? first, meets[i] ?? end]);
}

function emptyCells(
  { width, height }: { readonly width: number; readonly height: number },
  side: number,
): Cells {
  const columns = Math.ceil(width / side), rows = Math.ceil(height / side);
  return { side, columns, rows, values: new Float32Array(columns * rows) };
}

/** The logits of the cells of a tile, which is mirrored up to whole ones. */
async function tileLogits(picture: TiledPicture, place: TilePlace, classifier: Classifier): Promise<Cells> {
  const up = (length: number) => Math.ceil(length / TILE_ALIGNMENT) * TILE_ALIGNMENT;
  using shown = picture.cut(place);
  using padded = mirrorPad(shown, { width: up(shown.width), height: up(shown.height) });
  return await cellLogits(padded, classifier);
}

/** The logits of all cells of an image whose sides are multiples of {@linkcode TILE_ALIGNMENT}. */
async function cellLogits(image: Plane, classifier: Classifier): Promise<Cells> {
  using activations = await classifier.activations(image);
  const { features, logits: [crack, none], gradients: [towards, away] } = activations;
  const side = image.width / features.width;
  if (TILE_ALIGNMENT % side !== 0 || image.height / features.height !== side) {
    throw new RangeError(
      `Cannot localise cracks with ${classifier.name}: its feature map of ${image.width} × ${image.height} pixels is ` +
        `${features.width} × ${features.height}, cells whose side divides ${TILE_ALIGNMENT} pixels are wanted.`,
    );
  }
  using sums = channelSum(features, towards.map((weight, k) => weight - away[k]));
  const values = await sums.read();
  // The mean over all cells is the image's own logit: that tells the bias.
  const bias = crack - none - values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    side,
    columns: features.width,
    rows: features.height,
    values: values.map((value) => value + bias),
  };
}

/**
 * The localisation of each cell from the logits of all.
 *
 * @param size cells on a side of a window.
 */
export function windowScores(
  { columns, rows, values }: Omit<Cells, "side">,
  size: number,
): Float32Array {
  // Windows begin up to size − 1 cells before the first cell, so that each cell lies under size × size of them.
  const means = windowMeans({ columns, rows, values: Float64Array.from(values) }, { size, before: size - 1 });
  means.values.forEach((mean, i) => means.values[i] = 1 / (1 + Math.exp(-mean)));
  const scores = windowMeans(means, { size, before: 0 });
  // Those over cell (x, y) are the windows (x, y) to (x + size − 1, y + size − 1), by their own number.
  const localisation = new Float32Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    const row = scores.values.subarray(y * scores.columns, y * scores.columns + columns);
    localisation.set(row, y * columns);
  }
  return localisation;
}

/** A grid of numbers, row-major. */
interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float64Array;
}

/**
 * The mean of what there is in each square window of a grid: window (i, j) begins at column i − before and row j − before.
 *
 * @returns `before` columns and rows more than the grid.
 */
function windowMeans(
  grid: Grid,
  { size, before }: { readonly size: number; readonly before: number },
): Grid {
  return transpose(rowMeans(transpose(rowMeans(grid, { size, before })), { size, before }));
}

/** The mean over the windows of each row. */
function rowMeans(
  { columns, rows, values }: Grid,
  { size, before }: { readonly size: number; readonly before: number },
): Grid {
  const wide = columns + before;
  const means = new Float64Array(wide * rows);
  const sums = new Float64Array(columns + 1);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) sums[x + 1] = sums[x] + values[y * columns + x];
    for (let i = 0; i < wide; i++) {
      const first = Math.max(0, i - before), end = Math.min(columns, i - before + size);
      means[y * wide + i] = (sums[end] - sums[first]) / (end - first);
    }
  }
  return { columns: wide, rows, values: means };
}

function transpose({ columns, rows, values }: Grid): Grid {
  const turned = new Float64Array(values.length);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) turned[x * rows + y] = values[y * columns + x];
  }
  return { columns: rows, rows: columns, values: turned };
}
