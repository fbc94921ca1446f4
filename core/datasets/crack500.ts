import { basename, dirname, join, relative } from "node:path";
import {
  type DatasetLayout,
  type DatasetProblem,
  emptySplit,
  joinListings,
  type Listing,
  pairFiles,
} from "./layout.ts";
import { type FolderContent, type FoundFile, IMAGE_FILE, listFiles, statOrNull } from "./list_files.ts";
import { matchFiles, namedMasks } from "./match_files.ts";
import type { Pair } from "./sample.ts";

const IMAGE = IMAGE_FILE.source.slice(0, -"$".length);
/** `photo.jpg mask.png`: two images, either of which may have spaces in its name. */
const ENTRY = new RegExp(`^(.+?${IMAGE})\\s+(\\S.*${IMAGE})$`, IMAGE_FILE.flags);
const LIST = /\.txt$/i;

/** CRACK500's folders are `traincrop`, `valcrop`, `testcrop`, its lists `train.txt`, `val.txt`, `test.txt`. */
function splitNames(names: readonly string[]): string[] {
  const plain = names.map((name) => /^(train|val|test)/i.exec(name)?.[1].toLowerCase() ?? name);
  // `traincrop` and `traindata` beside each other keep their names.
  return names.map((name, i) => plain.filter((other) => other === plain[i]).length > 1 ? name : plain[i]);
}

async function entriesOf(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(path);
  return text.replace(/^\ufeff/, "").split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
}

/** The files in a folder whose first line names two images. */
async function listsIn(root: string, files: readonly string[]): Promise<string[]> {
  const lists = [];
  for (const name of files.filter((name) => LIST.test(name))) {
    if (ENTRY.test((await entriesOf(join(root, name)))[0] ?? "")) lists.push(join(root, name));
  }
  return lists;
}

/** Masks are PNG files beside JPEGs of their names, or bear the names of photos with `_mask` and the like. */
function sideBySide(files: readonly FoundFile[]): { photos: FoundFile[]; truths: FoundFile[] } {
  const isPng = ({ path }: FoundFile) => /\.png$/i.test(path);
  const named = new Set(namedMasks(files));
  const others = new Set(files.filter((file) => !isPng(file)).map(({ stem }) => stem));
  const isTruth = (file: FoundFile) =>
    named.has(file) || (isPng(file) && (named.size === 0 || others.has(file.stem)));
  return { photos: files.filter((file) => !isTruth(file)), truths: files.filter(isTruth) };
}

/** Whether there is a photo with its truth. */
function hasPair({ photos, truths }: ReturnType<typeof sideBySide>): boolean {
  return matchFiles(photos, truths).pairs.length > 0;
}

/** The folders with photos and masks side by side; the root itself where they lie in no folder. */
async function sidesIn(
  root: string,
  content: FolderContent,
): Promise<{ name: string; files: FoundFile[] }[]> {
  const inRoot = content.files.filter((name) => IMAGE_FILE.test(name))
    .map((name) => ({ path: join(root, name), stem: name.replace(IMAGE_FILE, "") }));
  // A stray image beside the folders does not make one of them all.
  const names = hasPair(sideBySide(inRoot)) ? [""] : content.folders;
  const sides = await Promise.all(
    names.map(async (name) => ({ name: name || "all", files: await listFiles(join(root, name)) })),
  );
  return sides.filter(({ files }) => hasPair(sideBySide(files)));
}

/** Whether a folder has list files of photos and masks, or JPEG and PNG files side by side. */
async function recognise(root: string, content: FolderContent): Promise<boolean> {
  return (await listsIn(root, content.files)).length > 0 || (await sidesIn(root, content)).length > 0;
}

async function list(root: string, content: FolderContent): Promise<Listing> {
  const lists = await listsIn(root, content.files);
  if (lists.length > 0) return await readLists(lists);
  const sides = await sidesIn(root, content);
  const splits = splitNames(sides.map(({ name }) => name));
  return joinListings(
    sides.map(({ name, files }, i) => {
      const { photos, truths } = sideBySide(files);
      return pairFiles({ split: splits[i], path: name, photos, truths });
    }),
    ["Photos and masks lie side by side: a JPEG and a PNG of the same name."],
  );
}

/** Reads list files; paths in them count from the folder that they lie in, whether written for Windows or not. */
export async function readLists(lists: readonly string[]): Promise<Listing> {
  const splits = splitNames(lists.map((path) => basename(path).replace(LIST, "")));
  const listings = await Promise.all(lists.map((path, i) => readList(path, splits[i])));
  return joinListings(listings, [
    `Photos and masks are those that ${lists.map((path) => basename(path)).join(", ")} name.`,
  ]);
}

async function readList(path: string, split: string): Promise<Listing> {
  const pairs: Pair[] = [], alone: Pair[] = [], problems: DatasetProblem[] = [], names = new Set<string>();
  for (const [i, entry] of (await entriesOf(path)).entries()) {
    const where = `entry ${i + 1} of ${path}`;
    const match = ENTRY.exec(entry);
    const [image, truth] = match === null
      ? []
      : match.slice(1).map((name) => join(dirname(path), name.replaceAll("\\", "/")));
    const problem = (kind: DatasetProblem["kind"], message: string) =>
      problems.push({ kind, split, path: image ?? path, message });
    if (image === undefined || truth === undefined) {
      problem("list entry", `Cannot use ${where}: it is "${entry}" where a photo and a mask are wanted.`);
      continue;
    }
    const outside = [image, truth].find((name) => /^\.\.(?:[/\\]|$)/.test(relative(dirname(path), name)));
    if (outside !== undefined) {
      problem(
        "list entry",
        `Cannot use ${where}: ${outside} lies outside the folder of the list; put the list into a folder that holds all it names.`,
      );
      continue;
    }
    const name = match![1].replace(/\.[^.]*$/, "").replaceAll("\\", "/").replace(/^.*\//, "");
    if (await statOrNull(image) === null) {
      if (await statOrNull(truth) !== null) alone.push({ split, name, image: truth, truth });
      problem("truth without photo", `Cannot use ${where}: there is no file ${image}.`);
    } else if (await statOrNull(truth) === null) {
      problem("photo without truth", `Cannot use ${where}: there is no file ${truth}.`);
    } else if (names.has(name)) {
      problem("ambiguous name", `Cannot use ${where}: another entry bears the name ${name}, too.`);
    } else {
      names.add(name);
      pairs.push({ split, name, image, truth });
    }
  }
  if (pairs.length + problems.length === 0) problems.push(emptySplit(split, path));
  return { pairs, problems, notes: [], alone };
}

/**
 * CRACK500: list files of photos and masks, or, where there is none, JPEG and PNG files side by side. Yang et al., "Feature Pyramid and
 * Hierarchical Boosting Network for Pavement Crack Detection", IEEE Transactions on Intelligent Transportation Systems 21 (4), 2020,
 * doi:10.1109/TITS.2019.2910595.
 */
export const crack500: DatasetLayout = { recognise, list, truth: "recognise" };
