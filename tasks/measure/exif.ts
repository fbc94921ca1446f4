/**
 * EXIF data of photos by `exifr`: its version is named here and nowhere else. It runs without any permission.
 *
 * @module
 */
import exifr from "npm:exifr@7.1.3/dist/full.esm.mjs";

/** What a camera notes of how a photo was taken; what it does not note is undefined. */
export interface ExifCamera {
  /** Millimetres. */
  readonly focalLength: number | undefined;
  /** Width of the sensor along the photo's longer side in millimetres: of the pixels in the file, as the camera made them. */
  readonly sensorWidth: number | undefined;
  /** To what was focused on, in millimetres. */
  readonly distance: number | undefined;
}

/** Millimetres of a unit of FocalPlaneResolutionUnit, by its number: 2 inch, 3 centimetre, 4 millimetre, 5 micrometre. */
const UNITS: Readonly<Record<number, number>> = { 2: 25.4, 3: 10, 4: 1, 5: 0.001 };

const TAGS = [
  "FocalLength",
  "FocalPlaneXResolution",
  "FocalPlaneResolutionUnit",
  "SubjectDistance",
  "ExifImageWidth",
  "ExifImageHeight",
];

/** Reads what is noted in a photo; nothing where it has no EXIF data, or damaged ones. */
export async function readExifCamera(bytes: Uint8Array): Promise<ExifCamera> {
  const tags: Readonly<Record<string, unknown>> =
    await exifr.parse(bytes, { pick: TAGS, translateValues: false }).catch(() => undefined) ?? {};
  const positive = (tag: string): number | undefined => {
    const value = tags[tag];
    return typeof value === "number" && value > 0 && value < Infinity ? value : undefined;
  };
  const perUnit = positive("FocalPlaneXResolution");
  const unit = UNITS[positive("FocalPlaneResolutionUnit") ?? 2];
  const [width, height] = [positive("ExifImageWidth"), positive("ExifImageHeight")];
  const longer = width === undefined || height === undefined ? undefined : Math.max(width, height);
  const metres = positive("SubjectDistance");
  return {
    focalLength: positive("FocalLength"),
    sensorWidth: perUnit === undefined || unit === undefined || longer === undefined
      ? undefined
      : longer / perUnit * unit,
    // Cameras note the greatest number for "infinitely far".
    distance: metres === undefined || metres > 1e6 ? undefined : metres * 1000,
  };
}
