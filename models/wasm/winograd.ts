import type { WasmHeap } from "./heap.ts";
import { type Epilogue, FLOAT, roundUp, TILE } from "./product.ts";
import type { ConvolutionInfo } from "./window.ts";

/** Places of a tile of 4 × 4 pixels. */
const PLACES = 16;

/** Bytes of the tiles that are transformed at a time: they stay in the second-level cache. */
const BLOCK_BYTES = 196608;

/** With fewer channels in, out or together, or fewer pixels along a side, the transforms take what the products save. */
const MIN_CHANNELS = 16, MIN_CHANNEL_SUM = 48, MIN_SIDE = 8;

/**
 * Whether a convolution is one that `winograd.as` computes, and faster. The number of images does not count, so that an image
 * gives the same whatever else is in its batch.
 */
export function fitsTiles(
  { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, ...info }:
    ConvolutionInfo,
): boolean {
  const { inChannels, outChannels, outHeight, outWidth } = info;
  return filterHeight === 3 && filterWidth === 3 && strideHeight * strideWidth === 1 &&
    dilationHeight * dilationWidth === 1 && inChannels % 4 === 0 && outChannels % 4 === 0 &&
    Math.min(inChannels, outChannels) >= MIN_CHANNELS && inChannels + outChannels >= MIN_CHANNEL_SUM &&
    outHeight % 2 === 0 && outWidth % 2 === 0 &&
    Math.min(outHeight, outWidth) >= MIN_SIDE;
}

/** A convolution's operands by their addresses: x with its padding around it. */
interface Operands {
  readonly x: number;
  readonly w: number;
  readonly y: number;
  readonly epilogue: Epilogue;
}

/** Such a convolution. */
export function convolveInTiles(
  heap: WasmHeap,
  info: ConvolutionInfo,
  { x, w, y, epilogue }: Operands,
): void {
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = info;
  const { bias, lower, upper } = epilogue;
  const bytes = PLACES * (inChannels + outChannels) * FLOAT;
  const block = Math.max(TILE.rows, Math.floor(BLOCK_BYTES / bytes / TILE.rows) * TILE.rows);
  using memory = heap.borrow(
    PLACES * (roundUp(outChannels, TILE.columns) * inChannels * FLOAT + 64),
    block * (bytes + 18 * FLOAT) + 2560,
  );
  const [filters, scratch] = memory.addresses;
  heap.kernels.transformFilters(filters, w, inChannels, outChannels);
  heap.kernels.convolveTiles(
    x,
    filters,
    y,
    batchSize,
    outHeight / 2,
    outWidth / 2,
    inChannels,
    outChannels,
    bias,
    lower,
    upper,
    block,
    scratch,
  );
}
