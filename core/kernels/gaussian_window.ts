import source from "../../shaders/gaussian_window.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

/** Pixels of one invocation, along the axis of its pass. */
const BLOCK = 16;

/** Taps that fit into the parameters of a kernel. */
const GIVEN = 32;

/** Taps of any number, a block at a time. */
const LOOPED = {
  FIELDS: "",
  GROUPS: `for (var some = 0; ${BLOCK} * some <= 2 * params.reach; some++)`,
  TAPS: lines(BLOCK / 4, (i) => `let taps_${i} = taps[${BLOCK / 4} * some + ${i}];`),
  ...unrolled(BLOCK),
};

/** At most {@linkcode GIVEN} taps, which need no loop. */
const AT_ONCE = {
  FIELDS: lines(GIVEN / 4, (i) => `taps_${i}: vec4f,`),
  GROUPS: "let some = 0;",
  TAPS: lines(GIVEN / 4, (i) => `let taps_${i} = params.taps_${i};`),
  ...unrolled(GIVEN),
};

const ROWS = { AXIS: "vec2i(1, 0)", LENGTH: "band.width", PLACE: "first.x", STRIDE: "1" };
const COLUMNS = { AXIS: "vec2i(0, 1)", LENGTH: "band.height", PLACE: "first.y", STRIDE: "band.width" };

const kernels = {
  looped: {
    rows: defineKernel("gaussian_window_rows", source, { ...ROWS, ...LOOPED }),
    columns: defineKernel("gaussian_window_columns", source, { ...COLUMNS, ...LOOPED }),
  },
  atOnce: {
    rows: defineKernel("gaussian_window_rows_at_once", source, { ...ROWS, ...AT_ONCE }),
    columns: defineKernel("gaussian_window_columns_at_once", source, { ...COLUMNS, ...AT_ONCE }),
  },
};

/** What some taps take of the pixels around a block. */
function unrolled(taps: number): { readonly VALUES: string; readonly SUMS: string } {
  return {
    VALUES: lines(
      taps + BLOCK - 1,
      (i) =>
        `let inside_${i} = at + ${i} >= 0 && at + ${i} < length; ` +
        `let v${i} = select(0.0, source[origin + select(here, at + ${i}, inside_${i}) * stride], inside_${i});`,
    ),
    SUMS: lines(BLOCK / 4 * taps, (i) => {
      const tap = i >> 2, four = i & 3, from = tap + 4 * four;
      return `sums_${four} += taps_${tap >> 2}.${"xyzw"[tap & 3]} * ` +
        `vec4f(v${from}, v${from + 1}, v${from + 2}, v${from + 3});`;
    }),
  };
}

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join("\n    ");
}

/** Standard deviations at which the Gaussian ends: what is left out is 4 · 10⁻⁶ of its peak. */
const REACH = 5;

/**
 * Σ_j exp(−|p_i − p_j|² / 2σ²) v_j at each pixel i, positions p in pixels: a Gaussian whose peak is 1, with nothing outside the image.
 *
 * @param plane H × W × C: v, any unit, its last channel.
 * @param sigma σ, pixels, above 0.
 * @returns H × W × 1.
 */
export function gaussianWindow(plane: Plane, sigma: number): Plane {
  const { compute, width, height, channels } = plane;
  const reach = reachOf(sigma, Math.max(width, height));
  const atOnce = 2 * reach + 1 <= GIVEN;
  const kernel = atOnce ? kernels.atOnce : kernels.looped;
  const data = new Float32Array(atOnce ? GIVEN : BLOCK * Math.ceil((2 * reach + 1) / BLOCK));
  for (let k = -reach; k <= reach; k++) data[k + reach] = Math.exp(-k * k / (2 * sigma ** 2));
  const given: Record<string, readonly number[]> = {};
  for (let i = 0; atOnce && i < GIVEN / 4; i++) given[`taps_${i}`] = [...data.subarray(4 * i, 4 * i + 4)];
  using taps = compute.upload({ width: data.length, height: 1, channels: 1, data });
  using rows = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel: kernel.rows,
    inputs: [{ plane }, { plane: taps, rows: "all" }],
    output: rows,
    params: { ...given, reach, channels, channel: channels - 1 },
    invocations: (first, end) => [Math.ceil(width / BLOCK), end - first, 1],
  });
  const output = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel: kernel.columns,
    inputs: [{ plane: rows, rows: reach }, { plane: taps, rows: "all" }],
    output,
    params: { ...given, reach, channels: 1, channel: 0 },
    invocations: (first, end) => [width, Math.ceil((end - first) / BLOCK), 1],
  });
  return output;
}

/**
 * What {@linkcode gaussianWindow} makes of ones along one axis. Over an image it is the product of those of its column and its row.
 *
 * @param length pixels along the axis.
 * @param sigma σ, pixels, above 0.
 */
export function gaussianSums(length: number, sigma: number): Float64Array {
  const reach = reachOf(sigma, length);
  const sums = new Float64Array(length).fill(1);
  for (let k = 1; k <= reach; k++) {
    const tap = Math.exp(-k * k / (2 * sigma ** 2));
    for (let i = 0; i < length; i++) sums[i] += tap * (Number(i >= k) + Number(i + k < length));
  }
  return sums;
}

function reachOf(sigma: number, length: number): number {
  return Math.min(Math.ceil(REACH * sigma), length - 1);
}
