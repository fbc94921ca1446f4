import { fullName, readMasked, type Sample, spread } from "../../../core/datasets/sample.ts";
import type { Compute } from "../../../core/gpu/compute.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import type { Labeller } from "../../../core/label/labeller.ts";
import { openBackend } from "../../../models/backend.ts";
import { maskBytes } from "../../batch/map_bytes.ts";
import { networkRecord } from "../../batch/network_record.ts";
import { describeError } from "../../cli/errors.ts";
import { startProgress } from "../../cli/progress.ts";
import { LabelNetworks } from "../../label/networks.ts";
import { readSegmenter } from "../../segmenter/read_segmenter.ts";
import { type PictureCell, pictureGrid, type PictureRow } from "../figures/picture_grid.ts";
import { labellerTable, openRows } from "../measure/labeller_tables.ts";
import { type MeasuredPart, measuredPhotos } from "../measure/measured_parts.ts";
import { methodPlans, type NamedNetwork, networkPlan } from "../method_plans.ts";
import type { Outcome, OutcomeTable } from "../outcome.ts";
import { dataOf, photosOf } from "../paper_set.ts";
import type { Run } from "../run.ts";
import { crfParameters, type CrfSearch, describeSearch, searchPhotos } from "../training/crf_search.ts";

/** Photos in the picture. */
const SHOWN = 8;

/** The folder of experiments names counts of the search by it: it is the classifier that ships, or the one given in its place. */
const CLASSIFIER = { id: "labels" };

/**
 * Every method of labelling and every network that is given, on the same photos: how good, how fast, and what labels it needed; on the test
 * part by default. Where a set has a training part with masks, the random field of `cam-crf` is given the parameters that are best there.
 */
export async function allMethods(run: Run): Promise<Outcome> {
  const parts = await measuredPhotos(run);
  using compute = await openCompute();
  await openBackend({ compute, backend: run.backend });
  using labelNetworks = new LabelNetworks(run.labelNetworks ?? {});
  using stack = new DisposableStack();
  const trained: NamedNetwork[] = [];
  for (const { title: name, path: source } of run.trained ?? []) {
    const segmenter = stack.use(await readSegmenter(source, { script: "tasks/reproduce.ts" }));
    trained.push({ name, source, segmenter, sha256: (await networkRecord(segmenter, source)).sha256 });
  }
  const shown = shownPhotos(parts);
  const columns = new Map<Sample, Column>();
  const tables: OutcomeTable[] = [], skipped = new Set<string>();
  let records: Awaited<ReturnType<typeof openRows>>["records"] = [];
  for (const part of parts) {
    const search = await searchOn(part, { compute, labelNetworks, run });
    const field = search && { parameters: search.best.parameters, photos: search.photos };
    const plans = [...methodPlans(field), ...trained.map(networkPlan)];
    const opened = await openRows(plans, { compute, networks: labelNetworks });
    records = opened.records;
    const found = await labellerTable(part, opened.rows, {
      compute,
      run,
      notes: [
        `cam-crf: ${
          search
            ? describeSearch(search)
            : "its default parameters, since there is no training part to search on."
        }`,
      ],
    });
    tables.push(found.table);
    for (const sentence of [...found.skipped, ...search?.skipped ?? []]) skipped.add(sentence);
    for (const sample of shown.get(part) ?? []) {
      try {
        columns.set(sample, await columnOf(part, sample, opened.rows.map(({ labeller }) => labeller)));
      } catch (error) {
        if (error instanceof Deno.errors.NotCapable) throw error;
        skipped.add(`${fullName(sample)}: ${describeError(error)}`);
      }
    }
  }
  const titles = [
    "photo",
    "truth",
    ...[...methodPlans(), ...trained.map(networkPlan)].map(({ title }) => title),
  ];
  return {
    tables,
    pictures: [{
      file: "all-methods.svg",
      content: await pictureGrid(
        "All methods: their masks of the same photos",
        Array.from(columns.values(), ({ title }) => title),
        titles.map((title, i): PictureRow => ({
          title,
          cells: Array.from(columns.values(), ({ cells }) => cells[i]),
        })),
      ),
    }],
    data: parts.map(({ set, split, photos }) => dataOf(set, split, photos)),
    classifiers: [],
    networks: [
      ...records,
      ...trained.map(({ segmenter, source, sha256 }) => ({ name: segmenter.name, source, sha256 })),
    ],
    skipped: [...skipped],
  };
}

/** The parameters of the random field that are best on photos of a set's training part; none of a set that has none. */
async function searchOn(
  { set, split, crackFree }: MeasuredPart,
  { compute, labelNetworks, run: { folder, quiet, scale } }: {
    readonly compute: Compute;
    readonly labelNetworks: LabelNetworks;
    readonly run: Run;
  },
): Promise<CrfSearch | undefined> {
  if (crackFree || split === "all") return undefined;
  const { samples } = await photosOf(set, { split: "train" });
  const photos = searchPhotos(samples, scale.searchPhotos);
  const classifier = await labelNetworks.classifier();
  const { sha256 } = (await labelNetworks.records()).classifier!;
  using progress = startProgress({ total: photos.length, unit: "photo", quiet });
  return await crfParameters({ plan: CLASSIFIER, classifier, sha256 }, {
    set,
    folder,
    compute,
    photos,
    progress,
  });
}

/** Photos of all parts with masks in equal numbers, as far as they go. */
function shownPhotos(parts: readonly MeasuredPart[]): ReadonlyMap<MeasuredPart, readonly Sample[]> {
  const masked = parts.filter(({ crackFree }) => !crackFree);
  let left = SHOWN;
  return new Map(masked.map((part, i) => {
    const some = spread(part.photos.samples, Math.ceil(left / (masked.length - i)));
    left -= some.length;
    return [part, some];
  }));
}

/** A photo in the picture: itself, its truth, and the mask of each method. */
interface Column {
  readonly title: string;
  readonly cells: readonly PictureCell[];
}

async function columnOf(
  { set }: MeasuredPart,
  sample: Sample,
  labellers: readonly Labeller[],
): Promise<Column> {
  const { image, mask: truth } = await readMasked(sample);
  const { width, height } = image;
  const cells: PictureCell[] = [
    { width, height, data: new Uint8ClampedArray(image.data) },
    { width, height, data: maskBytes(truth.data) },
  ];
  for (const labeller of labellers) {
    const { mask } = await labeller.label(image);
    cells.push({ width, height, data: maskBytes(mask) });
  }
  return { title: `${set.title}, ${sample.name}`, cells };
}
