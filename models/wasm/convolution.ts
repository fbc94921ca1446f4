import type { tf } from "../tfjs.ts";
import { type Frame, frameOf, type Shape } from "./padded_input.ts";
import type { WasmHeap } from "./heap.ts";
import { type Epilogue, FLOAT, multiplyParts, NO_EPILOGUE, roundUp, tableBytes, TILE } from "./product.ts";
import { convolveInTiles, fitsTiles } from "./winograd.ts";

/** The geometry of a convolution, as tfjs works it out. */
export type ConvolutionInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/**
 * A convolution: y[oy, ox, o] = act(bias[o] + Σ x[oy · s + ky · d - top, ox · s + kx · d - left, i] · w[ky, kx, i, o]).
 * One product of matrices, A being the windows of x, read where they lie, and B being w. Addresses x, w, y.
 */
export function convolve(
  heap: WasmHeap,
  info: ConvolutionInfo,
  x: number,
  w: number,
  y: number,
  epilogue: Epilogue = NO_EPILOGUE,
): void {
  const { batchSize, outHeight, outWidth, outChannels } = info;
  using frame = frameOf(heap, x, inputShape(info), info.padInfo);
  if (fitsTiles(info)) return convolveInTiles(heap, info, { x: frame.address, w, y, epilogue });
  const segments = segmentsOf(info, frame);
  const depth = segments.offsets.length * segments.length;
  multiplyParts(heap, {
    segments,
    rows: batchSize * outHeight * outWidth,
    columns: outChannels,
    addressA: (table) => windowAddresses(heap, info, frame, table),
    packB: (panels) =>
      heap.kernels.packPanels(panels, w, 1, 0, 1, 0, depth, outChannels * FLOAT, outChannels, FLOAT),
    addressC: (table) =>
      heap.kernels.pixelAddresses(
        table,
        y,
        1,
        0,
        1,
        0,
        batchSize * outHeight * outWidth,
        outChannels * FLOAT,
      ),
    epilogue,
  });
}

/**
 * The gradient of a convolution's filter: dw[ky, kx, i, o] = Σ x[oy · s + ky · d - top, ox · s + kx · d - left, i] · dy[oy, ox, o].
 * Addresses x, dy, dw.
 */
export function convolveFilterGradient(
  heap: WasmHeap,
  info: ConvolutionInfo,
  x: number,
  dy: number,
  dw: number,
): void {
  const { batchSize, outHeight, outWidth, outChannels } = info;
  const pixels = batchSize * outHeight * outWidth;
  const overread = info.inChannels * info.filterWidth < TILE.rows;
  using frame = frameOf(heap, x, inputShape(info), info.padInfo, overread);
  const { offsets, length } = segmentsOf(info, frame);
  using memory = heap.borrow(
    tableBytes(pixels),
    offsets.length * FLOAT,
    roundUp(outChannels, TILE.columns) * TILE.reduced * FLOAT + TILE.scratch,
  );
  const [rows, starts, scratch] = memory.addresses;
  heap.integers(starts, offsets.length).set(offsets);
  windowAddresses(heap, info, frame, rows);
  heap.kernels.multiplyTransposed(
    rows,
    starts,
    offsets.length,
    length,
    dy,
    dw,
    pixels,
    outChannels,
    scratch,
  );
}

/** Where the pieces of a window lie in a frame: a row of the filter is in one piece unless it is dilated. */
function segmentsOf(info: ConvolutionInfo, frame: Frame): { offsets: number[]; length: number } {
  const { filterHeight, filterWidth, dilationHeight, dilationWidth, inChannels } = info;
  const rows = Array.from({ length: filterHeight }, (_, y) => y * dilationHeight * frame.row);
  if (dilationWidth === 1) return { offsets: rows, length: filterWidth * inChannels };
  const columns = Array.from({ length: filterWidth }, (_, x) => x * dilationWidth * frame.pixel);
  return { offsets: rows.flatMap((y) => columns.map((x) => y + x)), length: inChannels };
}

/** Writes the address of the first pixel of each window. */
function windowAddresses(heap: WasmHeap, info: ConvolutionInfo, frame: Frame, table: number): void {
  heap.kernels.pixelAddresses(
    table,
    frame.address,
    info.batchSize,
    frame.picture,
    info.outHeight,
    info.strideHeight * frame.row,
    info.outWidth,
    info.strideWidth * frame.pixel,
  );
}

function inputShape({ batchSize, inHeight, inWidth, inChannels }: ConvolutionInfo): Shape {
  return [batchSize, inHeight, inWidth, inChannels];
}
