import { tf } from "../tfjs.ts";
import type { WasmHeap } from "./heap.ts";
import { type PaddedInput, padInput, type Shape } from "./padded_input.ts";
import { type Epilogue, FLOAT, multiplyParts, NO_EPILOGUE, roundUp, tableBytes, TILE } from "./product.ts";
import { type KernelAttributes, replaceKernel } from "./replace_kernel.ts";
import type { ConvolutionInfo } from "./window.ts";
import { convolveInTiles, correlateInTiles, fitsTiles, type TileSide } from "./winograd.ts";

/** The activations that a convolution applies while it writes its result, as the bounds that they clamp to. */
const BOUNDS: Readonly<Record<string, readonly [lower: number, upper: number]>> = {
  linear: [-Infinity, Infinity],
  relu: [0, Infinity],
  relu6: [0, 6],
};

/** Convolutions and their gradients: tfjs' WASM backend lacks the filter's, and its others are slow. */
export function registerConvolutions(heap: WasmHeap): void {
  replaceKernel(
    "Conv2D",
    // Only trainings run convolutions without what follows them.
    ({ inputs, attrs }) => convolution(heap, inputs, attrs as unknown as KernelAttributes, 4),
  );
  replaceKernel("FusedConv2D", (args, original) => {
    const { inputs } = args;
    const attributes = args.attrs as unknown as KernelAttributes;
    const bias = inputs.bias?.shape ?? inputs.filter!.shape.slice(-1);
    const fits = bias.length === 1 && bias[0] === inputs.filter!.shape[3];
    return attributes.activation in BOUNDS && fits
      ? convolution(heap, inputs, attributes, 2)
      : original(args);
  });
  replaceKernel("Conv2DBackpropFilter", ({ inputs, attrs }) => {
    const attributes = attrs as unknown as KernelAttributes;
    const [x, dy] = [inputs.x!, inputs.dy!];
    const info = convolutionInfo("Conv2DBackpropFilter", x.shape, attributes.filterShape, attributes);
    const dw = heap.output(attributes.filterShape);
    convolveFilterGradient(heap, info, heap.address(x), heap.address(dy), heap.address(dw));
    return dw;
  });
  replaceKernel("Conv2DBackpropInput", ({ inputs, attrs }) => {
    const attributes = attrs as unknown as KernelAttributes;
    const [dy, filter] = [inputs.dy!, inputs.filter!];
    const info = convolutionInfo("Conv2DBackpropInput", attributes.inputShape, filter.shape, attributes);
    const dx = heap.output(attributes.inputShape);
    convolveInputGradient(heap, info, heap.address(dy), heap.address(filter), heap.address(dx));
    return dx;
  });
}

function convolutionInfo(
  name: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations = 1, pad, dimRoundingMode, dataFormat }: KernelAttributes,
): ConvolutionInfo {
  if (dataFormat !== "NHWC") {
    throw new RangeError(`Cannot run ${name} on pictures laid out as ${dataFormat}: NHWC is wanted.`);
  }
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
}

function convolution(
  heap: WasmHeap,
  inputs: tf.NamedTensorInfoMap,
  attributes: KernelAttributes,
  side: TileSide,
): tf.TensorInfo {
  const [x, filter] = [inputs.x!, inputs.filter!];
  const info = convolutionInfo("Conv2D", x.shape, filter.shape, attributes);
  const y = heap.output(info.outShape);
  const bias = inputs.bias === undefined || inputs.bias === null ? 0 : heap.address(inputs.bias);
  const [lower, upper] = BOUNDS[attributes.activation ?? "linear"];
  const operands = { x: heap.address(x), w: heap.address(filter), y: heap.address(y) };
  const epilogue = { bias, lower, upper };
  if (fitsTiles(info, side)) convolveInTiles(heap, info, { ...operands, side, epilogue });
  else convolve(heap, info, operands, epilogue);
  return y;
}

/**
 * A convolution: y[oy, ox, o] = act(bias[o] + Σ x[oy · s + ky · d - top, ox · s + kx · d - left, i] · w[ky, kx, i, o]).
 * One product of matrices, A being the windows of x, read where they lie, and B being w. Addresses x, w, y.
 */
function convolve(
  heap: WasmHeap,
  info: ConvolutionInfo,
  { x, w, y }: { readonly x: number; readonly w: number; readonly y: number },
  epilogue: Epilogue,
): void {
  const { batchSize, outHeight, outWidth, outChannels } = info;
  using padded = padInput(heap, x, inputShape(info), info.padInfo);
  const segments = segmentsOf(info, padded);
  const depth = segments.offsets.length * segments.length;
  multiplyParts(heap, {
    segments,
    rows: batchSize * outHeight * outWidth,
    columns: outChannels,
    addressA: (table) => windowAddresses(heap, info, padded, table),
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
function convolveFilterGradient(
  heap: WasmHeap,
  info: ConvolutionInfo,
  x: number,
  dy: number,
  dw: number,
): void {
  if (fitsTiles(info, 4)) return correlateInTiles(heap, info, { x, dy, dw });
  const { batchSize, outHeight, outWidth, outChannels } = info;
  const pixels = batchSize * outHeight * outWidth;
  const overread = info.inChannels * info.filterWidth < TILE.rows;
  using padded = padInput(heap, x, inputShape(info), info.padInfo, overread);
  const { offsets, length } = segmentsOf(info, padded);
  using memory = heap.borrow(
    tableBytes(pixels),
    offsets.length * FLOAT,
    roundUp(outChannels, TILE.columns) * TILE.reduced * FLOAT + TILE.scratch,
  );
  const [rows, starts, scratch] = memory.addresses;
  heap.integers(starts, offsets.length).set(offsets);
  windowAddresses(heap, info, padded, rows);
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

/** Where the pieces of a window lie in a padded input: a row of the filter is in one piece unless it is dilated. */
function segmentsOf(info: ConvolutionInfo, padded: PaddedInput): { offsets: number[]; length: number } {
  const { filterHeight, filterWidth, dilationHeight, dilationWidth, inChannels } = info;
  const rows = Array.from({ length: filterHeight }, (_, y) => y * dilationHeight * padded.row);
  if (dilationWidth === 1) return { offsets: rows, length: filterWidth * inChannels };
  const columns = Array.from({ length: filterWidth }, (_, x) => x * dilationWidth * padded.pixel);
  return { offsets: rows.flatMap((y) => columns.map((x) => y + x)), length: inChannels };
}

/** Writes the address of the first pixel of each window. */
function windowAddresses(heap: WasmHeap, info: ConvolutionInfo, padded: PaddedInput, table: number): void {
  heap.kernels.pixelAddresses(
    table,
    padded.address,
    info.batchSize,
    padded.image,
    info.outHeight,
    info.strideHeight * padded.row,
    info.outWidth,
    info.strideWidth * padded.pixel,
  );
}

function inputShape({ batchSize, inHeight, inWidth, inChannels }: ConvolutionInfo): Shape {
  return [batchSize, inHeight, inWidth, inChannels];
}

/**
 * The gradient of a convolution's input: dx[iy, ix, i] = Σ dy[(iy + top - ky) / s, (ix + left - kx) / s, o] · w[ky, kx, i, o]
 * over the taps for which the quotients are whole. All pixels of dx with the same remainders of (iy + top) and (ix + left) modulo s
 * see the same taps: for each such phase it is a convolution of dy with stride 1. Addresses dy, w, dx.
 */
function convolveInputGradient(
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
  const reversed = reverse(info);
  if (fitsTiles(reversed, 4)) {
    using memory = heap.borrow(filterHeight * filterWidth * inChannels * outChannels * FLOAT);
    const [flipped] = memory.addresses;
    heap.kernels.flipFilters(flipped, w, inChannels, outChannels);
    return convolveInTiles(heap, reversed, { x: dy, w: flipped, y: dx, side: 4, epilogue: NO_EPILOGUE });
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
  using padded = padInput(heap, dy, [batchSize, outHeight, outWidth, outChannels], border);
  const pixelOfX = inChannels * FLOAT;
  const tap = inChannels * outChannels * FLOAT;
  for (const v of vertical.phases) {
    for (const h of horizontal.phases) {
      const offsets = Array.from({ length: v.taps }, (_, segment) => segment * padded.row);
      const lastTap = w +
        ((v.firstTap + (v.taps - 1) * strideHeight) * filterWidth + h.firstTap + (h.taps - 1) * strideWidth) *
          tap;
      multiplyParts(heap, {
        segments: { offsets, length: h.taps * outChannels },
        rows: batchSize * v.count * h.count,
        columns: inChannels,
        addressA: (table) =>
          heap.kernels.pixelAddresses(
            table,
            padded.address + (v.start + border.top) * padded.row + (h.start + border.left) * padded.pixel,
            batchSize,
            padded.image,
            v.count,
            padded.row,
            h.count,
            padded.pixel,
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

/** With stride 1 the gradient of the input is a convolution of that of the result, with the flipped filters. */
function reverse(info: ConvolutionInfo): ConvolutionInfo {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  return {
    ...info,
    inHeight: outHeight,
    inWidth: outWidth,
    inChannels: outChannels,
    outHeight: inHeight,
    outWidth: inWidth,
    outChannels: inChannels,
    padInfo: {
      ...padInfo,
      top: info.filterHeight - 1 - padInfo.top,
      left: info.filterWidth - 1 - padInfo.left,
    },
  };
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
