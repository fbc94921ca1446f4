import { fullName } from "../../../core/datasets/sample.ts";
import type { Compute } from "../../../core/gpu/compute.ts";
import type { Labeller } from "../../../core/label/labeller.ts";
import type { NetworkRecord } from "../../batch/network_record.ts";
import { startProgress } from "../../cli/progress.ts";
import { inShard, type Shard } from "../../files/shard.ts";
import type { LabelNetworks } from "../../label/networks.ts";
import type { LabellingPlan } from "../labelling_plans.ts";
import type { OutcomeRow, OutcomeTable } from "../outcome.ts";
import type { Run } from "../run.ts";
import { crackFreeTable } from "./crack_free_table.ts";
import { labelRow } from "./label_rows.ts";
import { maskFigures, sweptImages } from "./mask_figures.ts";
import { measure, type Measurement, type Measurements } from "./measure.ts";
import type { MeasuredPart } from "./measured_parts.ts";
import { type LabellerMethods, labellerMethods } from "./method.ts";

/** A row of tables of labels. */
export interface LabellerRow extends LabellerMethods {
  readonly labeller: Labeller;
  readonly plan: LabellingPlan;
}

const NOTES = [
  "F1 at default: the mean over photos of F1 of the masks that label writes; below ODS: how much more the best threshold gives.",
  "area: crack pixels of these masks over those of the truth, of all photos together.",
  "Images a second: one photo after the other, all stages of a label, without reading and writing files.",
];

/** The methods of each row, on networks that are opened once. */
export async function openRows(
  plans: readonly LabellingPlan[],
  { compute, networks }: { readonly compute: Compute; readonly networks: LabelNetworks },
): Promise<{ readonly rows: readonly LabellerRow[]; readonly records: readonly NetworkRecord[] }> {
  const labellers: Labeller[] = [];
  for (const plan of plans) labellers.push(await plan.open(compute, networks));
  const records = await networks.records();
  await networks.startThreads(compute);
  const rows = plans.map((plan, i) => {
    const { id, title, networks, sha256 } = plan;
    const hashes = networks.map((kind) => [kind, records[kind]!.sha256] as const);
    const labeller = labellers[i];
    const hashed = { ...Object.fromEntries(hashes), ...(sha256 !== undefined && { own: sha256 }) };
    return { plan, labeller, ...labellerMethods({ id, title, labeller, networks: hashed }) };
  });
  return { rows, records: Object.values(records) };
}

/** Options of {@linkcode labellerTable}. */
export interface LabellerTableOptions {
  readonly compute: Compute;
  readonly run: Pick<Run, "folder" | "quiet">;
  /** What has to be known besides. */
  readonly notes?: readonly string[];
}

/**
 * Counts what the labels of each row find: of photos with masks confidences and masks in turn, of those without a crack masks alone.
 *
 * @param options `shard`: only of this part of the photos.
 */
export async function measureRows(
  { photos: { samples }, prefix, crackFree }: MeasuredPart,
  rows: readonly LabellerRow[],
  { compute, run: { folder, quiet }, shard }: Omit<LabellerTableOptions, "notes"> & {
    readonly shard?: Shard;
  },
): Promise<Measurements> {
  const methods = crackFree
    ? rows.map(({ mask }) => mask)
    : rows.flatMap(({ confidence, mask }) => [confidence, mask]);
  const total = samples.filter((sample) => shard === undefined || inShard(fullName(sample), shard)).length;
  using progress = startProgress({ total, unit: "photo", quiet });
  return await measure(samples, methods, { compute, folder: `${folder}/counts`, prefix, progress, shard });
}

/** How good the labels of each row are on photos with masks, or how calm they leave photos without a crack. */
export async function labellerTable(
  part: MeasuredPart,
  rows: readonly LabellerRow[],
  { compute, run, notes = [] }: LabellerTableOptions,
): Promise<{ readonly table: OutcomeTable; readonly skipped: readonly string[] }> {
  const { set, split, photos: { samples, all }, crackFree } = part;
  const { results, skipped } = await measureRows(part, rows, { compute, run });
  const what = `${samples.length} of ${all} photos`;
  if (crackFree) {
    const swept = results.map(({ sweep }, i) => ({
      title: rows[i].plan.title,
      images: sweptImages(sweep),
    }));
    return { table: crackFreeTable(`Labels of ${set.title}, crack-free, ${what}`, swept), skipped };
  }
  const table: OutcomeTable = {
    title: `Labels of ${set.title} ${split}, ${what}`,
    rows: rows.map(({ plan }, i) => ({
      ...figuresOf(results[2 * i], results[2 * i + 1]),
      ...(plan.labels !== undefined && { labels: plan.labels }),
    })),
    notes: [...NOTES, ...notes],
  };
  return { table, skipped };
}

/** The figures of labels, and of the masks that are made of them. */
function figuresOf(confidence: Measurement, mask: Measurement): OutcomeRow {
  const { title, figures } = labelRow(confidence.method.title, confidence);
  const [{ ours: ods }] = figures;
  const { f1, area } = maskFigures(sweptImages(mask.sweep));
  return {
    title,
    figures: [
      ...figures,
      { metric: "F1 at default", ours: f1 },
      { metric: "below ODS", ours: ods - f1 },
      { metric: "area", ours: area },
      { metric: "images/s", ours: 1 / confidence.secondsPerPhoto },
    ],
  };
}
