/** The window and the block that {@linkcode bilateralWindow} writes out. */
export interface BilateralWindow {
  /** Farthest row and column of the window. */
  radius: number;
  /** The whole square, or the places at most `radius` from its centre. */
  window: "square" | "disc";
  /** Pixels side by side in the block of one invocation. */
  columns: number;
  /** Pixels one above the other in the block. */
  rows: number;
}

/** The largest radius whose window is unrolled; the shader of a larger one would take longer to compile than it saves. */
export const LARGEST_UNROLLED = 3;

/**
 * WGSL that filters a block of pixels: unrolled where the window is small, else a loop over the window of each pixel.
 *
 * It uses `x`, `y`, `column()`, `row()`, `load()`, `weight()`, `store()` and `params` of shaders/bilateral_filter.wgsl.
 */
export function bilateralWindow(shape: BilateralWindow): string {
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
