import source from "../../shaders/crossfade.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

const kernel = defineKernel("crossfade", source);

/** Options of {@linkcode crossfade}. */
export interface CrossfadeOptions {
  /** The map that is laid over the other: h × w × 1. */
  source: Plane;
  /** Where its first column comes to lie. Defaults to 0. */
  left?: number;
  /** Where its first row comes to lie. Defaults to 0. */
  top?: number;
  /** Its first columns, over which it fades in. Defaults to 0: it begins at once. */
  columns?: number;
  /** Its first rows, over which it fades in. Defaults to 0. */
  rows?: number;
}

/**
 * Lays a map over a part of another and fades it in from its left and upper edge on, by a weight that rises smoothly from 0 to 1.
 * Where both agree the result is their value, to the last digit; what lies below the part that is faded in need not be defined.
 *
 * @param target H × W × 1, any unit; it is changed in place.
 * @throws {RangeError} if the source sticks out of the target, or one of them has several channels.
 */
export function crossfade(
  target: Plane,
  { source, left = 0, top = 0, columns = 0, rows = 0 }: CrossfadeOptions,
): void {
  const { width, height } = source;
  const fits = left >= 0 && top >= 0 && left + width <= target.width && top + height <= target.height;
  if (!fits || source.channels !== 1 || target.channels !== 1) {
    throw new RangeError(
      `Cannot lay a plane of ${width} × ${height} × ${source.channels} at (${left}, ${top}) over one of ${target.width} × ` +
        `${target.height} × ${target.channels}: it must lie within, and both must have one channel.`,
    );
  }
  target.compute.run({
    kernel,
    inputs: [{ plane: source, rows: (first, end) => [first - top, end - top] }],
    output: target,
    params: { width, height, left, top, columns, rows },
    invocations: (first, end) => [width, end - first, 1],
  });
}
