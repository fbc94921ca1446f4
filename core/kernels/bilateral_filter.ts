import source from "../../shaders/bilateral_filter.wgsl" with { type: "text" };
import {
  argumentsSchema,
  BOOLEAN,
  checkArguments,
  NUMBER,
  oneOf,
  optional,
  optionsSchema,
} from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel, type Kernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";

/** Options of {@linkcode bilateralFilter}. */
export interface BilateralFilterOptions {
  /** Farthest row and column of the window, an integer ≥ 1: 2 is a window of 5 × 5. */
  radius?: number;
  /** σ_s, how fast the weight falls with the distance in the image, in pixels. */
  sigmaSpace?: number;
  /** σ_r, how fast the weight falls with the difference of the values, on their own scale. */
  sigmaRange?: number;
  /** The whole square, or only the places at most `radius` from its centre (13 of 25 at radius 2). */
  window?: "square" | "disc";
  /** The difference of two colours: Euclidean, or the sum of the channels' absolute differences. */
  distance?: "l2" | "l1";
  /** Round the result to integers (halves to even), as filters of 8-bit images do. */
  round?: boolean;
}

const ARGUMENTS = argumentsSchema({
  plane: PLANE,
  options: optionsSchema<BilateralFilterOptions>({
    radius: optional(NUMBER),
    sigmaSpace: optional(NUMBER),
    sigmaRange: optional(NUMBER),
    window: optional(oneOf("square", "disc")),
    distance: optional(oneOf("l2", "l1")),
    round: optional(BOOLEAN),
  }),
});

/** The fields that the shader's text depends on. */
type Variant = Required<Pick<BilateralFilterOptions, "radius" | "window" | "distance" | "round">> & {
  channels: number;
  /** True where the mirrored window never crosses the image twice. */
  near: boolean;
};

/** The exponents' factors that the shader works with: larger ones would turn 0 · ∞ into NaN. */
const STEEPEST = 1e30;

/** The largest radius whose window is unrolled; the shader of a larger one would take longer to compile than it saves. */
const LARGEST_UNROLLED = 3;

const kernels = new Map<string, Kernel>();

/**
 * Smooths an image but keeps its edges: each pixel becomes a mean of its window, weighted by exp(−‖p − q‖² / 2σ_s²) for the
 * distance in the image and by exp(−d² / 2σ_r²) for the difference of the values. Outside, the image is mirrored without
 * repeating its edge.
 *
 * Equations 1 to 4 of the paper, with the division by the sum of the weights that the paper's eq. 1 leaves out: C. Tomasi and
 * R. Manduchi, "Bilateral Filtering for Gray and Color Images", ICCV 1998, doi:10.1109/ICCV.1998.710815.
 *
 * @example
 * ```ts
 * import { bilateralFilter, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using row = compute.upload({ width: 4, height: 1, channels: 1, data: new Uint8Array([10, 12, 200, 202]) });
 * using smooth = bilateralFilter(row, { sigmaRange: 5 });
 * console.log(await smooth.read()); // the step from 12 to 200 stays
 * ```
 *
 * @param plane H × W × 1 or H × W × 3, on the scale of `sigmaRange` (0..255 by default).
 * @returns a plane of the same shape.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the plane has neither 1 nor 3 channels, a σ is not positive or the radius not an integer ≥ 1.
 */
export function bilateralFilter(plane: Plane, options: BilateralFilterOptions = {}): Plane {
  checkArguments("filter a plane", ARGUMENTS, { plane, options });
  const {
    radius = 2,
    sigmaSpace = 120,
    sigmaRange = 120,
    window = "square",
    distance = "l2",
    round = false,
  } = options;
  const { compute, width, height, channels } = plane;
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(`Cannot filter a plane of ${channels} channels: 1 (grey) or 3 (colour) are wanted.`);
  }
  if (!Number.isInteger(radius) || radius < 1) {
    throw new RangeError(`Cannot filter with a radius of ${radius}: an integer from 1 on is wanted.`);
  }
  for (const [name, sigma] of Object.entries({ sigmaSpace, sigmaRange })) {
    if (!(sigma > 0)) {
      throw new RangeError(`Cannot filter with a ${name} of ${sigma}: a positive number is wanted.`);
    }
  }

  const [columns, rows] = block(radius, channels);
  // The last block may begin on the last pixel.
  const near = radius + columns <= width && radius + rows <= height;
  const output = compute.create({ width, height, channels });
  compute.run({
    kernel: kernelOf({ channels, radius, window, distance, round, near }),
    // The mirrored part of a window lies within the rows of its other half.
    inputs: [{ plane, rows: radius }],
    output,
    params: { space: exponent(sigmaSpace), range: exponent(sigmaRange) },
    invocations: (first, end) => [Math.ceil(width / columns), Math.ceil((end - first) / rows), 1],
  });
  return output;
}

/** −log₂e / 2σ², so that exp(−d² / 2σ²) = exp2(exponent · d²). */
function exponent(sigma: number): number {
  return -Math.min(Math.LOG2E / (2 * sigma * sigma), STEEPEST);
}

/**
 * Pixels of one invocation, side by side and one above the other. Measured on a software adapter with two cores at 640 × 360,
 * radius 2: RGB 20 ms at 1 × 1, 8.0 at 2 × 2, 6.6 at 2 × 3, 5.4 at 4 × 4, but compiled in 220, 270, 320 and 860 ms;
 * grey 4.6 ms at 1 × 1 and 3.0 to 3.2 at all others.
 */
function block(radius: number, channels: number): readonly [columns: number, rows: number] {
  if (radius > LARGEST_UNROLLED) return [1, 1];
  return channels === 3 && radius <= 2 ? [2, 3] : [2, 2];
}

/** The kernel of a variant, written once. */
function kernelOf(variant: Variant): Kernel {
  const key = JSON.stringify(variant);
  let kernel = kernels.get(key);
  if (!kernel) kernels.set(key, kernel = write(variant));
  return kernel;
}

function write({ channels, radius, window, distance, round, near }: Variant): Kernel {
  const [columns, rows] = block(radius, channels);
  const colour = channels === 3;
  const taxicab = "let length = dot(abs(difference), vec3f(1.0)); let squared = length * length;";
  const euclidean = "let squared = dot(difference, difference);";
  return defineKernel("bilateral_filter", source, {
    VALUE: colour ? "vec3f" : "f32",
    CHANNELS: `${channels}`,
    COLUMNS: `${columns}`,
    ROWS: `${rows}`,
    BORDER: near ? "let last = i32(n) - 1; return u32(last - abs(last - abs(i)));" : "return mirror(i, n);",
    LOAD: colour ? "vec3f(source[i], source[i + 1], source[i + 2])" : "source[i]",
    DISTANCE: !colour ? "let squared = difference * difference;" : distance === "l1" ? taxicab : euclidean,
    RESULT: round ? "round(sum / weights)" : "sum / weights",
    STORE: colour
      ? "filtered[i] = value.x; filtered[i + 1] = value.y; filtered[i + 2] = value.z;"
      : "filtered[i] = value;",
    WINDOW: bilateralWindow({ radius, window, columns, rows }),
  });
}

/** The window and the block that {@linkcode bilateralWindow} writes out. */
interface BilateralWindow {
  /** Farthest row and column of the window. */
  radius: number;
  /** The whole square, or the places at most `radius` from its centre. */
  window: "square" | "disc";
  /** Pixels side by side in the block of one invocation. */
  columns: number;
  /** Pixels one above the other in the block. */
  rows: number;
}

/**
 * WGSL that filters a block of pixels: unrolled where the window is small, else a loop over the window of each pixel.
 *
 * It uses `x`, `y`, `column()`, `row()`, `load()`, `weight()`, `store()` and `params` of shaders/bilateral_filter.wgsl.
 */
function bilateralWindow(shape: BilateralWindow): string {
  const lines = shape.radius <= LARGEST_UNROLLED ? unrolled(shape) : looped(shape);
  return lines.join("\n  ");
}

/** Every value of the block's windows loaded once, every weight of two pixels of the block computed once for both. */
function unrolled(shape: BilateralWindow): string[] {
  const { radius, columns, rows } = shape;
  const lines: string[] = [];
  const name = (i: number, j: number): string => `${i + radius}_${j + radius}`;
  const block = places([0, columns], [0, rows]);
  const region = places([-radius, columns + radius], [-radius, rows + radius]);

  for (let i = -radius; i < columns + radius; i++) {
    lines.push(`let column_${i + radius} = column(i32(x) + ${i});`);
  }
  for (let j = -radius; j < rows + radius; j++) lines.push(`let row_${j + radius} = row(i32(y) + ${j});`);
  for (const [i, j] of region) {
    lines.push(`let value_${name(i, j)} = load(row_${j + radius} + column_${i + radius});`);
  }
  for (const [i, j] of block) {
    lines.push(`var sum_${name(i, j)} = value_${name(i, j)}; var weights_${name(i, j)} = 1.0;`);
  }
  for (const [i, j] of region) {
    const inBlock = i >= 0 && i < columns && j >= 0 && j < rows;
    for (const [s, t] of block) {
      const dx = i - s, dy = j - t;
      if (!inWindow(dx, dy, shape)) continue;
      // A pair inside the block would be met twice, and a pixel is no pair with itself.
      if (inBlock && (dy < 0 || (dy === 0 && dx <= 0))) continue;
      const p = name(s, t), q = name(i, j);
      const weight = `let w = weight(value_${p}, value_${q}, params.space * ${dx * dx + dy * dy}.0);`;
      const ours = `sum_${p} += w * value_${q}; weights_${p} += w;`;
      const theirs = inBlock ? ` sum_${q} += w * value_${p}; weights_${q} += w;` : "";
      lines.push(`{ ${weight} ${ours}${theirs} }`);
    }
  }
  for (const [i, j] of block) {
    lines.push(`store(x + ${i}u, y + ${j}u, sum_${name(i, j)}, weights_${name(i, j)});`);
  }
  return lines;
}

/** One pixel after the other, in a loop over its window. */
function looped({ radius, window, columns, rows }: BilateralWindow): string[] {
  const skip = window === "disc" ? [`if (dx * dx + dy * dy > ${radius * radius}) { continue; }`] : [];
  return places([0, columns], [0, rows]).flatMap(([i, j]) => [
    "{",
    `let centre = load(row(i32(y) + ${j}) + column(i32(x) + ${i}));`,
    "var sum = Value(); var weights = 0.0;",
    `for (var dy = -${radius}; dy <= ${radius}; dy++) {`,
    `let start = row(i32(y) + ${j} + dy);`,
    `for (var dx = -${radius}; dx <= ${radius}; dx++) {`,
    ...skip,
    `let value = load(start + column(i32(x) + ${i} + dx));`,
    "let w = weight(centre, value, params.space * f32(dx * dx + dy * dy));",
    "sum += w * value; weights += w;",
    "}",
    "}",
    `store(x + ${i}u, y + ${j}u, sum, weights);`,
    "}",
  ]);
}

function inWindow(dx: number, dy: number, { radius, window }: BilateralWindow): boolean {
  return window === "disc"
    ? dx * dx + dy * dy <= radius * radius
    : Math.max(Math.abs(dx), Math.abs(dy)) <= radius;
}

/** The whole places of a rectangle, row by row. */
function places(
  [left, right]: readonly [number, number],
  [top, bottom]: readonly [number, number],
): [number, number][] {
  const found: [number, number][] = [];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) found.push([x, y]);
  }
  return found;
}
