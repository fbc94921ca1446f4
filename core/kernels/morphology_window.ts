/** Pixels of one invocation of a contiguous window. */
export const BLOCK = 8;

/** Taps of a spaced window, at most; an odd number, so that windows stay centred. */
export const SPACED_TAPS = 5;

/**
 * WGSL for a contiguous window of `size` pixels (odd), {@linkcode BLOCK} outputs at a time.
 *
 * All windows of the block share the taps from BLOCK − 1 to size − 1, their core. Window b adds the taps b … BLOCK − 2 before it
 * and size … size − 1 + b behind it, which are a running minimum to the left and one to the right (the idea of van Herk 1992,
 * doi:10.1016/0167-8655(92)90069-C): size + BLOCK − 1 loads and as many comparisons a block, not size · BLOCK.
 */
export function contiguousTaps(size: number): string {
  const half = (size - 1) / 2;
  const lines = range(0, size + BLOCK - 1).map((k) => `let v${k} = load(first, ${k - half});`);
  if (size < BLOCK) {
    for (const b of range(0, BLOCK)) {
      lines.push(`store(first, ${b}u, ${nested(range(b, b + size).map((k) => `v${k}`))});`);
    }
    return lines.join("\n  ");
  }
  lines.push(`let before${BLOCK - 1} = ${nested(range(BLOCK - 1, size).map((k) => `v${k}`))};`);
  for (const b of range(0, BLOCK - 1).reverse()) lines.push(`let before${b} = pick(v${b}, before${b + 1});`);
  lines.push("store(first, 0u, before0);");
  for (const b of range(1, BLOCK)) {
    lines.push(`let behind${b} = ${b === 1 ? `v${size}` : `pick(behind${b - 1}, v${size - 1 + b})`};`);
    lines.push(`store(first, ${b}u, pick(before${b}, behind${b}));`);
  }
  return lines.join("\n  ");
}

/** WGSL for taps that lie `params.step` apart from −`params.reach` on, the last at `params.reach`; one output an invocation. */
export function spacedTaps(): string {
  const taps = range(0, SPACED_TAPS).map((k) =>
    `load(first, min(params.step * ${k} - params.reach, params.reach))`
  );
  return `store(first, 0u, ${nested(taps)});`;
}

/** pick(pick(a, b), c) … of the expressions. */
function nested(values: readonly string[]): string {
  return values.reduce((found, value) => `pick(${found}, ${value})`);
}

function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}
