import source from "../../shaders/hessian.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel, type Kernel } from "../gpu/kernel.ts";

/** Taps to each side, in deviations: beyond them the weights are below 10⁻⁸ of the middle's. */
const REACH = 6;

type Axis = "x" | "y";

/** A channel of a pass's result: a channel of its source, smoothed or derived. */
type Channel = readonly [from: number, by: "smooth" | "derive"];

/** The passes in their order: from the plane to ∂²/∂y², ∂²/∂x∂y and ∂²/∂x², each axis filtered twice. */
const PASSES: readonly { readonly axis: Axis; readonly channels: readonly Channel[] }[] = [
  { axis: "x", channels: [[0, "smooth"], [0, "derive"]] },
  { axis: "x", channels: [[0, "smooth"], [0, "derive"], [1, "derive"]] },
  { axis: "y", channels: [[0, "derive"], [1, "derive"], [2, "smooth"]] },
  { axis: "y", channels: [[0, "derive"], [1, "smooth"], [2, "smooth"]] },
];

const kernels = new Map<string, Kernel>();

/**
 * The second derivatives of a plane smoothed by a Gaussian of σ: two Gaussian derivatives of first order and σ/√2 each, one after the other, as
 * scikit-image 0.26 takes them (`hessian_matrix(…, use_gaussian_derivatives=True)`); a second derivative of a Gaussian that is sampled does not
 * sum to 0. Exactly 0 on flat planes. The cost grows with σ.
 *
 * @param plane H × W × 1, any unit, continued outside by a mirror that repeats the edge.
 * @param sigma pixels, above 0.
 * @returns H × W × 3: ∂²/∂y², ∂²/∂x∂y, ∂²/∂x², in units of the plane a pixel².
 */
export function hessian(plane: Plane, sigma: number): Plane {
  const { compute } = plane;
  const s = sigma / Math.SQRT2;
  const taps = Math.floor(REACH * s + 0.5);
  using weights = compute.upload({
    width: Math.max(taps, 1),
    height: 1,
    channels: 2,
    data: weightsOf(s, taps),
  });
  let result = plane;
  for (const [i, { axis, channels }] of PASSES.entries()) {
    const { width, height } = result;
    const output = compute.create({ width, height, channels: channels.length });
    const near = taps <= (axis === "x" ? width : height);
    compute.run({
      kernel: kernelOf(i, result.channels, near),
      inputs: [{ plane: result, rows: axis === "x" ? 0 : near ? taps : "all" }, {
        plane: weights,
        rows: "all",
      }],
      output,
      params: { taps },
    });
    if (result !== plane) result.dispose();
    result = output;
  }
  return result;
}

/** w_k and k w_k / s² of the taps k = 1 …; of none a pair of zeros, since no plane is empty. */
function weightsOf(s: number, taps: number): Float32Array {
  const bell = Array.from({ length: taps + 1 }, (_, k) => Math.exp(-(k ** 2) / (2 * s ** 2)));
  const sum = bell.reduce((total, value, k) => total + (k === 0 ? value : 2 * value), 0);
  const pairs = bell.slice(1).flatMap((value, i) => [value / sum, (i + 1) / s ** 2 * value / sum]);
  return Float32Array.from(taps === 0 ? [0, 0] : pairs);
}

/** @param near whether no tap is mirrored more than once. */
function kernelOf(pass: number, sourceChannels: number, near: boolean): Kernel {
  const key = `${pass} ${near}`;
  let kernel = kernels.get(key);
  if (!kernel) {
    const { axis, channels } = PASSES[pass];
    const place = axis === "x"
      ? "y * band.width + border(i32(x) + offset, band.width)"
      : "border(i32(y) + offset, band.height) * band.width + x";
    const lines = (of: (channel: Channel, i: number) => string) => channels.map(of).join("\n  ");
    kernel = defineKernel("hessian", source, {
      BORDER: near
        ? "let last = i32(n) - 1; return u32(select(select(i, 2 * last + 1 - i, i > last), -1 - i, i < 0));"
        : "let period = 2 * i32(n); let m = (i % period + period) % period; return u32(min(m, period - 1 - m));",
      PLACE: `(${place}) * ${sourceChannels}u`,
      START: lines(([from, by], i) =>
        by === "smooth"
          ? `let middle${i} = source[middle + ${from}u]; var sum${i} = middle${i};`
          : `var sum${i} = 0.0;`
      ),
      ADD: lines(([from, by], i) =>
        by === "smooth"
          ? `sum${i} += smooth_weight * ((source[behind + ${from}u] - middle${i}) + (source[before + ${from}u] - middle${i}));`
          : `sum${i} += slope_weight * (source[behind + ${from}u] - source[before + ${from}u]);`
      ),
      STORE: lines((_, i) => `result[i + ${i}u] = sum${i};`),
    });
    kernels.set(key, kernel);
  }
  return kernel;
}
