import type { ConvolutionInfo } from "./convolution.ts";
import { frameOf } from "./padded_input.ts";
import type { WasmHeap } from "./heap.ts";
import { FLOAT, multiplyParts, NO_EPILOGUE } from "./product.ts";

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
      multiplyParts(heap, {
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
