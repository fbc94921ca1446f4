import { anyObject, BOOLEAN, NUMBER, optional, passing, TEXT } from "../../core/arguments.ts";
import type { WidthBands } from "../../core/measure/bands.ts";
import type { CrackMeasurement } from "../../core/measure/crack_measurement.ts";
import { manifestSchema, type PhotoRecord as CommonRecord, type RunManifest } from "../batch/manifests.ts";
import type { ScaleSource } from "./photo_scale.ts";

/** A photo whose cracks were measured. `path` is that of its mask. */
export interface PhotoRecord extends CommonRecord {
  /** The photo of the mask, where there is one. */
  readonly photo?: string;
  readonly mmPerPixel?: number;
  readonly cracks: number;
  /** Of all cracks, in pixels. */
  readonly length: number;
  /** The greatest of all cracks, in pixels; null where there is none. */
  readonly widthMax: number | null;
  /** The band of the widest crack. */
  readonly band?: string;
  /** When, in UTC. */
  readonly measuredAt: string;
}

/** What a measurement depends on, apart from mask and photo. */
export interface MeasureSettings {
  readonly scale: ScaleSource;
  readonly prune: boolean;
  readonly bands?: WidthBands;
}

/** `manifest.json` of a folder of measurements. */
export interface Manifest extends RunManifest<PhotoRecord>, MeasureSettings {
  readonly task: "measure";
}

/** When a mask was measured, in UTC. */
export function madeAt({ measuredAt }: PhotoRecord): string {
  return measuredAt;
}

/** What is looked at of a manifest that is read from a file. */
export const MEASURE_MANIFEST = manifestSchema<PhotoRecord, MeasureSettings>({
  scale: passing<ScaleSource>(
    "where the scale is from",
    (value) => typeof value === "object" && value !== null,
  ),
  prune: BOOLEAN,
  bands: optional(anyObject<WidthBands>()),
}, {
  photo: optional(TEXT),
  mmPerPixel: optional(NUMBER),
  cracks: NUMBER,
  length: NUMBER,
  widthMax: passing<number | null>(
    "a number or null",
    (value) => value === null || typeof value === "number",
  ),
  band: optional(TEXT),
  measuredAt: TEXT,
});

/** `measured/NAME.json`: what was measured in a photo. */
export interface MeasuredFile {
  readonly name: string;
  readonly mask: string;
  readonly photo?: string;
  readonly measurement: CrackMeasurement;
  /** The band of each crack, in their order; undefined without a scale or bands. */
  readonly bands: readonly (string | undefined)[];
}

/** The first setting in which earlier measurements differ from those to be made. */
export function settingsDifference(
  before: MeasureSettings,
  now: MeasureSettings,
): { was: string; is: string } | undefined {
  if (before.prune !== now.prune) {
    const words = (prune: boolean) => prune ? "spurs left out" : "spurs kept";
    return { was: words(before.prune), is: words(now.prune) };
  }
  for (const [what, key] of [["the scale", "scale"], ["the bands", "bands"]] as const) {
    const [was, is] = [before[key], now[key]].map((value) => JSON.stringify(value) ?? "none");
    if (was !== is) return { was: `${what} ${was}`, is };
  }
  return undefined;
}
