import source from "../../shaders/grayscale.wgsl" with { type: "text" };
import { argumentsSchema, checkArguments, numbers, optional, optionsSchema } from "../arguments.ts";
import type { Plane } from "../gpu/compute.ts";
import { defineKernel } from "../gpu/kernel.ts";
import { PLANE } from "../gpu/schemas.ts";

/** Options of {@linkcode grayscale}. */
export interface GrayscaleOptions {
  /** Weights of red, green and blue. Defaults to those of ITU-R BT.601. */
  weights?: readonly [red: number, green: number, blue: number];
}

/** Luma weights of ITU-R Recommendation BT.601. */
const BT601 = [0.299, 0.587, 0.114] as const;

const ARGUMENTS = argumentsSchema({
  plane: PLANE,
  options: optionsSchema<GrayscaleOptions>({ weights: optional(numbers("red", "green", "blue")) }),
});

const kernel = defineKernel("grayscale", source);

/**
 * The grey value of each pixel, a weighted sum of its first three channels.
 *
 * @example
 * ```ts
 * import { grayscale, openCompute } from "../../mod.ts";
 *
 * using compute = await openCompute();
 * using photo = compute.upload({ width: 1, height: 1, channels: 3, data: new Uint8Array([255, 0, 0]) });
 * using grey = grayscale(photo);
 * console.log(await grey.read()); // [76.245]
 * ```
 *
 * @param plane H × W × C with C ≥ 3, 0..255; further channels (alpha) are ignored.
 * @returns H × W × 1, 0..255.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} if the plane has fewer than three channels.
 */
export function grayscale(plane: Plane, options: GrayscaleOptions = {}): Plane {
  checkArguments("take the grey value of a plane", ARGUMENTS, { plane, options });
  const { weights = BT601 } = options;
  const { compute, width, height, channels } = plane;
  if (channels < 3) {
    throw new RangeError(
      `Cannot take the grey value of a plane of ${channels} channels: at least 3 are wanted.`,
    );
  }
  const [red, green, blue] = weights;
  const output = compute.create({ width, height, channels: 1 });
  compute.run({ kernel, inputs: [{ plane }], output, params: { channels, red, green, blue } });
  return output;
}
