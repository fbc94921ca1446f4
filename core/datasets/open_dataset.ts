import { dirname } from "node:path";
import {
  argumentsSchema,
  BOOLEAN,
  checkArguments,
  optional,
  optionsSchema,
  type Schema,
  TEXT,
} from "../arguments.ts";
import { readLists } from "./crack500.ts";
import type { DatasetLayout, DatasetProblem, Listing } from "./layout.ts";
import { type Layout, layouts } from "./layouts.ts";
import { describeOutside, filesOutside } from "./links.ts";
import { compareNames, readFolder } from "./list_files.ts";
import { settleReading } from "./read_mask.ts";
import { FileSample, type Pair, type Sample, type TruthReader } from "./sample.ts";

/** Photos with their truth, as they lie on the disk. */
export interface Dataset {
  /** The folder or list file, as it was given. */
  readonly path: string;
  /** The layout that was recognised or asked for. */
  readonly layout: Layout;
  /** The splits and how many photos with truth each has. */
  readonly splits: ReadonlyMap<string, number>;
  /** What was decided about the dataset, in sentences: layout, truth, what is left out. */
  readonly notes: readonly string[];
  /** What cannot be used and is left out. */
  readonly problems: readonly DatasetProblem[];
  /** By split, and in the natural order of their names. */
  readonly samples: readonly Sample[];
}

/** Options of {@linkcode openDataset}. */
export interface OpenDatasetOptions {
  /**
   * How the files lie.
   *
   * @default {"auto"} by what is in the folder.
   */
  readonly layout?: Layout | "auto";
  /** Only the photos of this split. */
  readonly split?: string;
  /**
   * `folders`: as the folders or lists say. `paper`: those of König et al., arXiv:2109.00456, for CFD, AEL and DCD.
   *
   * @default {"folders"}
   */
  readonly splits?: "folders" | "paper";
  /**
   * Whether dark is crack in the masks. Default: as the layout says (only AEL's are); of masks in a general folder, whether bright
   * pixels are the majority in most of those looked at.
   */
  readonly inverted?: boolean;
  /**
   * Whether files are read that lie outside the folder, where links lead. They are reported as problems otherwise.
   *
   * @default {false}
   */
  readonly followLinks?: boolean;
}

const ARGUMENTS = argumentsSchema({
  path: TEXT,
  options: optionsSchema<OpenDatasetOptions>({
    layout: optional(TEXT as Schema<Layout | "auto">),
    split: optional(TEXT),
    splits: optional(TEXT as Schema<"folders" | "paper">),
    inverted: optional(BOOLEAN),
    followLinks: optional(BOOLEAN),
  }),
});

/** In the order of their use; others come after them. */
const SPLITS: readonly string[] = ["train", "val", "test"];

/** What a folder that is none of them might have held. CrackSC is not among them: it looks like any general folder. */
const WANTED: Readonly<Record<Exclude<Layout, "cracksc">, string>> = {
  dcd: "train_img/ and train_lab/ (DCD)",
  cfd: "image/ and groundTruth/ (CFD)",
  ael: "Im_* and GT_* (AEL)",
  crack500: "lists of photos and masks or JPEG and PNG side by side (CRACK500)",
  folder: "images/ and masks/",
  classes: "crack/ and no_crack/",
};

const listed = new Intl.ListFormat("en", { type: "disjunction" });

/**
 * Opens a dataset: lists its photos and their truth, without holding either. What cannot be used (a photo without mask, a list entry that
 * leads nowhere) is reported in `problems` and left out. Up to twelve masks are read to say in `notes` what they hold.
 *
 * Layouts: CRACK500 (list files, or JPEG and PNG side by side; a list file itself may be given), CFD (`image/`, `groundTruth/`; 042 is left
 * out), AEL (`Im_*`, `GT_*`, dark is crack), DCD (`train_img/`, `train_lab/`, …), CrackSC and general folders (`images/`, `masks/`,
 * with or without `train/`, `val/`, `test/` above or below), and folders of classes (`crack/`, `no_crack/`).
 *
 * @example
 * ```ts
 * import { encodePng } from "../images/encode_png.ts";
 * import { openDataset } from "./open_dataset.ts";
 *
 * const folder = "tests/.tmp/open_dataset_example";
 * for (const name of ["images", "masks"]) {
 *   await Deno.mkdir(`${folder}/${name}`, { recursive: true });
 *   const data = Uint8Array.of(0, 1, 0, 0);
 *   await Deno.writeFile(`${folder}/${name}/a.png`, await encodePng({ width: 2, height: 2, channels: 1, data }));
 * }
 * const dataset = await openDataset(folder);
 * console.log(dataset.layout, dataset.notes); // "folder", what was decided
 * for (const sample of dataset.samples) {
 *   const { image, truth } = await sample.read();
 *   console.log(sample.name, image.width, typeof truth === "boolean" ? truth : truth.data); // "a", 2, [0, 1, 0, 0]
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @param path the dataset's folder, or a list file of CRACK500. Needs the permission to read it.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {TypeError} When the folder is laid out in no way that is known, or `layout` or `splits` is unknown.
 * @throws {RangeError} When there is no photo with truth, or no such split.
 */
export async function openDataset(path: string, options: OpenDatasetOptions = {}): Promise<Dataset> {
  checkArguments("open a dataset", ARGUMENTS, { path, options });
  return await open(path, options, { alone: false });
}

/**
 * Opens a dataset for its truths alone, those of photos that are not there among them: in the place of such a photo stands its mask.
 *
 * @throws what {@linkcode openDataset} throws.
 */
export async function openTruths(path: string, options: OpenDatasetOptions = {}): Promise<Dataset> {
  return await open(path, options, { alone: true });
}

async function open(
  path: string,
  options: OpenDatasetOptions,
  { alone }: { readonly alone: boolean },
): Promise<Dataset> {
  const { split, splits = "folders", inverted, followLinks = false } = options;
  if (splits !== "folders" && splits !== "paper") {
    throw new TypeError(`Cannot open ${path}: splits is ${String(splits)} where folders or paper is wanted.`);
  }
  const { layout, listing: listed } = await list(path, options.layout ?? "auto");
  const all = alone ? { ...listed, pairs: [...listed.pairs, ...listed.alone ?? []] } : listed;
  const listing = followLinks ? all : await within(path, all);
  const notes = [...listing.notes];
  const assigned = splits === "folders" ? listing.pairs : publishedPairs(layout, listing.pairs, notes);
  const { problems } = listing;
  const pairs = inSplit(path, assigned, problems, split);
  const { readTruth, notes: found } = await truthOf(layout, pairs, inverted);
  const samples = pairs.map((pair) => new FileSample(pair, readTruth));
  const counts = new Map<string, number>();
  for (const sample of samples) counts.set(sample.split, (counts.get(sample.split) ?? 0) + 1);
  return {
    path,
    layout,
    splits: counts,
    notes: [...notes, ...found],
    problems: split === undefined ? problems : problems.filter((problem) => problem.split === split),
    samples,
  };
}

async function list(path: string, wanted: Layout | "auto"): Promise<{ layout: Layout; listing: Listing }> {
  if (wanted !== "auto" && !Object.hasOwn(layouts, wanted)) {
    throw new TypeError(
      `Cannot open ${path}: the layout is ${String(wanted)} where auto, ${
        Object.keys(layouts).join(", ")
      } is wanted.`,
    );
  }
  if ((await Deno.stat(path)).isFile) {
    if (wanted === "auto" || wanted === "crack500") {
      return { layout: "crack500", listing: await readLists([path]) };
    }
    throw new TypeError(`Cannot open ${path}: it is a file, and the layout ${wanted} wants a folder.`);
  }
  const content = await readFolder(path);
  if (wanted !== "auto") return { layout: wanted, listing: await layouts[wanted].list(path, content) };
  for (const [layout, { recognise, list }] of Object.entries(layouts) as [Layout, DatasetLayout][]) {
    if (await recognise?.(path, content)) return { layout, listing: await list(path, content) };
  }
  const names = [...content.folders.map((name) => `${name}/`), ...content.files];
  const shown = names.length > 5
    ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`
    : names.join(", ");
  throw new TypeError(
    `Cannot open ${path}: it holds ${shown || "nothing"} where a dataset is wanted: ${
      listed.format(Object.values(WANTED))
    }.`,
  );
}

/** A listing without files that lie outside of what was named; they are problems. */
async function within(path: string, listing: Listing): Promise<Listing> {
  const root = (await Deno.stat(path)).isFile ? dirname(path) : path;
  const files = (pair: Pair) => typeof pair.truth === "string" ? [pair.image, pair.truth] : [pair.image];
  const outside = await filesOutside(root, listing.pairs.flatMap(files));
  if (outside.size === 0) return listing;
  const problems = listing.pairs.flatMap((pair): DatasetProblem[] => {
    const left = files(pair).find((file) => outside.has(file));
    if (left === undefined) return [];
    const message = describeOutside(left, { root, real: outside.get(left)! });
    return [{ kind: "link", split: pair.split, path: left, message }];
  });
  return {
    ...listing,
    pairs: listing.pairs.filter((pair) => !files(pair).some((file) => outside.has(file))),
    problems: [...listing.problems, ...problems],
  };
}

function inSplit(
  path: string,
  pairs: readonly Pair[],
  problems: readonly DatasetProblem[],
  split: string | undefined,
): Pair[] {
  if (pairs.length === 0) {
    const first = problems[0] === undefined
      ? ""
      : ` (${problems.length} files do not fit, the first: ${problems[0].path})`;
    const why = problems.find(({ kind }) => kind === "no masks" || kind === "link");
    throw new RangeError(
      `Cannot use ${path}: there is no photo with its truth in it${first}.${why ? ` ${why.message}` : ""}`,
    );
  }
  const chosen = split === undefined ? pairs : pairs.filter((pair) => pair.split === split);
  if (chosen.length === 0) {
    const there = [...new Set(pairs.map((pair) => pair.split))].join(", ");
    throw new RangeError(
      `Cannot use the split ${split} of ${path}: it has no photo with truth; there is ${there}.`,
    );
  }
  const rank = ({ split }: Pair) => SPLITS.indexOf(split) >>> 0;
  return chosen.toSorted((a, b) =>
    rank(a) - rank(b) || compareNames(a.split, b.split) || compareNames(a.name, b.name)
  );
}

/** The pairs in their published splits, where there are some. */
function publishedPairs(layout: Layout, pairs: readonly Pair[], notes: string[]): Pair[] {
  const { publishedSplit = ({ split }) => split } = layouts[layout];
  const published = pairs.map((pair) => ({ ...pair, split: publishedSplit(pair) }));
  notes.push(
    published.some(({ split }, i) => split !== pairs[i].split)
      ? "Splits are those of König et al., arXiv:2109.00456."
      : "No photo is on the lists of splits that König et al. published: splits are as the folders say.",
  );
  return published;
}

/** What reads the masks, and what to say about them. */
async function truthOf(
  layout: Layout,
  pairs: readonly Pair[],
  inverted: boolean | undefined,
): Promise<{ readTruth: TruthReader; notes: readonly string[] }> {
  const { truth: rule } = layouts[layout];
  if (typeof rule === "function") return { readTruth: rule, notes: [] };
  const masks = pairs.flatMap(({ truth }) => typeof truth === "string" ? [truth] : []);
  const { read, notes } = await settleReading(masks, { rule, inverted });
  return { readTruth: read, notes };
}
