/**
 * EXIF data of photos by `exifr`: its version is named here and nowhere else. It runs without any permission.
 *
 * @module
 */
import { webpExif } from "../../core/images/codecs/webp.ts";
import { sniffFormat } from "../../core/images/image_format.ts";
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

/** What exifr is to read. It keeps each options object that it was ever given, so that there is one for each purpose, and not one a photo. */
function optionsFor(pick: string[]) {
  return { pick, gps: true, translateValues: false, reviveValues: false };
}

const CAMERA = optionsFor([
  "FocalLength",
  "FocalPlaneXResolution",
  "FocalPlaneResolutionUnit",
  "SubjectDistance",
  "ExifImageWidth",
  "ExifImageHeight",
]);

const ORIGIN = optionsFor([
  "Make",
  "Model",
  "DateTimeOriginal",
  "OffsetTimeOriginal",
  "GPSStatus",
  "GPSLatitudeRef",
  "GPSLatitude",
  "GPSLongitudeRef",
  "GPSLongitude",
]);

/** The tags of a photo by their names; of a repeated one the first. None where it has no EXIF data, or damaged ones. */
async function readTags(
  bytes: Uint8Array,
  options: ReturnType<typeof optionsFor>,
): Promise<Readonly<Record<string, unknown>>> {
  // exifr knows no WebP; the TIFF structure in it is a file that it knows.
  const read = async () => {
    const source = sniffFormat(bytes).decoder === "webp" ? webpExif(bytes) : bytes;
    return source && await exifr.parse(source, options);
  };
  return await read().catch(() => undefined) ?? {};
}

/** Reads what is noted of the camera in a photo; nothing where it has no EXIF data, or damaged ones. */
export async function readExifCamera(bytes: Uint8Array): Promise<ExifCamera> {
  const tags = await readTags(bytes, CAMERA);
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

/** Where, when and with what a photo was taken, as far as its camera noted it. */
export interface PhotoOrigin {
  /** Degrees north of the equator, of WGS 84. */
  readonly latitude?: number;
  /** Degrees east of Greenwich. */
  readonly longitude?: number;
  /** ISO 8601, to the second; the camera's own time where it notes no offset from UTC. */
  readonly taken?: string;
  /** Maker and model. */
  readonly camera?: string;
}

/** Reads where, when and with what a photo was taken; `undefined` where nothing of it is noted. */
export async function readExifOrigin(bytes: Uint8Array): Promise<PhotoOrigin | undefined> {
  const tags = await readTags(bytes, ORIGIN);
  const [latitude, longitude] = [degreesOf(tags.latitude, 90), degreesOf(tags.longitude, 180)];
  // A receiver that has lost the satellites notes V, and where it last was.
  const isPlaced = latitude !== undefined && longitude !== undefined && textOf(tags.GPSStatus) !== "V";
  const taken = timeOf(textOf(tags.DateTimeOriginal), textOf(tags.OffsetTimeOriginal));
  const camera = cameraName(textOf(tags.Make), textOf(tags.Model));
  const origin: PhotoOrigin = {
    ...(isPlaced ? { latitude, longitude } : {}),
    ...(taken === undefined ? {} : { taken }),
    ...(camera === "" ? {} : { camera }),
  };
  return Object.keys(origin).length === 0 ? undefined : origin;
}

function degreesOf(value: unknown, most: number): number | undefined {
  return typeof value === "number" && Math.abs(value) <= most ? value : undefined;
}

/** A text without what a camera fills it up with. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value.replaceAll(/\p{Cc}/gu, "").trim().slice(0, 100) : "";
}

/** `2024:03:01 10:22:33` and `+01:00` as ISO 8601. A clock that was never set notes blanks or zeros. */
function timeOf(text: string, offset: string): string | undefined {
  const match = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, time] = match;
  const local = `${year}-${month}-${day}T${time}`;
  if (month === "00" || Number.isNaN(Date.parse(`${local}Z`))) return undefined;
  return `${local}${/^[+-]\d\d:\d\d$/.test(offset) ? offset : ""}`;
}

/** Maker and model: many models begin with their maker, in capitals or not. */
function cameraName(maker: string, model: string): string {
  const [first] = maker.toLowerCase().split(/[\s,]/);
  return first !== "" && model.toLowerCase().startsWith(first) ? model : `${maker} ${model}`.trim();
}
