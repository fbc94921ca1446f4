import type { FolderContent, FoundFile } from "./list_files.ts";
import { matchFiles, nearestName } from "./match_files.ts";
import type { SettleReadingOptions } from "./read_mask.ts";
import type { Pair, TruthReader } from "./sample.ts";

/** How the files of a dataset lie: how that is recognised and read, and what its truth means. */
export interface DatasetLayout {
  /** Whether a folder is laid out so. Without: the layout is used where it is asked for by name. */
  readonly recognise?: (root: string, content: FolderContent) => boolean | Promise<boolean>;
  /** Lists the photos in a folder with their truth. */
  readonly list: (root: string, content: FolderContent) => Promise<Listing>;
  /** Which values of its masks are crack; or what reads them, where they are no images. */
  readonly truth: SettleReadingOptions["rule"] | TruthReader;
  /**
   * The split of a photo in the experiments of König et al., arXiv:2109.00456, by the lists that its authors published. Without: there
   * is none, and the folders name it.
   */
  readonly publishedSplit?: (photo: Pick<Pair, "name" | "split">) => string;
}

/** What a layout makes of a folder. */
export interface Listing {
  readonly pairs: readonly Pair[];
  readonly problems: readonly DatasetProblem[];
  readonly notes: readonly string[];
  /** Truths whose photos are not there, each in the place of its photo. Default: none. */
  readonly alone?: readonly Pair[];
}

/** Something that keeps a file of a dataset from being used. */
export interface DatasetProblem {
  /** What it is. */
  readonly kind:
    | "photo without truth"
    | "truth without photo"
    | "ambiguous name"
    | "empty split"
    | "no masks"
    | "list entry"
    | "link"
    | "patch without place"
    | "patch without photo"
    | "contradictory labels";
  /** The split that it would belong to. */
  readonly split: string;
  /** The file, or the folder or list that names it. */
  readonly path: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
}

/** Photos and truths of a split, to be paired. */
export interface PairSource {
  readonly split: string;
  /** Where the photos were looked for. */
  readonly path: string;
  readonly photos: readonly FoundFile[];
  readonly truths: readonly FoundFile[];
  /** The name that a photo and its truth share. Default: the stem. */
  readonly nameOf?: (stem: string) => string;
  /** The name that a truth shares with its photo. Default: as of a photo. */
  readonly nameOfTruth?: (stem: string) => string;
}

/** Files without a partner that the nearest name is looked for: each is compared with all. */
const NEAREST_OF = 20;

/**
 * Pairs photos with truths of the same name, as {@linkcode matchFiles} finds them; what finds no partner, or more than one, is reported and
 * left out.
 */
export function pairFiles(
  { split, path, photos, truths, nameOf = (stem) => stem, nameOfTruth = nameOf }: PairSource,
): Listing {
  const problems: DatasetProblem[] = photos.length > 0 ? [] : [emptySplit(split, path)];
  const report = (kind: DatasetProblem["kind"], path: string, why: string) =>
    problems.push({ kind, split, path, message: `Cannot use ${path}: ${why}.` });
  const ambiguous = (path: string, first: string, what: string) =>
    report("ambiguous name", path, `${first} bears the same name, and ${what} are told apart by it`);
  const named = photos.map(({ path, stem }) => ({ path, stem: nameOf(stem) }));
  const distinct = new Map<string, FoundFile>();
  for (const photo of named) {
    const first = distinct.get(photo.stem);
    if (first === undefined) distinct.set(photo.stem, photo);
    else ambiguous(photo.path, first.path, "photos");
  }
  const matched = matchFiles(
    [...distinct.values()],
    truths.map(({ path, stem }) => ({ path, stem: nameOfTruth(stem) })),
  );
  for (const { truth, first } of matched.ambiguous) ambiguous(truth.path, first.path, "truths");
  for (const [i, { path, stem }] of matched.photos.entries()) {
    const near = i < NEAREST_OF ? nearestName(stem, matched.truths) : "";
    report("photo without truth", path, `there is no truth of the name ${stem}${near}`);
  }
  for (const [i, { path, stem }] of matched.truths.entries()) {
    const near = i < NEAREST_OF ? nearestName(stem, matched.photos) : "";
    report("truth without photo", path, `there is no photo of the name ${stem}${near}`);
  }
  const pairs = matched.pairs.map(({ photo, truth }) => (
    { split, name: photo.stem, image: photo.path, truth: truth.path }
  ));
  const alone = matched.truths.map(({ stem: name, path }) => ({ split, name, image: path, truth: path }));
  return { pairs, problems, notes: [], alone };
}

/** What to report of a split that has no photo. */
export function emptySplit(split: string, path: string): DatasetProblem {
  return {
    kind: "empty split",
    split,
    path,
    message: `Cannot use the split ${split}: there is no photo in ${path}.`,
  };
}

/** Several listings as one. */
export function joinListings(listings: readonly Listing[], notes: readonly string[] = []): Listing {
  return {
    pairs: listings.flatMap(({ pairs }) => pairs),
    problems: listings.flatMap(({ problems }) => problems),
    notes: [...notes, ...listings.flatMap((listing) => listing.notes)],
    alone: listings.flatMap(({ alone = [] }) => alone),
  };
}

const VALIDATION = /^(?:val|valid|validation|dev)$/i;
const SPLIT = /^(?:train|training|test|testing)$/i;

/** The split that a folder's name means (`train`, `val`, `test`); undefined where it means none. */
export function splitOf(name: string): string | undefined {
  if (VALIDATION.test(name)) return "val";
  return SPLIT.test(name) ? name.toLowerCase().replace(/ing$/, "") : undefined;
}
