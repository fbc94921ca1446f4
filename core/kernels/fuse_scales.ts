import source from "../../shaders/fuse_scales.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

/** Options of {@linkcode fuseScales}. */
export interface FuseScalesOptions {
  /** Σ p and Σ p² of each level over the whole photo, from `confidenceSums()`: L × 1 × 2. */
  sums: Plane;
  /** The power s of a level's decidedness that it is weighted by: 0 or more. */
  selectivity: number;
}

const kernel = defineKernel("fuse_scales", source);

/**
 * One map of the confidences that a network gave at several scales of a photo, brought to one size: their mean, weighted by how decided each
 * level is, (Σ p² / Σ p)^s.
 *
 * @param levels H × W × 1 each, 0..1: a photo, or rows of one.
 * @returns H × W × 1, 0..1.
 * @throws {RangeError} if shapes differ, or there are not as many sums as levels.
 */
export function fuseScales(levels: readonly Plane[], { sums, selectivity }: FuseScalesOptions): Plane {
  const [{ compute, width, height }] = levels;
  if (sums.height !== levels.length || sums.length !== 2 * levels.length) {
    throw new RangeError(
      `Cannot fuse ${levels.length} levels by ${sums.length} sums: two a level are wanted.`,
    );
  }
  for (const level of levels) {
    if (level.width === width && level.height === height && level.channels === 1) continue;
    throw new RangeError(
      `Cannot fuse planes of ${width} × ${height} × 1 and ${level.width} × ${level.height} × ${level.channels}: ` +
        "equal shapes of one channel are wanted.",
    );
  }
  const fused = compute.create({ width, height, channels: 1 });
  for (const [level, plane] of levels.entries()) {
    compute.run({
      kernel,
      inputs: [{ plane }, { plane: sums, rows: "all" }],
      output: fused,
      params: { level, levels: levels.length, selectivity },
    });
  }
  return fused;
}

/** The weights that {@linkcode fuseScales} gives the levels, which sum to 1, by what was read of their sums. */
export function levelWeights(sums: ArrayLike<number>, selectivity: number): number[] {
  const decidedness = Array.from({ length: sums.length / 2 }, (_, l) => {
    const [sum, sumOfSquares] = [sums[2 * l], sums[2 * l + 1]];
    return sum > 0 ? sumOfSquares / sum : 0;
  });
  const most = Math.max(...decidedness);
  const powers = decidedness.map((d) => most > 0 ? (d / most) ** selectivity : 1);
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
