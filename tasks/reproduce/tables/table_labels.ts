import { openCompute } from "../../../core/gpu/open_compute.ts";
import { openBackend } from "../../../models/backend.ts";
import { LabelNetworks } from "../../label/networks.ts";
import { labellingPlans } from "../labelling_plans.ts";
import { labellerTable, openRows } from "../measure/labeller_tables.ts";
import { measuredPhotos } from "../measure/measured_parts.ts";
import type { Outcome, OutcomeTable } from "../outcome.ts";
import { dataOf } from "../paper_set.ts";
import type { Run } from "../run.ts";

/** How good the labels of each method and each of its variants are, and how calm they leave crack-free ground; on the test part by default. */
export async function tableLabels(run: Run): Promise<Outcome> {
  const parts = await measuredPhotos(run);
  using compute = await openCompute();
  await openBackend({ compute, backend: run.backend });
  using networks = new LabelNetworks(run.labelNetworks ?? {});
  const { rows, records } = await openRows(labellingPlans, { compute, networks });
  const tables: OutcomeTable[] = [], skipped = new Set<string>();
  for (const part of parts) {
    const found = await labellerTable(part, rows, { compute, run });
    tables.push(found.table);
    for (const sentence of found.skipped) skipped.add(sentence);
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
