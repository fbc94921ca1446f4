import { cameraScale } from "../../core/measure/camera_scale.ts";
import { UsageError } from "../cli/errors.ts";
import { readReview } from "../studio/review.ts";
import { type ExifCamera, readExifCamera } from "../files/exif.ts";

/** How photos were taken, as far as the command says; the rest is read from each photo. Millimetres. */
export type CameraOptions = { readonly [Name in keyof ExifCamera]?: number };

/** Where the scale of photos comes from. */
export type ScaleSource =
  | { readonly kind: "none" }
  | { readonly kind: "given"; readonly mmPerPixel: number }
  | { readonly kind: "table"; readonly file: string; readonly scales: Readonly<Record<string, number>> }
  | { readonly kind: "camera"; readonly camera: CameraOptions };

/** The scale of a photo, or a sentence that says why there is none. */
export interface PhotoScale {
  readonly mmPerPixel?: number;
  readonly problem?: string;
}

/** What the options of the scale say. */
export interface ScaleOptions extends CameraOptions {
  readonly mmPerPixel?: number;
  /** A CSV with one scale a photo. */
  readonly scales?: string;
  /** Whether to take what is not given from each photo's EXIF data. */
  readonly exif: boolean;
  /** Runs of `label` or `predict`, for whose photos scales may have been drawn in the studio: they count where nothing else is said. */
  readonly runs?: readonly string[];
}

/**
 * Where the scale comes from.
 *
 * @throws {UsageError} if it would come from two places, or the table is none.
 */
export async function openScales(options: ScaleOptions): Promise<ScaleSource> {
  const { mmPerPixel, scales, exif, focalLength, sensorWidth, distance } = options;
  const camera = { focalLength, sensorWidth, distance };
  const fromCamera = exif || Object.values(camera).some((value) => value !== undefined);
  const sources = [mmPerPixel !== undefined, scales !== undefined, fromCamera].filter(Boolean).length;
  if (sources > 1) {
    throw new UsageError(
      "Cannot take the scale from two places: give --mm-per-pixel, or --scales, or what is known of the camera.",
    );
  }
  if (mmPerPixel !== undefined) return { kind: "given", mmPerPixel };
  if (scales !== undefined) {
    return { kind: "table", file: scales, scales: parseScales(scales, await Deno.readTextFile(scales)) };
  }
  return fromCamera ? { kind: "camera", camera } : await drawnScales(options.runs ?? []);
}

/** The scales that were drawn on photos of runs in the studio, if any were. */
async function drawnScales(runs: readonly string[]): Promise<ScaleSource> {
  const scales: Record<string, number> = {};
  for (const run of runs) {
    for (const { name, mmPerPixel } of (await readReview(run)).values()) {
      if (mmPerPixel !== undefined) scales[keyOf(name)] = mmPerPixel;
    }
  }
  if (Object.keys(scales).length === 0) return { kind: "none" };
  return { kind: "table", file: "the review in the studio", scales };
}

/**
 * Reads a table of scales: lines `photo,mm per pixel`, a heading allowed; between semicolons or tabs numbers may have a decimal comma, as
 * spreadsheets write them in many countries. Photos are named as in the measurement, with or without extension.
 *
 * @throws {UsageError} that names the first line that is none.
 */
export function parseScales(file: string, text: string): Record<string, number> {
  const scales: Record<string, number> = {};
  text.replace(/^\ufeff/, "").split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === "") return;
    const match = /^\s*(?:"((?:[^"]|"")*)"|([^",;\t]*?))\s*(?:,\s*([^,;\t]*?)|[;\t]\s*([^;\t]*?))\s*$/.exec(
      line,
    );
    const number = match?.[3] ?? match?.[4]?.replace(",", ".") ?? "";
    const scale = number === "" ? NaN : Number(number);
    if (match === null || !(scale > 0 && scale < Infinity)) {
      // A heading is not a number, but zero and less are.
      if (i === 0 && match !== null && Number.isNaN(scale)) return;
      throw new UsageError(
        `Cannot use ${file}: its line ${i + 1} is ${
          JSON.stringify(line)
        }, a photo and its millimetres a pixel, above 0, are wanted.`,
      );
    }
    const name = keyOf(match[1]?.replaceAll('""', '"') ?? match[2]);
    if (Object.hasOwn(scales, name) && scales[name] !== scale) {
      throw new UsageError(
        `Cannot use ${file}: its line ${i + 1} gives ${name} the scale ${scale}, an earlier one ${
          scales[name]
        }; one is wanted.`,
      );
    }
    scales[name] = scale;
  });
  if (Object.keys(scales).length === 0) throw new UsageError(`Cannot use ${file}: there is no scale in it.`);
  return scales;
}

/** A photo's name without extension, in lower case. */
function keyOf(name: string): string {
  return name.trim().replace(/\.[a-z]{3,4}$/i, "").toLowerCase();
}

/**
 * The scale of one photo.
 *
 * @param photo its file and size, where there is one.
 */
export async function scaleOf(
  source: ScaleSource,
  name: string,
  photo: { readonly bytes: Uint8Array; readonly width: number; readonly height: number } | undefined,
): Promise<PhotoScale> {
  switch (source.kind) {
    case "none":
      return {};
    case "given":
      return { mmPerPixel: source.mmPerPixel };
    case "table": {
      const key = keyOf(name);
      return Object.hasOwn(source.scales, key)
        ? { mmPerPixel: source.scales[key] }
        : { problem: `${source.file} has no scale for ${name}: it is measured in pixels.` };
    }
    case "camera": {
      const known = await cameraOf(source.camera, photo?.bytes);
      const missing = (["sensorWidth", "focalLength", "distance"] as const).filter((key) =>
        known[key] === undefined
      );
      if (photo === undefined || missing.length > 0) {
        const words = {
          sensorWidth: "--sensor-width",
          focalLength: "--focal-length",
          distance: "--distance",
        };
        return {
          problem: photo === undefined
            ? "There is no photo to tell the scale from: it is measured in pixels."
            : `Its EXIF data does not tell the scale: it is measured in pixels; give ${
              missing.map((key) => words[key]).join(" and ")
            }.`,
        };
      }
      const { sensorWidth, focalLength, distance } = known as { [Name in keyof ExifCamera]: number };
      const pixels = Math.max(photo.width, photo.height);
      return { mmPerPixel: cameraScale({ sensorWidth, focalLength, distance, pixels }) };
    }
  }
}

/** What the command says, completed by what the photo says. */
async function cameraOf(given: CameraOptions, bytes: Uint8Array | undefined): Promise<ExifCamera> {
  const { sensorWidth, focalLength, distance } = given;
  const complete = [sensorWidth, focalLength, distance].every((value) => value !== undefined);
  const noted = complete || bytes === undefined ? undefined : await readExifCamera(bytes);
  return {
    sensorWidth: sensorWidth ?? noted?.sensorWidth,
    focalLength: focalLength ?? noted?.focalLength,
    distance: distance ?? noted?.distance,
  };
}
