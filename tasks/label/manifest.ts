import type { HairlineSettings } from "../../core/label/hairline/settings.ts";
import type { Labeller } from "../../core/label/labeller.ts";
import { anyObject, BOOLEAN, listOf, optional, passing, TEXT } from "../../core/arguments.ts";
import {
  type ManifestSchema,
  manifestSchema,
  type PhotoRecord as CommonRecord,
  type RunManifest,
} from "../batch/manifests.ts";
import { NETWORK_RECORD, networkDifference } from "../batch/network_record.ts";
import type { NetworkRecords } from "./networks.ts";

/** A photo that was labelled. */
export interface PhotoRecord extends CommonRecord {
  readonly usableForTraining: boolean;
  /** The maps in `stages/NAME/`, in the order of the method; none where they were not asked for. */
  readonly stages: readonly string[];
  /** When, in UTC. */
  readonly labelledAt: string;
}

/** What a label depends on, apart from its photo. */
export interface LabelSettings extends NetworkRecords {
  /** Of the paper's method: its recipe. */
  readonly recipe?: Readonly<Record<string, unknown>>;
  /** Any other method. */
  readonly method?: string;
  /** Its settings. */
  readonly parameters?: Readonly<object>;
  /** Seeds of whatever is random: labelling is not. */
  readonly seeds?: Readonly<Record<string, number>>;
}

/** `manifest.json` of a folder of labels: how they were made, from what, and what came out. */
export interface Manifest extends RunManifest<PhotoRecord>, LabelSettings {
  readonly task: "label";
}

/** When a label was made, in UTC. */
export function madeAt({ labelledAt }: PhotoRecord): string {
  return labelledAt;
}

/** What keys of stages look like: they are names of files. */
export const STAGE_KEY = /^[\w-]+$/;

/** What is looked at of a manifest that is read from a file. */
export const LABEL_MANIFEST: ManifestSchema<PhotoRecord, LabelSettings> = manifestSchema<
  PhotoRecord,
  LabelSettings
>({
  recipe: optional(anyObject()),
  method: optional(TEXT),
  parameters: optional(anyObject()),
  seeds: optional(anyObject()),
  classifier: optional(NETWORK_RECORD),
  segmenter: optional(NETWORK_RECORD),
}, {
  usableForTraining: BOOLEAN,
  stages: listOf(
    passing<string>(
      "the name of a stage",
      (value) => typeof value === "string" && STAGE_KEY.test(value),
    ),
    "a list of stages",
  ),
  labelledAt: TEXT,
});

/** What labels of a method and its networks depend on. */
export function settingsOf({ id, title, settings }: Labeller, networks: NetworkRecords): LabelSettings {
  const method = id === "paper"
    ? { recipe: { name: title, ...settings } }
    : { method: id, parameters: settings };
  return { ...method, seeds: {}, ...networks };
}

/** The first setting in which earlier labels differ from those to be made; the name of a recipe is none. */
export function settingsDifference(
  before: LabelSettings,
  now: LabelSettings,
): { was: string; is: string } | undefined {
  const [was, is] = [methodOf(before), methodOf(now)];
  if (was !== is) return { was: `the method ${was}`, is };
  for (const [field, value] of Object.entries(fieldsOf(now))) {
    if (field === "name") continue;
    const was = fieldsOf(before)[field];
    if (JSON.stringify(was) !== JSON.stringify(value)) {
      return { was: `${field} ${show(was)}`, is: show(value) };
    }
  }
  if (is === "cam-crf") {
    const [were, are] = [before, now].map(({ parameters }) => JSON.stringify(parameters));
    if (were !== are) return { was: were, is: are };
  }
  return networkDifference("classifier", before.classifier, now.classifier) ??
    networkDifference("segmenter", before.segmenter, now.segmenter);
}

/** Settings of the method hairline that its first manifests lack, as they were in effect then. */
const BEFORE_THEY_WERE_THERE: Pick<
  HairlineSettings,
  "pieces" | "shade" | "flips" | "continuation" | "fitShare" | "unsureShare" | "confidences"
> = {
  pieces: "all",
  shade: "keep",
  flips: "none",
  continuation: 1,
  fitShare: 0,
  unsureShare: 1,
  confidences: "raw",
};

/** Their scales: photos were not enlarged before there was a setting for it. */
function enlargedScales({ scales }: Partial<HairlineSettings> = {}): Partial<HairlineSettings> {
  return scales === undefined ? {} : { scales: { ...scales, enlargement: scales.enlargement ?? 1 } };
}

/** What is compared field by field; the parameters of a random field are compared, and named, together. */
function fieldsOf(settings: LabelSettings): Readonly<Record<string, unknown>> {
  switch (methodOf(settings)) {
    case "paper":
      return { ...settings.recipe };
    case "hairline":
      return { ...BEFORE_THEY_WERE_THERE, ...settings.parameters, ...enlargedScales(settings.parameters) };
    case "cam-crf":
      return {};
    default:
      return { ...settings.parameters };
  }
}

function show(value: unknown): string {
  return typeof value === "object" && !Array.isArray(value) ? JSON.stringify(value) : String(value);
}

/** The id of the method. Manifests of CRF labels that `reproduce` wrote before there were others did not name it. */
export function methodOf({ method, recipe }: LabelSettings): string {
  return method ?? (recipe === undefined ? "cam-crf" : "paper");
}
