import { openCompute } from "../../../core/gpu/open_compute.ts";
import { openBackend } from "../../../models/backend.ts";
import type { Shard } from "../../files/shard.ts";
import { LabelNetworks } from "../../label/networks.ts";
import { labellingPlans } from "../labelling_plans.ts";
import { labellerTable, measureRows, openRows } from "../measure/labeller_tables.ts";
import { measuredPhotos } from "../measure/measured_parts.ts";
import type { CountedPart, Outcome, OutcomeTable } from "../outcome.ts";
import { dataOf } from "../paper_set.ts";
import type { Run } from "../run.ts";

/** How good the labels of each method and each of its variants are, and how calm they leave crack-free ground; on the test part by default. */
export async function tableLabels(run: Run): Promise<Outcome> {
  const parts = await measuredPhotos(run);
  using opened = await open(run);
  const { compute, rows, records } = opened;
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

/** Counts one part of the photos for {@linkcode tableLabels}. */
export async function countLabels(run: Run, shard: Shard): Promise<CountedPart> {
  const parts = await measuredPhotos(run);
  using opened = await open(run);
  const { compute, rows } = opened;
  let photos = 0;
  const skipped = new Set<string>();
  for (const part of parts) {
    const found = await measureRows(part, rows, { compute, run, shard });
    photos += found.results[0].sweep.size;
    for (const sentence of found.skipped) skipped.add(sentence);
  }
  return { photos, skipped: [...skipped] };
}

/** The rows of the table, on their networks. */
async function open({ backend, labelNetworks = {} }: Run) {
  using stack = new DisposableStack();
  const compute = stack.use(await openCompute());
  await openBackend({ compute, backend });
  const networks = stack.use(new LabelNetworks(labelNetworks));
  const { rows, records } = await openRows(labellingPlans, { compute, networks });
  const owned = stack.move();
  return { compute, rows, records, [Symbol.dispose]: () => owned.dispose() };
}
