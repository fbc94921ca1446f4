import type { Recipe } from "../../core/label/recipe.ts";
import type { StageKey } from "../../core/label/stages.ts";
import {
  networkDifference,
  type NetworkRecord,
  type PhotoRecord as CommonRecord,
  type RunManifest,
} from "../batch/records.ts";

/** A photo that was labelled. */
export interface PhotoRecord extends CommonRecord {
  readonly usableForTraining: boolean;
  /** The maps in `stages/NAME/`, in the order of the method; none where they were not asked for. */
  readonly stages: readonly StageKey[];
  /** When, in UTC. */
  readonly labelledAt: string;
}

/** What a label depends on, apart from its photo. */
export interface LabelSettings {
  readonly recipe: Recipe;
  /** Seeds of whatever is random: labelling is not. */
  readonly seeds: Readonly<Record<string, number>>;
  readonly classifier: NetworkRecord;
}

/** `manifest.json` of a folder of labels: how they were made, from what, and what came out. */
export interface Manifest extends RunManifest<PhotoRecord>, LabelSettings {
  readonly task: "label";
}

/** The first setting in which earlier labels differ from those to be made; the name of a recipe is none. */
export function settingsDifference(
  before: LabelSettings,
  { recipe, classifier }: LabelSettings,
): { was: string; is: string } | undefined {
  for (const [field, value] of Object.entries(recipe)) {
    if (field === "name") continue;
    const was: unknown = before.recipe[field as keyof Recipe];
    if (JSON.stringify(was) !== JSON.stringify(value)) return { was: `${field} ${was}`, is: String(value) };
  }
  return networkDifference("classifier", before.classifier, classifier);
}
