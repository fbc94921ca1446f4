import source from "../../shaders/hessian.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel, type Kernel } from "../gpu/kernel.ts";

/** Taps to each side, in deviations: beyond them the weights are below 10⁻⁸ of the middle's. */
const REACH = 6;

/** Pixels of one invocation, along the axis of its pass. */
const BLOCK = 4;

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
    const [across, down] = axis === "x" ? [BLOCK, 1] : [1, BLOCK];
    // Whether no tap, not even those of a block that begins on the last pixel, is mirrored more than once.
    const near = taps + BLOCK <= (axis === "x" ? width : height);
    compute.run({
      kernel: kernelOf(i, result.channels, near),
      inputs: [{ plane: result, rows: axis === "x" ? 0 : near ? taps : "all" }, {
        plane: weights,
        rows: "all",
      }],
      output,
      params: { taps },
      invocations: (first, end) => [Math.ceil(width / across), Math.ceil((end - first) / down), 1],
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
      ? "first.y * band.width + border(i32(first.x) + offset, band.width)"
      : "border(i32(first.y) + offset, band.height) * band.width + first.x";
    kernel = defineKernel("hessian", source, {
      ALONG: axis === "x" ? "vec2u(1, 0)" : "vec2u(0, 1)",
      BLOCK: `${BLOCK}`,
      BORDER: near
        ? "let last = i32(n) - 1; return u32(select(select(i, 2 * last + 1 - i, i > last), -1 - i, i < 0));"
        : "let period = 2 * i32(n); let m = (i % period + period) % period; return u32(min(m, period - 1 - m));",
      PLACE: `(${place}) * ${sourceChannels}u`,
      ...taps(channels, sourceChannels),
    });
    kernels.set(key, kernel);
  }
  return kernel;
}

/**
 * WGSL for the taps of a block. Of pixel b and channel c of the source, `behind` is the value k pixels on and `before` that k pixels back: from one k
 * to the next they move by a pixel, so that one of each is loaded.
 */
function taps(
  channels: readonly Channel[],
  sourceChannels: number,
): Record<"START" | "ADD" | "STORE", string> {
  const block = Array.from({ length: BLOCK }, (_, b) => b), last = BLOCK - 1;
  const sources = Array.from({ length: sourceChannels }, (_, c) => c);
  const start = block.flatMap((b) => [
    `let at${b} = at(first, ${b});`,
    ...sources.flatMap((c) => [
      `let middle${b}_${c} = source[at${b} + ${c}u];`,
      `var behind${b}_${c} = middle${b}_${c};`,
      `var before${b}_${c} = middle${b}_${c};`,
    ]),
    ...channels.map(([from, by], i) =>
      `var sum${b}_${i} = ${by === "smooth" ? `middle${b}_${from}` : "0.0"};`
    ),
  ]);
  const move = sources.flatMap((c) => [
    ...block.slice(0, last).map((b) => `behind${b}_${c} = behind${b + 1}_${c};`),
    `behind${last}_${c} = source[behind + ${c}u];`,
    ...block.slice(1).reverse().map((b) => `before${b}_${c} = before${b - 1}_${c};`),
    `before0_${c} = source[before + ${c}u];`,
  ]);
  const add = block.flatMap((b) =>
    channels.map(([from, by], i) => {
      const [middle, behind, before] = ["middle", "behind", "before"].map((name) => `${name}${b}_${from}`);
      return by === "smooth"
        ? `sum${b}_${i} += smooth_weight * ((${behind} - ${middle}) + (${before} - ${middle}));`
        : `sum${b}_${i} += slope_weight * (${behind} - ${before});`;
    })
  );
  const store = block.map((b) =>
    `if (stored(first, ${b}u)) { let i = out(first, ${b}u); ${
      channels.map((_, i) => `result[i + ${i}u] = sum${b}_${i};`).join(" ")
    } }`
  );
  return { START: start.join("\n  "), ADD: [...move, ...add].join("\n    "), STORE: store.join("\n  ") };
}
