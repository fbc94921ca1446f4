import source from "../../shaders/thin.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";
import { packMask, unpackMask } from "./mask_bits.ts";

/** Iterations before it is first looked whether anything still goes: cracks of up to twice as many pixels are thin by then. */
const FIRST_ITERATIONS = 8;

/** The most iterations between two looks. */
const MOST_ITERATIONS = 128;

const kernel = defineKernel("thin", source);

const ARGUMENTS = argumentsSchema({ mask: PLANE });

/**
 * Thins a mask to its skeleton: lines one pixel wide in the middle of what is crack, with as many pieces (8-connected) and as many holes
 * (4-connected background) as the mask. Guo and Hall's algorithm A1 of 1989 (doi:10.1145/62065.62074). The one of Zhang and Suen, which
 * scikit-image's `skeletonize()` uses, is not taken because squares of 2 × 2 pixels vanish in it.
 *
 * Its known faults: a line may keep a corner of three pixels where two would do, and a wide crack with a frayed edge keeps spurs, which
 * go from its middle to its corners.
 *
 * @example
 * ```ts
 * import { openCompute, thin } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * const data = new Uint8Array(5 * 9).map((_, i) => Number(i % 5 > 0 && i % 5 < 4));
 * using mask = compute.upload({ width: 5, height: 9, channels: 1, data });
 * using skeleton = await thin(mask);
 * console.log((await skeleton.read()).slice(20, 25)); // [0, 0, 1, 0, 0]
 * ```
 *
 * @param mask H × W × 1, crack where it exceeds 0.
 * @returns H × W × 1, 1 on the skeleton, 0 elsewhere.
 * @throws {TypeError} if the mask is no plane.
 */
export async function thin(mask: Plane): Promise<Plane> {
  checkArguments("thin a mask", ARGUMENTS, { mask });
  const { compute, width, height } = mask;
  const shape = { width, height: Math.ceil(height / 32), channels: 1 };
  using whole = packMask(mask);
  using halfway = compute.create(shape);
  using other = compute.create(shape);
  let [now, before] = [whole, other];
  for (let iterations = FIRST_ITERATIONS;; iterations = Math.min(2 * iterations, MOST_ITERATIONS)) {
    for (let i = 0; i < iterations; i++) {
      compute.run({ kernel, inputs: [{ plane: now, rows: 1 }], output: halfway, params: { second: 0 } });
      compute.run({ kernel, inputs: [{ plane: halfway, rows: 1 }], output: before, params: { second: 1 } });
      [now, before] = [before, now];
    }
    const [is, was] = (await compute.read([now, before])).map(words);
    if (is.every((word, i) => word === was[i])) return unpackMask(now, height);
  }
}

/** The bits of a plane: as float32 some of them would be no numbers. */
function words({ buffer, byteOffset, length }: Float32Array<ArrayBuffer>): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length);
}
