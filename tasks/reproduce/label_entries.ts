import type { Instruments } from "../label/label_photos.ts";
import type { PhotoRecord } from "../label/manifest.ts";
import { openInstruments } from "../label/open_session.ts";
import { maskPath } from "../batch/maps.ts";
import type { PhotoRunOptions, RunSummary } from "../batch/batch_run.ts";
import { fileEntry, type MaskedEntry } from "../segmenter/masked_entry.ts";
import type { PhotoSet } from "./photo_set.ts";
import type { Run } from "./run.ts";
import { nameIn, type TrainingPart, type TruthEntries } from "./training_truth.ts";

/** Photos to label into a folder. */
export interface LabelFolder extends PhotoRunOptions {
  readonly title: string;
  readonly set: PhotoSet;
}

/** Options of {@linkcode labelEntries}. */
export interface LabelEntriesOptions {
  readonly run: Run;
  /** Names the folders: `labels/SET-SPLIT-ID/`. */
  readonly id: string;
  /** The file of a set's classifier. */
  readonly classifierPath: (set: PhotoSet) => string;
  /** Labels photos; those that a run had labelled before it was broken off are passed over. */
  readonly label: (
    folder: LabelFolder,
    open: () => Promise<Instruments>,
  ) => Promise<RunSummary<PhotoRecord>>;
}

/** Labels the photos of all parts, and takes the labels that have crack pixels enough to be trained on. */
export async function labelEntries(
  parts: readonly TrainingPart[],
  { run: { folder, backend, quiet }, id, classifierPath, label }: LabelEntriesOptions,
): Promise<TruthEntries> {
  const entries: MaskedEntry[] = [], skipped: string[] = [];
  for (const { set, samples, extra = false } of parts) {
    for (const [split, ofSplit] of Map.groupBy(samples, ({ split }) => split)) {
      using stack = new DisposableStack();
      const out = `${folder}/labels/${set.name}-${split}-${id}`;
      const paths = ofSplit.map(({ imagePath }) => imagePath);
      const { photos, failures } = await label(
        { paths, out, quiet, set, title: `${set.title} ${split}` },
        async () => {
          const instruments = await openInstruments({ classifier: classifierPath(set), backend, quiet });
          stack.use(instruments.compute);
          stack.use(instruments.classifier);
          return instruments;
        },
      );
      for (const { name, error } of failures) skipped.push(`${name}: ${error}`);
      const byPath = new Map(ofSplit.map((sample) => [sample.imagePath, sample]));
      for (const { name, path, usableForTraining } of photos) {
        if (!usableForTraining) continue;
        entries.push(fileEntry({
          name: nameIn(set, byPath.get(path)!),
          path,
          mask: maskPath(out, name),
          soft: false,
          extra,
        }));
      }
    }
  }
  return { entries, skipped };
}
