import type { WasmHeap } from "./heap.ts";
import { type Epilogue, FLOAT, roundUp, TILE } from "./product.ts";
import type { ConvolutionInfo } from "./window.ts";

/**
 * Pixels along a tile of the result. Large tiles take fewer products, small ones round less: what a network predicts was always computed
 * in small ones, and stays what it was.
 */
export type TileSide = 2 | 4;

/** Bytes of the tiles that are transformed at a time: they stay in the second-level cache. */
const BLOCK_BYTES: Readonly<Record<TileSide, number>> = { 2: 196608, 4: 393216 };

/** The same of a filter's gradient, which adds to its sums block by block: fewer blocks read them less often. */
const CORRELATED_BYTES = 786432;

/** Bytes of what lies between the two directions of a transform. */
const TEMP = 576;

/** With fewer channels in or out, or fewer pixels along a side, the transforms take what the products save. */
const MIN_CHANNELS = 16, MIN_SIDE = 8;

/** The same of small tiles, for the channels in and out together. */
const MIN_CHANNEL_SUM = 48;

/**
 * Whether a convolution is one that `winograd.as` computes in tiles of that side, and faster; of large tiles, its filter's gradient, too. The
 * number of images does not count, so that an image gives the same whatever else is in its batch.
 */
export function fitsTiles(info: ConvolutionInfo, side: TileSide): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const { inChannels, outChannels, outHeight, outWidth } = info;
  return filterHeight === 3 && filterWidth === 3 && strideHeight * strideWidth === 1 &&
    dilationHeight * dilationWidth === 1 && inChannels % 4 === 0 && outChannels % 4 === 0 &&
    Math.min(inChannels, outChannels) >= MIN_CHANNELS && Math.min(outHeight, outWidth) >= MIN_SIDE &&
    (side === 4 ||
      inChannels + outChannels >= MIN_CHANNEL_SUM && outHeight % 2 === 0 && outWidth % 2 === 0);
}

/** A convolution's operands by their addresses, and its tiles. */
interface TiledConvolution {
  readonly x: number;
  readonly w: number;
  readonly y: number;
  readonly side: TileSide;
  /** Of small tiles only. */
  readonly epilogue: Epilogue;
}

/** Such a convolution. */
export function convolveInTiles(
  heap: WasmHeap,
  info: ConvolutionInfo,
  { x, w, y, side, epilogue }: TiledConvolution,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outChannels, outHeight, outWidth, padInfo } = info;
  const { bias, lower, upper } = epilogue;
  const places = (side + 2) ** 2, channels = inChannels + outChannels;
  const block = blockOf(BLOCK_BYTES[side], places * channels * FLOAT);
  using memory = heap.borrow(
    places * (roundUp(outChannels, TILE.columns) * inChannels * FLOAT + 64),
    (block * (places * (channels + 1) + 1) + places * (Math.max(inChannels, outChannels) + 33)) * FLOAT + 800,
    TEMP,
  );
  const [filters, scratch, temp] = memory.addresses;
  heap.kernels.transformFilters(side, filters, w, inChannels, outChannels, temp);
  heap.kernels.convolveTiles(
    side,
    x,
    batchSize,
    inHeight,
    inWidth,
    padInfo.top,
    padInfo.left,
    filters,
    y,
    outHeight,
    outWidth,
    inChannels,
    outChannels,
    bias,
    lower,
    upper,
    block,
    scratch,
  );
}

/** The gradient of such a convolution's filter, in large tiles. Addresses x, dy, dw. */
export function correlateInTiles(
  heap: WasmHeap,
  info: ConvolutionInfo,
  { x, dy, dw }: { readonly x: number; readonly dy: number; readonly dw: number },
): void {
  const { batchSize, inHeight, inWidth, inChannels, outChannels, outHeight, outWidth, padInfo } = info;
  const places = (4 + 2) ** 2, channels = inChannels + roundUp(outChannels, TILE.columns);
  const block = blockOf(CORRELATED_BYTES, places * channels * FLOAT);
  const values = places *
    (inChannels * outChannels + block * channels + Math.max(inChannels, outChannels) + 32);
  using memory = heap.borrow((values + block) * FLOAT + 800);
  heap.kernels.correlateTiles(
    x,
    batchSize,
    inHeight,
    inWidth,
    padInfo.top,
    padInfo.left,
    dy,
    outHeight,
    outWidth,
    dw,
    inChannels,
    outChannels,
    block,
    memory.addresses[0],
  );
}

/** How many tiles, of so many bytes each, are transformed at a time. */
function blockOf(limit: number, bytes: number): number {
  return Math.max(TILE.rows, Math.floor(limit / bytes / TILE.rows) * TILE.rows);
}
