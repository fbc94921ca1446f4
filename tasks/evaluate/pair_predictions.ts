import { READ_FORMATS } from "../../core/images/image_format.ts";
import { join } from "node:path";
import {
  compareNames,
  describeFolder,
  type FoundFile,
  listFiles,
  statOrNull,
} from "../../core/datasets/list_files.ts";
import { matchFiles, nearestName } from "../../core/datasets/match_files.ts";
import { openTruths } from "../../core/datasets/open_dataset.ts";
import { settleReading } from "../../core/datasets/read_mask.ts";
import { FileSample, type Sample } from "../../core/datasets/sample.ts";
import { UsageError } from "../cli/errors.ts";
import { keepInside } from "../data/keep_inside.ts";
import { count } from "../cli/terminal.ts";
import { openNamedDataset } from "../data/named_dataset.ts";
import { drawnPhotos } from "../studio/drawn_photos.ts";
import { readVerdicts, type ReviewUse } from "../studio/review.ts";

/** A confidence map and the truth that it is compared with. */
export interface PredictionPair {
  /** What both are called, `train/a` where splits of a dataset hold photos of one name. */
  readonly name: string;
  /** The file of the confidence map. */
  readonly prediction: string;
  readonly truth: Sample;
}

/** Options of {@linkcode pairPredictions}. */
export interface PairPredictionsOptions {
  /** A folder of confidence maps, or of a label run. */
  readonly predictions: string;
  /** A folder of masks or of a run, one of photos that were marked in the studio, or a dataset. */
  readonly truth: string;
  /** Only the truth of this split of a dataset. */
  readonly split?: string;
  /** What is crack in the masks. Default: as the dataset says; in a folder of masks, bright. */
  readonly crack?: "bright" | "dark";
  /** Whether files are taken that lie outside the folders, where links lead. Default: they are left out and reported. */
  readonly followLinks?: boolean;
  /** How what people decided about the masks of a run is taken, where the truth is one. Default: `prefer`. */
  readonly reviewed?: ReviewUse;
}

/** Confidence maps with their truth. */
export interface PairedPredictions {
  /** In the natural order of the confidence maps' names. */
  readonly pairs: readonly PredictionPair[];
  /** What has no partner, or more than one, in sentences. */
  readonly problems: readonly string[];
  /** What was decided about the truth, in sentences. */
  readonly notes: readonly string[];
}

/** A truth's name and, where names occur in several splits, that with the split before it. */
interface NamedTruth {
  readonly name: string;
  readonly sample: Sample;
}

/**
 * Pairs confidence maps with truths of the same stem. What finds no partner is reported and left out.
 *
 * @throws {UsageError} if a path or split is wrong, photos are labelled as a whole, or nothing finds a partner.
 */
export async function pairPredictions(options: PairPredictionsOptions): Promise<PairedPredictions> {
  const { predictions, truth, split } = options;
  const { inside: maps, problems: outside } = await listPredictions(predictions, options);
  const problems = [...outside];
  const { truths, problems: unusable, notes, leftOut } = await listTruths(options);
  problems.push(...unusable);
  const byName = new Map<string, NamedTruth>();
  for (const named of truths) {
    const first = byName.get(named.name);
    if (first === undefined) byName.set(named.name, named);
    else problems.push(ambiguous(pathOf(named), pathOf(first), "truths"));
  }
  const named = [...byName.values()];
  const matched = matchFiles(maps, named.map((truth) => ({ stem: truth.name, path: pathOf(truth), truth })));
  for (const { truth, first } of matched.ambiguous) {
    problems.push(ambiguous(truth.path, first.path, "truths"));
    byName.delete(truth.stem);
  }
  const mapOf = new Map(matched.pairs.map(({ photo, truth }) => [truth.truth, photo]));
  // A label run over one split's folder names photos without the split.
  const full = matchFiles(
    matched.photos,
    named.map((truth) => ({ stem: fullNameOf(truth.sample), path: pathOf(truth), truth })),
  );
  for (const { photo, truth: { truth } } of full.pairs) {
    const first = mapOf.get(truth);
    if (first === undefined) mapOf.set(truth, photo);
    else problems.push(ambiguous(photo.path, first.path, "confidence maps"));
  }
  for (const { path, stem } of full.photos) {
    if (leftOut.has(stem)) continue;
    const where = split === undefined ? truth : `the split ${split} of ${truth}`;
    const near = nearestName(stem, matched.truths);
    problems.push(`Cannot use ${path}: there is no truth of the name ${stem} in ${where}${near}.`);
  }
  const pairs = [...mapOf].map(([truth, { path }]) => ({
    name: truth.name,
    prediction: path,
    truth: truth.sample,
  })).sort((a, b) => compareNames(a.prediction, b.prediction));
  if (pairs.length === 0) {
    throw new UsageError(
      `Cannot pair ${predictions} with ${truth}: none of the ${maps.length} confidence maps (such as ${
        maps[0].stem
      }) ` +
        `bears the name of one of the ${byName.size} truths${
          truths.length > 0 ? ` (such as ${truths[0].name})` : ""
        }.`,
    );
  }
  for (const named of byName.values()) {
    if (mapOf.has(named)) continue;
    problems.push(
      `Cannot use ${pathOf(named)}: there is no confidence map of the name ${named.name} in ${predictions}.`,
    );
  }
  return { pairs, problems, notes };
}

async function listPredictions(
  path: string,
  options: Pick<PairPredictionsOptions, "followLinks">,
): Promise<{ readonly inside: readonly FoundFile[]; readonly problems: readonly string[] }> {
  const folder = await folderWithin(path, "confidence");
  const maps = await listFiles(folder, /\.png$/i);
  if (maps.length > 0) return await keepInside(path, maps, options);
  throw new UsageError(`Cannot use ${folder}: there is no PNG file in it, and confidence maps are wanted.`);
}

/** The folder of that name in a label run; else the folder itself. */
async function folderWithin(path: string, name: string): Promise<string> {
  const info = await statOrNull(path);
  if (info === null) throw new UsageError(`Cannot read ${path}: there is no such file or folder.`);
  if (!info.isDirectory) throw new UsageError(`Cannot read ${path}: it is a file, and a folder is wanted.`);
  const within = join(path, name);
  return (await statOrNull(within))?.isDirectory ? within : path;
}

/** Masks to compare with. */
interface ListedTruths {
  readonly truths: NamedTruth[];
  readonly problems: string[];
  readonly notes: readonly string[];
  /** Names that are there and do not count: people have said so. */
  readonly leftOut: ReadonlySet<string>;
}

async function listTruths(
  { truth, split, crack, followLinks, reviewed = "prefer" }: PairPredictionsOptions,
): Promise<ListedTruths> {
  if (await statOrNull(truth) === null) {
    throw new UsageError(`Cannot read ${truth}: there is no such file or folder.`);
  }
  const drawn = split === undefined ? await drawnPhotos(truth, reviewed) : undefined;
  if (drawn !== undefined) {
    const leftOut = new Set(drawn.filter(({ mask }) => mask === undefined).map(({ name }) => name));
    const masks = drawn.flatMap(({ name, mask }) => mask === undefined ? [] : [{ stem: name, path: mask }]);
    return await readMasks(truth, masks, { leftOut, inverted: false });
  }
  const inverted = crack === undefined ? undefined : crack === "dark";
  const dataset = await openNamedDataset(truth, { split, inverted, followLinks }, openTruths).catch(
    (error) => {
      // No dataset: a folder of masks alone, perhaps.
      if (
        error instanceof UsageError && split === undefined && /where a dataset is wanted/.test(error.message)
      ) {
        return undefined;
      }
      throw error;
    },
  );
  if (dataset === undefined) {
    const folder = await folderWithin(truth, "masks"), found = await listFiles(folder);
    if (found.length === 0) {
      throw new UsageError(
        `Cannot find masks in ${folder}: it holds ${await describeFolder(
          folder,
        )}, and ${READ_FORMATS} files are wanted.`,
      );
    }
    const { inside, problems } = await keepInside(truth, found, { followLinks });
    const verdictOf = await readVerdicts(truth, reviewed);
    const leftOut = new Set<string>();
    const masks = inside.flatMap((file) => {
      const { counts, corrected } = verdictOf(file.stem);
      if (!counts) leftOut.add(file.stem);
      return counts ? [{ ...file, path: corrected ?? file.path }] : [];
    });
    if (masks.length === 0) {
      throw new UsageError(
        `Cannot use ${truth}: with --reviewed ${reviewed} none of its ${inside.length} masks is left; accept some with deno task studio.`,
      );
    }
    return { ...await readMasks(truth, masks, { leftOut, inverted }), problems: [...problems] };
  }
  if (dataset.layout === "classes") {
    throw new UsageError(
      `Cannot use ${truth}: its photos are labelled as a whole, and a mask for each is wanted.`,
    );
  }
  const counts = Map.groupBy(dataset.samples, ({ name }) => name);
  const truths = dataset.samples.map((sample) => ({
    name: counts.get(sample.name)!.length > 1 ? fullNameOf(sample) : sample.name,
    sample,
  }));
  // Photos are not looked at: whether one is missing beside its mask does not matter here.
  const problems = dataset.problems
    .filter(({ kind }) => kind === "ambiguous name" || kind === "list entry" || kind === "link")
    .map(({ message }) => message);
  return { truths, problems, notes: dataset.notes, leftOut: new Set() };
}

/** Masks as truths, and how they are read. */
async function readMasks(
  truth: string,
  masks: readonly FoundFile[],
  { leftOut, inverted }: { readonly leftOut: ReadonlySet<string>; readonly inverted: boolean | undefined },
): Promise<ListedTruths> {
  const { read, notes } = await settleReading(masks.map(({ path }) => path), { rule: "recognise", inverted });
  const truths = masks.map(({ path, stem }) => ({
    name: stem,
    sample: new FileSample({ split: "all", name: stem, image: path, truth: path }, read),
  }));
  const decided = leftOut.size === 0
    ? []
    : [`${count(leftOut.size, "mask")} of ${truth} left out, as was decided in the studio.`];
  return { truths, problems: [], notes: [...notes, ...decided], leftOut };
}

function fullNameOf({ split, name }: Sample): string {
  return `${split}/${name}`;
}

function pathOf({ sample }: NamedTruth): string {
  return sample.truthPath ?? sample.imagePath;
}

function ambiguous(path: string, first: string, what: string): string {
  return `Cannot use ${path}: ${first} bears the same name, and ${what} are told apart by it.`;
}
