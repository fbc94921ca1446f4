import source from "../../shaders/distance_transform.wgsl" with { type: "text" };
import columnSource from "../../shaders/distance_transform_columns.wgsl" with { type: "text" };
import minimaSource from "../../shaders/distance_transform_minima.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";
import { packMask, wordInvocations } from "./mask_bits.ts";

/** Pixels of a row whose least is known. */
const BLOCK = 32;

/** The longest side: the squares of a distance fit an i32. */
const LONGEST = 32767;

/** Bits of ∞ as a float32. */
const INFINITY = 0x7f800000;

const kernel = defineKernel("distance_transform", source);
const minimaKernel = defineKernel("distance_transform_minima", minimaSource);
const columnKernel = defineKernel("distance_transform_columns", columnSource);

const ARGUMENTS = argumentsSchema({ mask: PLANE });

/**
 * Exact Euclidean distance transform: how far each crack pixel is from the nearest background pixel, centre to centre. Equals SciPy's
 * `distance_transform_edt()`. What is outside the image is no background, so that a crack which leaves the photo is not narrower there.
 *
 * Pixels search as far as their own distance along their row, and pass over what cannot be nearer: masks of cracks, and of background, cost
 * next to nothing.
 *
 * @example
 * ```ts
 * import { distanceTransform, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using mask = compute.upload({ width: 5, height: 1, channels: 1, data: new Uint8Array([0, 1, 1, 1, 0]) });
 * using distances = distanceTransform(mask);
 * console.log(await distances.read()); // [0, 1, 2, 1, 0]
 * ```
 *
 * @param mask H × W × 1, crack where it exceeds 0.
 * @returns H × W × 1, pixels: 0 on background, ∞ everywhere where the mask has no background at all.
 * @throws {TypeError} if the mask is no plane.
 * @throws {RangeError} if a side has more than 32767 pixels.
 */
export function distanceTransform(mask: Plane): Plane {
  checkArguments("find distances", ARGUMENTS, { mask });
  const { compute, width, height } = mask;
  if (Math.max(width, height) > LONGEST) {
    throw new RangeError(
      `Cannot find the distances of a mask of ${width} × ${height}: sides of at most ${LONGEST} pixels are possible; cut it into smaller tiles.`,
    );
  }
  using bits = packMask(mask);
  using squares = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel: columnKernel,
    inputs: [{ plane: bits, rows: "all" }],
    output: squares,
    params: { word_rows: bits.height },
    invocations: wordInvocations(width),
  });
  using minima = compute.create({ width: Math.ceil(width / BLOCK), height, channels: 1 });
  compute.run({ kernel: minimaKernel, inputs: [{ plane: squares }], output: minima, params: { width } });
  const output = compute.create({ width, height, channels: 1 });
  compute.run({
    kernel,
    inputs: [{ plane: squares }, { plane: minima }],
    output,
    params: { infinity: INFINITY },
  });
  return output;
}
