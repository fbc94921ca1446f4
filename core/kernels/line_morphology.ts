import source from "../../shaders/line_morphology.wgsl" with { type: "text" };
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";

/** A line of pixels, its middle in the middle. */
export interface Line {
  /** From its first pixel to its last, in pixels; odd. */
  readonly length: number;
  /** Its angle in degrees, from along the rows towards the columns: 0 to 180. */
  readonly angle: number;
}

type Operation = "erode" | "dilate";

const RESULT = { alone: "found", greater: "max(least[pixel - band.base.z], found)" };

const kernels = {
  erode: defineKernel("line_erosion", source, { PICK: "min", RESULT: RESULT.alone }),
  dilate: defineKernel("line_dilation", source, { PICK: "max", RESULT: RESULT.alone }),
  greaterErosion: defineKernel("line_erosion", source, { PICK: "min", RESULT: RESULT.greater }),
  greaterDilation: defineKernel("line_dilation", source, { PICK: "max", RESULT: RESULT.greater }),
};

/**
 * The greatest of the openings of a plane by some lines: what is bright stays where one of the lines fits into it.
 *
 * @param plane H × W × 1, ≥ 0; what is outside is ignored.
 * @returns H × W × 1.
 */
export function openAlongLines(plane: Plane, lines: readonly Line[]): Plane {
  return greatest(plane, lines, ["erode", "dilate"]);
}

/**
 * The greatest of the closings of a plane by some lines: what is dark is filled where it is narrower than one of the lines is long, along it.
 *
 * @param plane H × W × 1, ≥ 0; what is outside is ignored.
 * @returns H × W × 1.
 */
export function closeAlongLines(plane: Plane, lines: readonly Line[]): Plane {
  return greatest(plane, lines, ["dilate", "erode"]);
}

/** The offsets of a line's pixels from its middle: every step along it rounded to the nearest pixel, symmetric, none twice. */
export function lineOffsets({ length, angle }: Line): [x: number, y: number][] {
  const half = (length - 1) / 2, radians = angle * Math.PI / 180;
  const found = new Map<string, [number, number]>([["0,0", [0, 0]]]);
  for (let k = 1; k <= half; k++) {
    const [x, y] = [Math.round(k * Math.cos(radians)), Math.round(k * Math.sin(radians))];
    // 0 is subtracted from, since −0 is another number to some.
    found.set(`${x},${y}`, [x + 0, y + 0]).set(`${-x},${-y}`, [0 - x, 0 - y]);
  }
  return [...found.values()];
}

function greatest(
  plane: Plane,
  lines: readonly Line[],
  [first, second]: readonly [Operation, Operation],
): Plane {
  const { compute, width, height } = plane;
  let found = compute.create({ width, height, channels: 1 }, { zero: true });
  for (const line of lines) {
    using soFar = found;
    const offsets = lineOffsets(line);
    const [reach, pixels] = [(line.length - 1) / 2, offsets.length];
    const entries = Int32Array.from(offsets.flatMap(([x, y]) => [x, y, y * width + x]));
    using table = compute.upload({
      ...{ width: pixels, height: 1, channels: 3 },
      data: new Float32Array(entries.buffer),
    });
    const params = { pixels };
    const inputs = (from: Plane) => [
      { plane: from, rows: reach },
      { plane: table, rows: "all" as const },
      { plane: soFar },
    ];
    using between = compute.create({ width, height, channels: 1 });
    compute.run({ kernel: kernels[first], inputs: inputs(plane), output: between, params });
    found = compute.create({ width, height, channels: 1 });
    const kernel = second === "erode" ? kernels.greaterErosion : kernels.greaterDilation;
    compute.run({ kernel, inputs: inputs(between), output: found, params });
  }
  return found;
}
