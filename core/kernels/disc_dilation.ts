import discSource from "../../shaders/disc_dilation.wgsl" with { type: "text" };
import rowSource from "../../shaders/disc_dilation_rows.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel, type Kernel } from "../gpu/kernel.ts";

interface DiscKernels {
  readonly levels: number;
  readonly rowMaxima: Kernel;
  readonly disc: Kernel;
}

/** The kernels of each radius. */
const kernels = new Map<number, DiscKernels>();

/**
 * Grey-level dilation by a disc: each value becomes the greatest at a Euclidean distance of at most `radius` pixels. What is outside
 * the image is ignored. For a square window see `dilate()`.
 *
 * Each pixel compares 2 (2 r + 1) maxima of pieces of rows, not the π r² pixels of its disc. The taps are written out for each radius, so
 * that a large one takes long to compile.
 *
 * @param plane H × W × 1, any values but NaN.
 * @param radius pixels, an integer from 0 (a copy) on.
 * @returns H × W × 1.
 */
export function discDilation(plane: Plane, radius: number): Plane {
  const { compute, width, height } = plane;
  const { levels, rowMaxima, disc } = kernelsOf(radius);
  using maxima = compute.create({ width: (width + radius) * levels, height, channels: 1 });
  compute.run({
    kernel: rowMaxima,
    inputs: [{ plane }],
    output: maxima,
    params: { width },
    invocations: (first, end) => [width + radius, end - first, 1],
  });
  const output = compute.create({ width, height, channels: 1 });
  compute.run({ kernel: disc, inputs: [{ plane: maxima, rows: radius }], output });
  return output;
}

function kernelsOf(radius: number): DiscKernels {
  let found = kernels.get(radius);
  if (!found) {
    const levels = levelOf(2 * radius + 1) + 1;
    const blocks = { REACH: `${radius}`, LEVELS: `${levels}` };
    found = {
      levels,
      rowMaxima: defineKernel("disc_dilation_rows", rowSource, { ...blocks, TAPS: rowTaps(levels) }),
      disc: defineKernel("disc_dilation", discSource, { ...blocks, TAPS: discTaps(radius) }),
    };
    kernels.set(radius, found);
  }
  return found;
}

/** The largest k with 2^k ≤ pixels. */
function levelOf(pixels: number): number {
  return 31 - Math.clz32(pixels);
}

/** WGSL that extends the maximum of one pixel to those of 2, 4 … pixels and stores each. */
function rowTaps(levels: number): string {
  const lines = ["maxima[level0] = largest;"];
  for (let k = 1; k < levels; k++) {
    for (let i = 2 ** (k - 1); i < 2 ** k; i++) {
      lines.push(`largest = max(largest, source[row + u32(clamp(first + ${i}, 0, last))]);`);
    }
    lines.push(`maxima[level0 + ${k}u * starts] = largest;`);
  }
  return lines.join("\n  ");
}

/** WGSL that compares the two pieces of each row of the disc. */
function discTaps(radius: number): string {
  const lines: string[] = [];
  for (let dy = -radius; dy <= radius; dy++) {
    const pixels = 2 * Math.floor(Math.sqrt(radius ** 2 - dy ** 2)) + 1;
    const k = levelOf(pixels);
    // Its first pixel is (pixels − 1) / 2 left of x, which is piece number x + REACH.
    const first = radius - (pixels - 1) / 2;
    lines.push(`row = u32(clamp(y + ${dy}, 0, last)) * pitch + ${k}u * starts + column;`);
    for (const start of new Set([first, first + pixels - 2 ** k])) {
      lines.push(`largest = max(largest, maxima[row + ${start}u]);`);
    }
  }
  return lines.join("\n  ");
}
