import { defaultScales, type ScaleSettings } from "../../core/predict/predict_scales.ts";
import { listOf, NUMBER, numberOr, oneOf, optional, recordSchema, TEXT } from "../../core/arguments.ts";
import {
  type ManifestSchema,
  manifestSchema,
  type PhotoRecord as CommonRecord,
  type RunManifest,
} from "../batch/manifests.ts";
import { formatScales } from "../batch/scale_option.ts";
import { NETWORK_RECORD, networkDifference, type NetworkRecord } from "../batch/network_record.ts";

/** A photo whose crack was predicted. */
export interface PhotoRecord extends CommonRecord {
  /** When, in UTC. */
  readonly predictedAt: string;
  /** Of a network that tells which way cracks go: crack pixels by direction, 18 parts of 10° from the right counter-clockwise. */
  readonly orientations?: readonly number[];
}

/** A photo's own scale and no other. */
export const OWN_SCALE: ScaleSettings = { ...defaultScales, start: 1, levels: 1 };

/** What a prediction depends on, apart from its photo. */
export interface PredictSettings {
  readonly segmenter: NetworkRecord;
  /** A pixel is crack above this confidence. */
  readonly threshold: number;
  /** Side of the tiles of larger photos, and what they share, in pixels. */
  readonly tile: number;
  readonly overlap: number;
  /** At which scales the network looks at a photo. Without, as in manifests of before there was a choice: at the photo's own. */
  readonly scales?: RecordedScales;
}

/** Scales as manifests have them. Without an enlargement, as before there was one: none. */
export type RecordedScales =
  & Omit<ScaleSettings, "enlargement">
  & Partial<Pick<ScaleSettings, "enlargement">>;

/** `manifest.json` of a folder of predictions: how they were made, from what, and what came out. */
export interface Manifest extends RunManifest<PhotoRecord>, PredictSettings {
  readonly task: "predict";
}

/** When a prediction was made, in UTC. */
export function madeAt({ predictedAt }: PhotoRecord): string {
  return predictedAt;
}

/** What is looked at of a manifest that is read from a file. */
export const PREDICT_MANIFEST: ManifestSchema<PhotoRecord, PredictSettings> = manifestSchema<
  PhotoRecord,
  PredictSettings
>({
  segmenter: NETWORK_RECORD,
  threshold: NUMBER,
  tile: NUMBER,
  overlap: NUMBER,
  scales: optional(recordSchema<RecordedScales>({
    levels: NUMBER,
    start: numberOr(oneOf("auto")),
    selectivity: NUMBER,
    enlargement: optional(NUMBER),
  })),
}, { predictedAt: TEXT, orientations: optional(listOf(NUMBER, "a list of numbers")) });

/** At which scales predictions are made. */
export function scalesOf({ scales = OWN_SCALE }: Pick<PredictSettings, "scales">): ScaleSettings {
  return { ...scales, enlargement: scales.enlargement ?? 1 };
}

/** The first setting in which earlier predictions differ from those to be made. */
export function settingsDifference(
  before: PredictSettings,
  settings: PredictSettings,
): { was: string; is: string } | undefined {
  for (const key of ["threshold", "tile", "overlap"] as const) {
    if (before[key] !== settings[key]) return { was: `${key} ${before[key]}`, is: String(settings[key]) };
  }
  const [was, is] = [scalesOf(before), scalesOf(settings)];
  if (formatScales(was) !== formatScales(is)) {
    return { was: `scale ${formatScales(was)}`, is: formatScales(is) };
  }
  for (const key of Object.keys(is) as (keyof ScaleSettings)[]) {
    if (was[key] !== is[key]) return { was: `${key} ${was[key]}`, is: String(is[key]) };
  }
  return networkDifference("network", before.segmenter, settings.segmenter);
}
