import type { FolderContent, FoundFile } from "./list_files.ts";
import type { MaskRule } from "./mask_form.ts";
import type { Pair, TruthReader } from "./sample.ts";

/** How the files of a dataset lie: how that is recognised and read, and what its truth means. */
export interface DatasetLayout {
  /** Whether a folder is laid out so. Without: the layout is used where it is asked for by name. */
  readonly recognise?: (root: string, content: FolderContent) => boolean | Promise<boolean>;
  /** Lists the photos in a folder with their truth. */
  readonly list: (root: string, content: FolderContent) => Promise<Listing>;
  /** Which values of its masks are crack; or what reads them, where they are no images. */
  readonly truth: MaskRule | TruthReader;
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
}

/** Something that keeps a file of a dataset from being used. */
export interface DatasetProblem {
  /** What it is. */
  readonly kind:
    | "photo without truth"
    | "truth without photo"
    | "ambiguous name"
    | "empty split"
    | "list entry"
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

/** Pairs photos with truths of the same name; what finds no partner, or more than one, is reported and left out. */
export function pairFiles(
  { split, path, photos, truths, nameOf = (stem) => stem, nameOfTruth = nameOf }: PairSource,
): Listing {
  const problems: DatasetProblem[] = photos.length > 0 ? [] : [emptySplit(split, path)];
  const [photosByName, truthsByName] =
    ([[photos, nameOf, "photos"], [truths, nameOfTruth, "truths"]] as const)
      .map(([files, name, what]) => {
        const byName = new Map<string, FoundFile>();
        for (const file of files) {
          const key = name(file.stem);
          const first = byName.get(key);
          if (first === undefined) byName.set(key, file);
          else {
            const message =
              `Cannot use ${file.path}: ${first.path} bears the same name, and ${what} are told apart by it.`;
            problems.push({ kind: "ambiguous name", split, path: file.path, message });
          }
        }
        return byName;
      });
  const pairs: Pair[] = [];
  for (const [name, { path }] of photosByName) {
    const truth = truthsByName.get(name);
    if (truth !== undefined) pairs.push({ split, name, image: path, truth: truth.path });
    else {
      const message = `Cannot use ${path}: there is no truth of the name ${name}.`;
      problems.push({ kind: "photo without truth", split, path, message });
    }
  }
  for (const [name, { path }] of truthsByName) {
    if (photosByName.has(name)) continue;
    const message = `Cannot use ${path}: there is no photo of the name ${name}.`;
    problems.push({ kind: "truth without photo", split, path, message });
  }
  return { pairs, problems, notes: [] };
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
  };
}

const VALIDATION = /^(?:val|valid|validation|dev)$/i;
const SPLIT = /^(?:train|training|test|testing)$/i;

/** The split that a folder's name means (`train`, `val`, `test`); undefined where it means none. */
export function splitOf(name: string): string | undefined {
  if (VALIDATION.test(name)) return "val";
  return SPLIT.test(name) ? name.toLowerCase().replace(/ing$/, "") : undefined;
}
