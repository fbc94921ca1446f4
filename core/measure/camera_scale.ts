import { argumentsSchema, checkArguments, NUMBER, optionsSchema } from "../arguments.ts";

/** How a photo was taken. */
export interface CameraSetup {
  /** Width of the sensor in millimetres, along the photo's longer side. */
  readonly sensorWidth: number;
  /** Focal length in millimetres: the true one, not that of a 35 mm camera. */
  readonly focalLength: number;
  /** From the camera to the surface, in millimetres, at right angles to it. */
  readonly distance: number;
  /** Pixels of the photo's longer side. */
  readonly pixels: number;
}

const ARGUMENTS = argumentsSchema({
  options: optionsSchema<CameraSetup>({
    sensorWidth: NUMBER,
    focalLength: NUMBER,
    distance: NUMBER,
    pixels: NUMBER,
  }),
});

/**
 * How many millimetres a pixel shows, by how the photo was taken:
 *
 *     mm / pixel = (sensor width / pixels) · distance / focal length
 *
 * It holds where the camera looks straight at the surface, and where the photo was not cropped.
 *
 * @example
 * ```ts
 * import { cameraScale } from "../../mod.ts";
 *
 * console.log(cameraScale({ sensorWidth: 36, focalLength: 50, distance: 1500, pixels: 6000 })); // 0.18
 * ```
 *
 * @throws {TypeError} if a value is missing or no number.
 * @throws {RangeError} if one is not above 0.
 */
export function cameraScale(options: CameraSetup): number {
  checkArguments("tell the scale of a photo", ARGUMENTS, { options });
  const { sensorWidth, focalLength, distance, pixels } = options;
  for (const [name, value] of Object.entries({ sensorWidth, focalLength, distance, pixels })) {
    if (!(value > 0 && value < Infinity)) {
      throw new RangeError(
        `Cannot tell the scale of a photo: ${name} is ${value}, a number above 0 is wanted.`,
      );
    }
  }
  return sensorWidth * distance / (pixels * focalLength);
}
