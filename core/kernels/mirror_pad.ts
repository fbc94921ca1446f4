import source from "../../shaders/mirror_pad.wgsl" with { type: "text" };
import { mirroredRows } from "../gpu/bands.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

/** Options of {@linkcode mirrorPad}. */
export interface MirrorPadOptions {
  /** Pixels in a row of the result, at least those of the plane. */
  width: number;
  /** Rows of the result, at least those of the plane. */
  height: number;
}

const kernel = defineKernel("mirror_pad", source);

/**
 * Continues an image at its right and bottom up to a size, mirrored without repeating its edge pixel, at any distance.
 *
 * @param plane h × w × C, any unit.
 * @returns H × W × C.
 * @throws {RangeError} if a side is not an integer or less than the plane's.
 */
export function mirrorPad(plane: Plane, size: MirrorPadOptions): Plane {
  const { compute, width, height, channels } = plane;
  if (size.width < width || size.height < height) {
    throw new RangeError(
      `Cannot pad a plane of ${width} × ${height} to ${size.width} × ${size.height}: sides at least as long are wanted.`,
    );
  }
  const output = compute.create({ width: size.width, height: size.height, channels });
  compute.run({
    kernel,
    inputs: [{ plane, rows: (first, end) => mirroredRows([first, end], height) }],
    output,
    params: { width, height },
    invocations: (first, end) => [size.width * channels, end - first, 1],
  });
  return output;
}
