import type { WasmHeap } from "./heap.ts";
import { type Epilogue, FLOAT, NO_EPILOGUE, roundUp, TILE } from "./product.ts";
import type { ConvolutionInfo } from "./window.ts";

/** Places of a tile of 4 × 4 pixels. */
const PLACES = 16;

/** Bytes of the tiles that are transformed at a time: they stay in the second-level cache. */
const BLOCK_BYTES = 196608;

/** The same of the filter's gradient, which adds to its sums block by block: fewer blocks read them less often. */
const CORRELATED_BYTES = 786432;

/** With fewer channels in, out or together, or fewer pixels along a side, the transforms take what the products save. */
const MIN_CHANNELS = 16, MIN_CHANNEL_SUM = 48, MIN_SIDE = 8;

/**
 * Whether a convolution is one that `winograd.as` computes, and faster. The number of images does not count, so that an image
 * gives the same whatever else is in its batch.
 */
export function fitsTiles(info: ConvolutionInfo): boolean {
  return worthTiles(info) && info.inChannels + info.outChannels >= MIN_CHANNEL_SUM;
}

/** The same of its filter's gradient. */
export function filterGradientFitsTiles(info: ConvolutionInfo): boolean {
  return worthTiles(info);
}

/** The same of its input's gradient, which is a convolution whose result is as large as the input. */
export function inputGradientFitsTiles(info: ConvolutionInfo): boolean {
  return worthTiles({ ...info, outHeight: info.inHeight, outWidth: info.inWidth });
}

function worthTiles(info: ConvolutionInfo): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const { inChannels, outChannels, outHeight, outWidth } = info;
  return filterHeight === 3 && filterWidth === 3 && strideHeight * strideWidth === 1 &&
    dilationHeight * dilationWidth === 1 && inChannels % 4 === 0 && outChannels % 4 === 0 &&
    Math.min(inChannels, outChannels) >= MIN_CHANNELS && outHeight % 2 === 0 && outWidth % 2 === 0 &&
    Math.min(outHeight, outWidth) >= MIN_SIDE;
}

/** A convolution's operands by their addresses. */
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
  const { batchSize, inHeight, inWidth, inChannels, outChannels, outHeight, outWidth, padInfo } = info;
  const { bias, lower, upper } = epilogue;
  const bytes = PLACES * (inChannels + outChannels) * FLOAT;
  const block = blockOf(BLOCK_BYTES, bytes);
  using memory = heap.borrow(
    PLACES * (roundUp(outChannels, TILE.columns) * inChannels * FLOAT + 64),
    block * (bytes + 18 * FLOAT) + PLACES * inChannels * FLOAT + 2560,
  );
  const [filters, scratch] = memory.addresses;
  heap.kernels.transformFilters(filters, w, inChannels, outChannels);
  heap.kernels.convolveTiles(
    x,
    batchSize,
    inHeight,
    inWidth,
    padInfo.top,
    padInfo.left,
    filters,
    y,
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

/** The gradient of such a convolution's input: that of its result, convolved with the flipped filters. Addresses dy, w, dx. */
export function inputGradientInTiles(
  heap: WasmHeap,
  info: ConvolutionInfo,
  { dy, w, dx }: { readonly dy: number; readonly w: number; readonly dx: number },
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } = info;
  using memory = heap.borrow(filterHeight * filterWidth * inChannels * outChannels * FLOAT);
  const [flipped] = memory.addresses;
  heap.kernels.flipFilters(flipped, w, inChannels, outChannels);
  const reversed: ConvolutionInfo = {
    ...info,
    inHeight: outHeight,
    inWidth: outWidth,
    inChannels: outChannels,
    outHeight: inHeight,
    outWidth: inWidth,
    outChannels: inChannels,
    padInfo: {
      ...info.padInfo,
      top: filterHeight - 1 - info.padInfo.top,
      left: filterWidth - 1 - info.padInfo.left,
    },
  };
  convolveInTiles(heap, reversed, { x: dy, w: flipped, y: dx, epilogue: NO_EPILOGUE });
}

/** The gradient of such a convolution's filter. Addresses x, dy, dw. */
export function filterGradientInTiles(
  heap: WasmHeap,
  info: ConvolutionInfo,
  { x, dy, dw }: { readonly x: number; readonly dy: number; readonly dw: number },
): void {
  const { batchSize, inHeight, inWidth, inChannels, outChannels, outHeight, outWidth, padInfo } = info;
  const bytes = PLACES * (inChannels + roundUp(outChannels, TILE.columns)) * FLOAT;
  const block = blockOf(CORRELATED_BYTES, bytes);
  using memory = heap.borrow(
    PLACES * inChannels * outChannels * FLOAT + block * (bytes + FLOAT) + PLACES * inChannels * FLOAT + 2304,
  );
  heap.kernels.correlateTiles(
    x,
    batchSize,
    inHeight,
    inWidth,
    padInfo.top,
    padInfo.left,
    dy,
    outHeight / 2,
    outWidth / 2,
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
