import source from "../../shaders/flip.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

/** Options of {@linkcode flip}. */
export interface FlipOptions {
  /** Exchange left and right. Defaults to false. */
  across?: boolean;
  /** Exchange above and below. Defaults to false. */
  down?: boolean;
}

const kernel = defineKernel("flip", source);

/**
 * An image as a mirror shows it.
 *
 * @param plane H × W × C, any unit.
 * @returns H × W × C.
 */
export function flip(plane: Plane, { across = false, down = false }: FlipOptions): Plane {
  const { compute, width, height, channels } = plane;
  const output = compute.create({ width, height, channels });
  compute.run({
    kernel,
    inputs: [{ plane, rows: (first, end) => down ? [height - end, height - first] : [first, end] }],
    output,
    params: { across: Number(across), down: Number(down) },
    invocations: (first, end) => [width * channels, end - first, 1],
  });
  return output;
}
