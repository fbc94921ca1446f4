import { defaultHairline, type HairlineSettings } from "../../core/label/hairline/settings.ts";
import { type Recipe, recipes } from "../../core/label/recipe.ts";
import type { NetworkRecords } from "../label/networks.ts";
import { openHairline, type OpenLabeller, openPaper } from "../label/open_labeller.ts";

/** A method of labelling with its settings, as a row of the table of labels. */
export interface LabellingPlan {
  /** Names its counts. */
  readonly id: string;
  /** What it is called in tables. */
  readonly title: string;
  /** The networks that it asks. */
  readonly networks: readonly (keyof NetworkRecords)[];
  /** What was labelled of the photos that it learnt from, where that is told. */
  readonly labels?: string;
  /** SHA-256 of the parameters of a network of its own. */
  readonly sha256?: string;
  readonly open: OpenLabeller;
}

/** The method hairline with one change. */
type Variant = readonly [id: string, title: string, change: Partial<HairlineSettings>];

const { scales } = defaultHairline;

/** Both ends of each choice, so that the table has a row for what is not the default, whichever that is. */
const VARIANTS: readonly Variant[] = [
  ["one-scale", "one scale only (2)", { scales: { ...scales, levels: 1 } }],
  ["scales-mean", "scales joined by their mean (2)", { scales: { ...scales, selectivity: 0 } }],
  ["scales-decided", "scales weighted by the square of how decided they are (2)", {
    scales: { ...scales, selectivity: 2 },
  }],
  ["scales-selective", "scales weighted by the 16th power of that (2)", {
    scales: { ...scales, selectivity: 16 },
  }],
  ["three-scales", "three scales (2)", { scales: { ...scales, levels: 3 } }],
  ["start-1", "first scale 1 (2)", { scales: { ...scales, start: 1 } }],
  ["start-auto", "first scale by the photo's detail (2)", { scales: { ...scales, start: "auto" } }],
  ["no-enlargement", "small sharp photos at their own size (2)", { scales: { ...scales, enlargement: 1 } }],
  ["enlargement", "small sharp photos enlarged by up to 1.5 (2)", {
    scales: { ...scales, enlargement: 1.5 },
  }],
  ["no-localisation", "without localisation (1, 4)", { localisation: "none" }],
  ["localisation", "√(network · localisation) (1, 4)", {
    localisation: "dense",
    fusion: "geometric-mean",
  }],
  ["localisation-mean", "mean of network and localisation (1, 4)", {
    localisation: "dense",
    fusion: "mean",
  }],
  ["no-flips", "without mirror images (2)", { flips: "none" }],
  ["flips-horizontal", "one mirror image (2)", { flips: "horizontal" }],
  ["flips-both", "three mirror images (2)", { flips: "both" }],
  ["no-guided-filter", "without the guided filter (3)", { guidedRadius: 0 }],
  ["guided-filter", "guided filter of radius 4 (3)", { guidedRadius: 4 }],
  ["no-stretch", "without stretching (5)", { stretchPercentile: 0 }],
  ["stretch", "stretched by the 99.5th percentile (5)", { stretchPercentile: 99.5 }],
  ["no-fit", "without the photo's grey values (6)", { fitShare: 0 }],
  ["fit", "half by the photo's grey values (6)", { fitShare: 0.5 }],
  ["all-pieces", "all pieces (6)", { pieces: "all" }],
  ["plausible-pieces", "plausible pieces (6)", { pieces: "plausible" }],
  ["shade-kept", "plausible pieces and shade (6)", { pieces: "plausible", shade: "keep" }],
  ["shade-dropped", "plausible pieces but shade (6)", { pieces: "plausible", shade: "drop" }],
  ["no-continuation", "thin cracks end at the threshold (7)", { continuation: 1 }],
  ["continuation", "thin cracks go on down to half the threshold (7)", { continuation: 0.5 }],
  ["no-widening", "cracks that the network is not sure of end at the threshold (8)", { unsureShare: 1 }],
  ["widening", "their threshold falls to half of it (8)", { unsureShare: 0.5 }],
  ["raw-confidences", "confidences that the mask was decided by (9)", { confidences: "raw" }],
  ["adjusted-confidences", "confidences adjusted to the mask (9)", { confidences: "adjusted" }],
];

/** The rows of the table of labels. */
export const labellingPlans: readonly LabellingPlan[] = [
  paperPlan(recipes.paper),
  paperPlan(recipes.reference),
  hairlinePlan("hairline", "hairline", defaultHairline),
  ...changesOf(defaultHairline).map(([id, title, change]) =>
    hairlinePlan(`hairline-${id}`, `hairline, ${title}`, { ...defaultHairline, ...change })
  ),
];

/** The variants that label in another way than some settings. */
export function changesOf(settings: HairlineSettings): readonly Variant[] {
  return VARIANTS.filter(([, , change]) => said({ ...settings, ...change }) !== said(settings));
}

/** What settings say, apart from their name; how a localisation is joined says nothing where there is none. */
function said({ name: _, ...settings }: HairlineSettings): string {
  return JSON.stringify(settings.localisation === "none" ? { ...settings, fusion: null } : settings);
}

function paperPlan(recipe: Recipe): LabellingPlan {
  const { name } = recipe;
  return { id: name, title: `recipe ${name}`, networks: ["classifier"], open: openPaper(recipe) };
}

function hairlinePlan(id: string, title: string, settings: HairlineSettings): LabellingPlan {
  const networks = settings.localisation === "none"
    ? ["segmenter"] as const
    : ["classifier", "segmenter"] as const;
  return { id, title, networks, open: openHairline(settings) };
}
