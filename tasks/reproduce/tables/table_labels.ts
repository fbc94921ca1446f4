import type { Compute } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import type { Labeller } from "../../../core/label/labeller.ts";
import { openBackend } from "../../../models/backend.ts";
import { startProgress } from "../../cli/progress.ts";
import type { NetworkRecord } from "../../batch/network_record.ts";
import { LabelNetworks } from "../../label/networks.ts";
import { type LabellingPlan, labellingPlans } from "../labelling_plans.ts";
import { crackFreeTable } from "../measure/crack_free_table.ts";
import { labelRow } from "../measure/label_rows.ts";
import { maskFigures, sweptImages } from "../measure/mask_figures.ts";
import { measure, type Measurement, type Measurements } from "../measure/measure.ts";
import { type LabellerMethods, labellerMethods, type Method } from "../measure/method.ts";
import { type MeasuredPart, measuredPhotos } from "../measure/measured_parts.ts";
import type { Outcome, OutcomeRow, OutcomeTable } from "../outcome.ts";
import { dataOf } from "../paper_set.ts";
import type { Run } from "../run.ts";

const NOTES = [
  "F1 at default: the mean over photos of F1 of the masks that label writes; below ODS: how much more the best threshold gives.",
  "area: crack pixels of these masks over those of the truth, of all photos together.",
  "Images a second: one photo after the other, all stages of a label, without reading and writing files.",
];

/** How good the labels of each method and each of its variants are, and how calm they leave crack-free ground; on the test part by default. */
export async function tableLabels(run: Run): Promise<Outcome> {
  const parts = await measuredPhotos(run);
  using compute = await openCompute();
  await openBackend({ compute, backend: run.backend });
  using networks = new LabelNetworks(run.labelNetworks ?? {});
  const { rows, records } = await openRows(labellingPlans, { compute, networks });
  const tables: OutcomeTable[] = [], skipped = new Set<string>();
  for (const part of parts) {
    const { set, split, photos } = part;
    const methods = part.crackFree
      ? rows.map(({ mask }) => mask)
      : rows.flatMap(({ confidence, mask }) => [confidence, mask]);
    const found = await measurePart(part, methods, { compute, run });
    for (const sentence of found.skipped) skipped.add(sentence);
    const what = `${photos.samples.length} of ${photos.all} photos`;
    if (part.crackFree) {
      tables.push(crackFreeTable(
        `Labels of ${set.title}, crack-free, ${what}`,
        found.results.map(({ sweep }, i) => ({
          title: rows[i].confidence.title,
          images: sweptImages(sweep),
        })),
      ));
    } else {
      tables.push({
        title: `Labels of ${set.title} ${split}, ${what}`,
        rows: rows.map((_, i) => labellerRow(found.results[2 * i], found.results[2 * i + 1])),
        notes: NOTES,
      });
    }
  }
  return {
    tables,
    pictures: [],
    data: parts.map(({ set, split, photos }) => dataOf(set, split, photos)),
    classifiers: [],
    networks: records,
    skipped: [...skipped],
  };
}

/** The methods of each row, on networks that are opened once. */
async function openRows(
  plans: readonly LabellingPlan[],
  { compute, networks }: { readonly compute: Compute; readonly networks: LabelNetworks },
): Promise<{ readonly rows: readonly LabellerMethods[]; readonly records: readonly NetworkRecord[] }> {
  const labellers: Labeller[] = [];
  for (const plan of plans) labellers.push(await plan.open(compute, networks));
  const records = await networks.records();
  await networks.startThreads(compute);
  const rows = plans.map(({ id, title, networks }, i) => {
    const hashes = networks.map((kind) => [kind, records[kind]!.sha256] as const);
    return labellerMethods({ id, title, labeller: labellers[i], networks: Object.fromEntries(hashes) });
  });
  return { rows, records: Object.values(records) };
}

async function measurePart(
  { photos: { samples }, prefix }: MeasuredPart,
  methods: readonly Method[],
  { compute, run: { folder, quiet } }: { readonly compute: Compute; readonly run: Run },
): Promise<Measurements> {
  using progress = startProgress({ total: samples.length, unit: "photo", quiet });
  return await measure(samples, methods, { compute, folder: `${folder}/counts`, prefix, progress });
}

/** The figures of labels, and of the masks that are made of them. */
function labellerRow(confidence: Measurement, mask: Measurement): OutcomeRow {
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
