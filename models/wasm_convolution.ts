import type { tf } from "./tfjs.ts";
import type { WasmHeap } from "./wasm_heap.ts";

/** The geometry of a convolution, as tfjs works it out. */
export type ConvolutionInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>;

/** What is added to a convolution while its result is written. */
export interface Epilogue {
  /** Address of the bias of each output channel, 0 for none. */
  readonly bias: number;
  /** The bounds of the activation: 0 and ∞ for ReLU. */
  readonly lower: number;
  readonly upper: number;
}

const NO_EPILOGUE: Epilogue = { bias: 0, lower: -Infinity, upper: Infinity };

/** Rows and columns of a tile of `wasm/gemm.as`, the pixels that it reduces over at a time, and its scratch in bytes. */
const TILE = { rows: 6, columns: 8, pixels: 256, scratch: 256 };
const FLOAT = 4;

/** Pictures in memory, with or without a border of zeros around each. Steps are in bytes. */
interface Frame extends Disposable {
  readonly address: number;
  readonly pixel: number;
  readonly row: number;
  readonly picture: number;
}

/** Zeros to put around a picture, in pixels. */
interface Border {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** [count][height][width][channels] */
type Shape = readonly [count: number, height: number, width: number, channels: number];

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
  const segments = segmentsOf(info, frame);
  const depth = segments.offsets.length * segments.length;
  multiply(heap, {
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
    roundUp(outChannels, TILE.columns) * TILE.pixels * FLOAT + TILE.scratch,
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

/**
 * The gradient of a convolution's input: dx[iy, ix, i] = Σ dy[(iy + top - ky) / s, (ix + left - kx) / s, o] · w[ky, kx, i, o]
 * over the taps for which the quotients are whole. All pixels of dx with the same remainders of (iy + top) and (ix + left) modulo s
 * see the same taps: for each such phase it is a convolution of dy with stride 1. Addresses dy, w, dx.
 */
export function convolveInputGradient(
  heap: WasmHeap,
  info: ConvolutionInfo,
  dy: number,
  w: number,
  dx: number,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  if (info.dilationHeight !== 1 || info.dilationWidth !== 1) {
    throw new RangeError(
      `Cannot find the gradient of a convolution's input: its dilation is ` +
        `${info.dilationHeight} × ${info.dilationWidth}: 1 is wanted.`,
    );
  }
  const vertical = phasesOf(inHeight, outHeight, filterHeight, strideHeight, padInfo.top);
  const horizontal = phasesOf(inWidth, outWidth, filterWidth, strideWidth, padInfo.left);
  if (vertical.skips || horizontal.skips) {
    heap.floats(dx, batchSize * inHeight * inWidth * inChannels).fill(0);
  }
  const border = {
    top: vertical.before,
    bottom: vertical.after,
    left: horizontal.before,
    right: horizontal.after,
  };
  using frame = frameOf(heap, dy, [batchSize, outHeight, outWidth, outChannels], border);
  const pixelOfX = inChannels * FLOAT;
  const tap = inChannels * outChannels * FLOAT;
  for (const v of vertical.phases) {
    for (const h of horizontal.phases) {
      const offsets = Array.from({ length: v.taps }, (_, segment) => segment * frame.row);
      const lastTap = w +
        ((v.firstTap + (v.taps - 1) * strideHeight) * filterWidth + h.firstTap + (h.taps - 1) * strideWidth) *
          tap;
      multiply(heap, {
        segments: { offsets, length: h.taps * outChannels },
        rows: batchSize * v.count * h.count,
        columns: inChannels,
        addressA: (table) =>
          heap.kernels.pixelAddresses(
            table,
            frame.address + (v.start + border.top) * frame.row + (h.start + border.left) * frame.pixel,
            batchSize,
            frame.picture,
            v.count,
            frame.row,
            h.count,
            frame.pixel,
          ),
        packB: (panels) =>
          heap.kernels.packPanels(
            panels,
            lastTap,
            v.taps,
            -strideHeight * filterWidth * tap,
            h.taps,
            -strideWidth * tap,
            outChannels,
            FLOAT,
            inChannels,
            outChannels * FLOAT,
          ),
        addressC: (table) =>
          heap.kernels.pixelAddresses(
            table,
            dx + (v.phase * inWidth + h.phase) * pixelOfX,
            batchSize,
            inHeight * inWidth * pixelOfX,
            v.count,
            strideHeight * inWidth * pixelOfX,
            h.count,
            strideWidth * pixelOfX,
          ),
        epilogue: NO_EPILOGUE,
      });
    }
  }
}

/** The pixels iy = phase + stride · u, u < count, of the gradient of an input, and the taps that reach them. */
interface Phase {
  readonly phase: number;
  readonly count: number;
  /** Taps firstTap + stride · t, t < taps. */
  readonly firstTap: number;
  readonly taps: number;
  /** Pixel of dy under the last tap at u = 0; the tap before it sees the next pixel. */
  readonly start: number;
}

/** The phases along one axis, and how far they read beyond dy. `skips`: some pixels are under no tap, their gradient is 0. */
function phasesOf(
  size: number,
  outSize: number,
  filter: number,
  stride: number,
  padding: number,
): { phases: Phase[]; before: number; after: number; skips: boolean } {
  const phases: Phase[] = [];
  let before = 0;
  let after = 0;
  let skips = false;
  for (let phase = 0; phase < Math.min(stride, size); phase++) {
    const firstTap = (phase + padding) % stride;
    const taps = Math.ceil((filter - firstTap) / stride);
    if (taps <= 0) {
      skips = true;
      continue;
    }
    const count = Math.ceil((size - phase) / stride);
    const start = (phase + padding - firstTap) / stride - (taps - 1);
    phases.push({ phase, count, firstTap, taps, start });
    before = Math.max(before, -start);
    after = Math.max(after, start + taps - 1 + count - outSize);
  }
  return { phases, before, after, skips };
}

/** A product C = A · B of `wasm/gemm.as`, its parts written by callbacks to addresses that are known only when it runs. */
interface Product {
  readonly segments: { readonly offsets: readonly number[]; readonly length: number };
  readonly rows: number;
  readonly columns: number;
  readonly addressA: (table: number) => void;
  readonly packB: (panels: number) => void;
  readonly addressC: (table: number) => void;
  readonly epilogue: Epilogue;
}

function multiply(heap: WasmHeap, product: Product): void {
  const { segments: { offsets, length }, rows, columns, epilogue } = product;
  if (rows === 0 || columns === 0) return;
  const width = roundUp(columns, TILE.columns);
  using memory = heap.borrow(
    tableBytes(rows),
    tableBytes(rows),
    offsets.length * FLOAT,
    offsets.length * length * width * FLOAT,
    width * FLOAT,
    TILE.scratch,
  );
  const [rowsA, rowsC, starts, panels, bias, scratch] = memory.addresses;
  product.addressA(rowsA);
  product.addressC(rowsC);
  product.packB(panels);
  heap.integers(starts, offsets.length).set(offsets);
  if (epilogue.bias !== 0) heap.floats(bias, width).fill(0).set(heap.floats(epilogue.bias, columns));
  heap.kernels.multiplyRows(
    rowsA,
    starts,
    offsets.length,
    length,
    panels,
    rowsC,
    rows,
    columns,
    epilogue.bias === 0 ? 0 : bias,
    epilogue.lower,
    epilogue.upper,
    scratch,
  );
}

/** Puts a border around pictures: a copy, or the pictures themselves where there is none to put and no reading past their end. */
function frameOf(heap: WasmHeap, address: number, shape: Shape, border: Border, overread = false): Frame {
  const [count, height, width, channels] = shape;
  const { top, bottom, left, right } = border;
  const pixel = channels * FLOAT;
  const row = (left + width + right) * pixel;
  const picture = (top + height + bottom) * row;
  if (top + bottom + left + right === 0 && !overread) {
    return { address, pixel, row, picture, [Symbol.dispose]: () => {} };
  }
  const memory = heap.borrow(count * picture + TILE.rows * FLOAT);
  const [target] = memory.addresses;
  heap.kernels.padPictures(
    target,
    address,
    count,
    height,
    width * pixel,
    top + height + bottom,
    row,
    top,
    left * pixel,
  );
  return { address: target, pixel, row, picture, [Symbol.dispose]: () => memory[Symbol.dispose]() };
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

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** Bytes of a table of row addresses. */
function tableBytes(rows: number): number {
  return roundUp(rows, TILE.rows) * FLOAT;
}
