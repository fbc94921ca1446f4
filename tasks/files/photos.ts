import { join, relative, sep } from "node:path";
import { liesWithin } from "../../core/datasets/links.ts";
import { compareNames, statOrNull } from "../../core/datasets/list_files.ts";
import { READ_FORMATS } from "../../core/images/image_format.ts";
import { reasonMissing, UsageError } from "../cli/errors.ts";
import { countKinds, type FileKind, kindOfFile, type LeftOut } from "./left_out.ts";
import { masksBeside, masksInFolders } from "./masks_beside.ts";
import { type Photo, type PhotoFolder, PhotoList, PhotoTable } from "./photo_list.ts";
import { readStart } from "./read_record.ts";
import { sortByText } from "./text_order.ts";
import { enlarged, iterated, TextIndex, type Texts, TextTable } from "./text_set.ts";

/** What was found under the paths of a command. */
export interface FoundPhotos {
  /** In the natural order of their names (IMG_9 before IMG_10). */
  readonly photos: PhotoList;
  /** Files that hold photos and are not read, masks of photos beside them, and files that the command named and that are no photos. */
  readonly leftOut: readonly LeftOut[];
}

/** Options of {@linkcode listPhotos}. */
export interface ListPhotosOptions {
  /** The folder of the outputs, whether it is there or not: what an earlier run wrote into it is left out. */
  readonly outputs?: string;
  /** Whether links are followed that lead out of all that was named; else they are left out. Default: they are. */
  readonly followLinks?: boolean;
  /** Which are taken where photos and their masks lie under the paths. Default: photos. */
  readonly wanted?: "photos" | "masks";
}

/** Folders of images that the tasks write beside a manifest. */
export const OUTPUT_FOLDERS: ReadonlySet<string> = new Set(["confidence", "masks", "stages", "overlays"]);

/** Names of manifests: of a run, and of its shards. */
export const MANIFEST = /^manifest(?:-\d+-of-\d+)?\.json$/;

/** Whether a folder holds outputs of Hairline, by how the manifest in it starts. It may hold photos, too. */
async function isOutputFolder(folder: string, entries: Iterable<Deno.DirEntry>): Promise<boolean> {
  const manifest = Iterator.from(entries).find(({ name }) => MANIFEST.test(name));
  if (manifest === undefined) return false;
  return /^\s*\{\s*"program":\s*"hairline"/.test(await readStart(join(folder, manifest.name), 256));
}

/** A file found. */
interface Found {
  readonly folder: PhotoFolder;
  /** Its name in the folder; of a file that was named, its path. */
  readonly name: string;
  readonly path: string;
  readonly kind: FileKind;
  /** Whether its folder does not say where it is by no link. */
  readonly isLink: boolean;
}

/** The folder of files that were named themselves. */
const NO_FOLDER: PhotoFolder = { root: "", path: "", below: "", real: "" };

interface WalkOptions {
  /** The real paths of folders to leave out; those that were met are added. */
  readonly skip: Set<string>;
  /** The real paths of all that was named, where links must not lead out of it. */
  readonly within?: readonly string[];
}

async function* walk(
  { root, path: folderPath, below }: Omit<PhotoFolder, "real">,
  { skip, within }: WalkOptions,
): AsyncGenerator<Found> {
  const real = await Deno.realPath(folderPath);
  // Outputs, and folders met before: a symbolic link may lead round in a circle.
  if (skip.has(real)) return;
  skip.add(real);
  const folder: PhotoFolder = { root, path: folderPath, below, real };
  const entries = await listEntries(folderPath);
  const hasOutputs = await isOutputFolder(folderPath, entries);
  for (const { name, isSymlink, ...entry } of entries) {
    if (hasOutputs && OUTPUT_FOLDERS.has(name)) continue;
    const path = join(folderPath, name);
    // What is neither a link nor of a name that could not be read is what its folder says.
    const info = isSymlink || name.includes("\ufffd") ? await statOrNull(path) : entry;
    if (within !== undefined && info !== null && isSymlink && await leadsOut(path, within)) {
      const wanted = info.isDirectory || await kindOfFile(path, info) !== "other";
      if (wanted) yield { folder, name, path, kind: LEAVING, isLink: true };
    } else if (info?.isDirectory) {
      yield* walk({ root, path, below: below === "" ? name : `${below}/${name}` }, { skip, within });
    } else yield { folder, name, path, kind: await kindOfFile(path, info), isLink: isSymlink };
  }
}

/** What lies in a folder, hidden entries left out, in natural order: of very many in little memory. */
async function listEntries(folder: string): Promise<Iterable<Deno.DirEntry>> {
  const names = new TextTable();
  let kinds = new Uint8Array(64);
  for await (const { name, isFile, isDirectory, isSymlink } of Deno.readDir(folder)) {
    if (name.startsWith(".")) continue;
    const number = names.add(name);
    if (number === kinds.length) kinds = enlarged(kinds);
    kinds[number] = Number(isFile) + 2 * Number(isDirectory) + 4 * Number(isSymlink);
  }
  const textOf = (number: number) => names.at(number);
  const order = sortByText(new Uint32Array(names.length).map((_, i) => i), { textOf, compare: compareNames });
  return {
    *[Symbol.iterator]() {
      for (const i of order) {
        const [isFile, isDirectory, isSymlink] = [1, 2, 4].map((bit) => (kinds[i] & bit) > 0);
        yield { name: names.at(i), isFile, isDirectory, isSymlink };
      }
    },
  };
}

/** Whether a link leads to nothing within these real paths. */
async function leadsOut(path: string, within: readonly string[]): Promise<boolean> {
  const real = await Deno.realPath(path);
  return !within.some((root) => liesWithin(real, root));
}

/** What a link is called that leads out of what was named. */
const LEAVING: FileKind = {
  kind: "link out of the folder",
  remedy: "name what it leads to, too, or give --follow-links",
};

/** The real paths of the folders of images in a folder of outputs. */
async function outputFolders(folder: string | undefined): Promise<Set<string>> {
  const found = new Set<string>();
  if (folder === undefined || await statOrNull(folder) === null) return found;
  for (const name of OUTPUT_FOLDERS) {
    const path = join(folder, name);
    if (await statOrNull(path) !== null) found.add(await Deno.realPath(path));
  }
  return found;
}

/**
 * Finds the photos among files and, recursively, in folders: by extension in any case, and by their first bytes. Hidden files,
 * outputs of Hairline and a photo's second mention are left out, as are masks that lie beside their photos, or in folders such as `masks/` beside those
 * of the photos.
 *
 * A photo is named by its path below the folder given, without extension. Where two would get the same name, both keep
 * their extension; where that does not part them, both get the name of the folder given in front. So names do not
 * depend on the order of the paths.
 *
 * @throws {UsageError} if a path is not there or no photo is found.
 */
export async function findPhotos(
  paths: readonly string[],
  options: ListPhotosOptions = {},
): Promise<FoundPhotos> {
  const files = new PhotoTable();
  const met = new TextIndex((number) => files.realPathOf(number));
  const leftOut: LeftOut[] = [];
  const folders: string[] = [];
  const given = [];
  for (const path of [...paths].sort(compareNames)) {
    const info = await statOrNull(path);
    if (info === null) throw new UsageError(`Cannot read ${path}: ${reasonMissing(path)}.`);
    given.push({ path, info });
  }
  const skip = await outputFolders(options.outputs);
  const add = async ({ folder, name, path, kind, isLink }: Found) => {
    if (kind === "other") return;
    if (kind !== "photo") {
      leftOut.push({ path, ...kind });
      return;
    }
    const real = isLink ? await Deno.realPath(path) : join(folder.real, name);
    for (const outputs of skip) {
      if (real.startsWith(outputs + sep)) {
        throw new UsageError(
          `Cannot take ${path}: it lies among the outputs in ${outputs}; choose another folder for them.`,
        );
      }
    }
    if (met.add(real, files.length) === files.length) files.add(folder, name, isLink ? real : undefined);
  };
  for (const { path, info } of given) {
    if (info.isDirectory) {
      folders.push(path);
      continue;
    }
    const kind = await kindOfFile(path, info);
    const its = kind === "other" ? { kind: "file without an image" } : kind;
    await add({ folder: NO_FOLDER, name: path, path, kind: its, isLink: true });
  }
  const within = options.followLinks ?? true
    ? undefined
    : await Promise.all(given.map(({ path }) => Deno.realPath(path)));
  // Folders after files, each with its own memory of what it visited, so that `photos photos/day1` meets both.
  for (const folder of folders) {
    for await (
      const file of walk({ root: folder, path: folder, below: "" }, { skip: new Set(skip), within })
    ) await add(file);
  }
  if (files.length === 0) {
    const found = countKinds(leftOut).map(({ text }) => text).join(", ");
    throw new UsageError(
      `Cannot find a photo in ${paths.join(", ")}: there is no ${READ_FORMATS} file${
        found === "" ? "" : `, only ${found}`
      }; give photos or folders of photos.`,
    );
  }
  const masks = await findMasks(files.paths, folders);
  const { wanted = "photos" } = options;
  // Where no mask lies beside a photo, what was named is what is wanted.
  const isWanted = (path: string) => masks.size === 0 || masks.has(path) === (wanted === "masks");
  const kind = wanted === "photos" ? "mask lying beside photos" : "photo lying beside masks";
  if (masks.size > 0) {
    for (const path of iterated(files.paths)) if (!isWanted(path)) leftOut.push({ path, kind });
  }
  return {
    photos: PhotoList.of(masks.size === 0 ? files : files.filter(isWanted)),
    leftOut: leftOut.sort((a, b) => compareNames(a.path, b.path)),
  };
}

/** As {@linkcode findPhotos}, all photos at once, for tasks that take no more than the memory holds. */
export async function listPhotos(
  paths: readonly string[],
  options: ListPhotosOptions = {},
): Promise<{ readonly photos: readonly Photo[]; readonly leftOut: readonly LeftOut[] }> {
  const { photos, leftOut } = await findPhotos(paths, options);
  return { photos: [...photos], leftOut };
}

/** The masks among images: beside their photos, or in folders of their own. */
async function findMasks(paths: Texts, folders: readonly string[]): Promise<Set<string>> {
  let masks = new Set<string>();
  for (const folder of folders) {
    const isWithin = (path: string) => !/^\.\.(?:$|[/\\])/.test(relative(folder, path));
    masks = masks.union(
      await masksInFolders(folder, {
        *[Symbol.iterator]() {
          for (const path of iterated(paths)) if (isWithin(path)) yield path;
        },
      }),
    );
  }
  return masks.union(await masksBeside(paths, masks));
}

/** The photos of a run in a heading: each path where there are two at most, else the first and how many others. */
export function namePaths([first, ...others]: readonly string[]): string {
  if (others.length <= 1) return [first, ...others].join(" and ");
  return `${first} and ${others.length} others`;
}
