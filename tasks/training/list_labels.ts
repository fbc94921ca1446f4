import { join } from "node:path";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { mergeRecords, readManifest } from "../batch/manifest_files.ts";
import type { PhotoRecord, RunManifest } from "../batch/manifests.ts";
import { confidencePath, maskPath } from "../batch/maps.ts";
import { madeAt } from "../batch/run_records.ts";
import { UsageError } from "../cli/errors.ts";
import { folderOf } from "../cli/permissions.ts";
import { listPhotos, MANIFEST } from "../files/photos.ts";
import { LABEL_MANIFEST } from "../label/manifest.ts";
import { PREDICT_MANIFEST } from "../predict/manifest.ts";
import { drawnPhotos } from "../studio/drawn_photos.ts";
import { type MaskVerdict, readVerdicts, type ReviewUse } from "../studio/review.ts";
import { maskedSample, type NamedSample } from "./named_sample.ts";

/** Where labels lie. */
export interface LabelPaths {
  /** Folders that `label` wrote, or `predict`, or of photos that were marked in the studio. */
  readonly labels: readonly string[];
  /** Such folders, of further photos. */
  readonly extraLabels: readonly string[];
  /** Folders of the photos. Empty: the photos are where they were when they were labelled. */
  readonly photos: readonly string[];
  /** Whether the confidence maps count, not the masks. */
  readonly soft: boolean;
  /** How what people decided about the labels is taken. Default: corrected ones first, rejected ones left out. */
  readonly reviewed?: ReviewUse;
  /** Whether links among the photos are followed that lead out of their folders. Default: they are left out. */
  readonly followLinks?: boolean;
}

/** Photos with their labels. */
export interface ListedLabels {
  readonly samples: readonly NamedSample[];
  /** Labels left out because too few of their pixels are crack. */
  readonly rejected: number;
  /** What has no partner, in sentences. */
  readonly problems: readonly string[];
}

/**
 * Pairs photos with the labels of runs of `label`, and with the masks that a person accepted or mended in the studio: of runs of `predict`, and of
 * folders of photos that were marked there. Labels that are not usable for training are left out.
 *
 * @throws {UsageError} for a folder that is of neither.
 * @throws {Error} if no label is usable.
 */
export async function listLabels(paths: LabelPaths): Promise<ListedLabels> {
  const { labels, extraLabels, photos, soft, reviewed, followLinks = false } = paths;
  const found = photos.length === 0 ? undefined : (await listPhotos(photos, { followLinks })).photos;
  const byName = found && new Map(found.map(({ name, path }) => [name, path]));
  const samples: NamedSample[] = [], problems: string[] = [];
  const labelled = new Set<string>();
  let rejected = 0, leftOut = 0, predicted = 0;
  for (const [folders, extra] of [[labels, false], [extraLabels, true]] as const) {
    for (const folder of folders) {
      const { records, verdictOf } = await openLabels(folder, reviewed);
      for (const { name, path: labelledPath, sha256: labelled256, usableForTraining } of records) {
        labelled.add(name);
        const { counts, corrected, vouched } = verdictOf(name);
        const path = byName === undefined ? labelledPath : byName.get(name);
        const isPrediction = usableForTraining === undefined;
        if (isPrediction && !vouched) predicted++;
        else if (!counts) leftOut++;
        // A person may say that there is hardly any crack in truth.
        else if (!usableForTraining && !vouched) rejected++;
        else if (path === undefined) {
          problems.push(
            `Cannot use the label ${name} of ${folder}: there is no photo of that name in ${
              photos.join(", ")
            }.`,
          );
        } else {
          const mask = corrected ?? (soft ? confidencePath : maskPath)(folder, name);
          // Photos that are named are taken as they are, such as other copies of those labelled.
          const sha256 = byName === undefined ? labelled256 : undefined;
          samples.push(maskedSample({ name, path, mask, soft, extra, sha256 }));
        }
      }
    }
  }
  for (const { name, path } of found ?? []) {
    if (!labelled.has(name)) problems.push(`Cannot use ${path}: there is no label of the name ${name}.`);
  }
  const folders = [...labels, ...extraLabels];
  if (folders.length > 0 && samples.length === 0) {
    throw new Error(
      `Cannot train on the labels in ${folders.join(", ")}: ${
        problems.length > 0
          ? `none has a photo; ${problems[0].charAt(0).toLowerCase()}${problems[0].slice(1)}`
          : predicted > 0
          ? `of masks that predict wrote those count that a person accepted or mended, and of ${predicted} none was; accept some with deno task studio.`
          : leftOut > 0
          ? `by what was decided in the studio none of ${
            rejected + leftOut
          } is left; accept some with deno task studio, or take all with --reviewed ignore.`
          : `none of the ${rejected} has enough crack pixels to be usable for training; label other photos, or with other settings.`
      }`,
    );
  }
  return { samples, rejected, problems };
}

/** The folders in which the photos of labels lie, for permissions. */
export async function labelledFolders(
  paths: Pick<LabelPaths, "labels" | "photos" | "reviewed"> & Partial<LabelPaths>,
): Promise<(string | undefined)[]> {
  const { samples } = await listLabels({ extraLabels: [], soft: false, ...paths });
  return samples.map(({ sample }) => folderOf(sample.imagePath));
}

/** A line about labels that were left out because too few of their pixels are crack, if any were. */
export function rejectedNotes(rejected: number): string[] {
  if (rejected === 0) return [];
  const which = rejected === 1 ? "label has" : "labels have";
  return [`${rejected} ${which} too few crack pixels to be usable for training: left out.`];
}

/** What is known of a photo with a label. */
interface LabelledPhoto extends Pick<PhotoRecord, "name" | "path"> {
  /** Of the photo that was labelled. */
  readonly sha256?: string;
  /** Undefined of a prediction, for which only a person can vouch. */
  readonly usableForTraining?: boolean;
}

/** The labels in a folder, and what people decided about them. */
interface Labels {
  readonly records: Iterable<LabelledPhoto>;
  readonly verdictOf: (name: string) => MaskVerdict;
}

/** Opens a run, or a folder of photos that were marked in the studio. */
async function openLabels(folder: string, reviewed: ReviewUse | undefined): Promise<Labels> {
  if (!(await statOrNull(folder))?.isDirectory) {
    throw new UsageError(`Cannot read the labels in ${folder}: there is no such folder.`);
  }
  const drawn = await drawnPhotos(folder, reviewed);
  if (drawn === undefined) {
    return { records: await readRecords(folder), verdictOf: await readVerdicts(folder, reviewed) };
  }
  const masks = new Map(drawn.map(({ name, mask }) => [name, mask]));
  return {
    records: drawn.map(({ name, path }) => ({ name, path, usableForTraining: true })),
    verdictOf: (name) => {
      const corrected = masks.get(name);
      return { counts: corrected !== undefined, corrected, vouched: corrected !== undefined };
    },
  };
}

/** What a run noted of a photo. */
type LabelRecord = LabelledPhoto & PhotoRecord;

/** What is known of the labels of a run, of all shards. */
async function readRecords(folder: string): Promise<Iterable<LabelRecord>> {
  const manifests: RunManifest<LabelRecord>[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!MANIFEST.test(name)) continue;
    const path = join(folder, name);
    const manifest = await readManifest(path, {
      tasks: ["label"],
      schema: LABEL_MANIFEST,
      remedy: "label the photos into another folder",
    }) ?? await readManifest(path, {
      tasks: ["predict"],
      schema: PREDICT_MANIFEST,
      remedy: "predict the photos into another folder",
    });
    if (manifest === undefined) {
      throw new UsageError(
        `Cannot read the labels in ${folder}: its ${name} is not from label; give the folder that label wrote.`,
      );
    }
    manifests.push(manifest);
  }
  if (manifests.length === 0) {
    throw new UsageError(
      `Cannot read the labels in ${folder}: there is no manifest.json; give the folder that label wrote, or --images and --masks.`,
    );
  }
  return mergeRecords(manifests, madeAt).values();
}
