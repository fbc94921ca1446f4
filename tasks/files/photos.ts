import { basename, join, relative, sep } from "node:path";
import { liesWithin } from "../../core/datasets/links.ts";
import { compareNames, IMAGE_FILE, statOrNull } from "../../core/datasets/list_files.ts";
import { READ_FORMATS } from "../../core/images/image_format.ts";
import { reasonMissing, UsageError } from "../cli/errors.ts";
import { countKinds, type FileKind, kindOfFile, type LeftOut } from "./left_out.ts";
import { masksBeside, masksInFolders } from "./masks_beside.ts";
import { nameOutputs, type Unnamed } from "./output_names.ts";
import { readStart } from "./read_record.ts";
import { enlarged, TextSet, TextTable } from "./text_set.ts";

/** A photo to work on. */
export interface Photo {
  /** Where it is, as the command gave it. */
  readonly path: string;
  /** The name of its outputs, without extension: unique in the run, `/` between folders, such as `day 1/IMG_004`. */
  readonly name: string;
}

/** Photos by their number, a million of them in a hundred megabytes. */
export class PhotoList implements Iterable<Photo> {
  readonly #paths = new TextTable();
  readonly #names = new TextTable();

  /** @param photos in the order that is wanted. */
  constructor(photos: Iterable<Photo>) {
    for (const { path, name } of photos) {
      this.#paths.add(path);
      this.#names.add(name);
    }
  }

  get length(): number {
    return this.#paths.length;
  }

  at(index: number): Photo {
    return { path: this.#paths.at(index), name: this.#names.at(index) };
  }

  *[Symbol.iterator](): Generator<Photo> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }
}

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
async function isOutputFolder(folder: string, entries: readonly Deno.DirEntry[]): Promise<boolean> {
  const manifest = entries.find(({ name }) => MANIFEST.test(name));
  if (manifest === undefined) return false;
  return /^\s*\{\s*"program":\s*"hairline"/.test(await readStart(join(folder, manifest.name), 256));
}

/** A file found. */
interface Found {
  readonly path: string;
  readonly kind: FileKind;
  /** The folder that was named; nothing for a file that was. */
  readonly root: string;
  /** Its path below that, forward slashes; of a file that was named, its name. */
  readonly relative: string;
  /** Where it is by no link; to be looked up where it is left out. */
  readonly real?: string;
}

/** A path as a name below the outputs: forward slashes, nothing that leads out of them. */
function asName(path: string): string {
  return path.replaceAll("\\", "/").split("/").filter((part) => part !== "" && part !== "." && part !== "..")
    .map((part) => part.replaceAll(":", "_")).join("/");
}

/** The names that a file may bear, from the shortest to the fullest. */
function namesOf({ path, root, relative }: Pick<Found, "path" | "root" | "relative">): string[] {
  const inRoot = asName(root === "" ? relative : `${basename(root)}/${relative}`);
  const stem = relative.replace(IMAGE_FILE, "");
  return [asName(stem), asName(relative), inRoot.replace(IMAGE_FILE, ""), inRoot, asName(path)];
}

/** Photos that were found, of which there may be very many. */
class PhotoTable {
  readonly #roots: string[] = [];
  #rootOf = new Uint32Array(64);
  /** Paths below the roots; of files that were named, their paths. */
  readonly #places = new TextTable();

  get length(): number {
    return this.#places.length;
  }

  add({ path, root, relative }: Pick<Found, "path" | "root" | "relative">): void {
    if (this.#roots.at(-1) !== root) this.#roots.push(root);
    const number = this.#places.add(root === "" ? path : relative);
    if (number === this.#rootOf.length) this.#rootOf = enlarged(this.#rootOf);
    this.#rootOf[number] = this.#roots.length - 1;
  }

  at(index: number): Pick<Found, "path" | "root" | "relative"> & Unnamed {
    const root = this.#roots[this.#rootOf[index]], place = this.#places.at(index);
    const file = root === ""
      ? { root, path: place, relative: basename(place) }
      : { root, path: join(root, place), relative: place };
    return { ...file, names: namesOf(file) };
  }

  pathOf(index: number): string {
    const root = this.#roots[this.#rootOf[index]], place = this.#places.at(index);
    return root === "" ? place : join(root, place);
  }

  /** All paths, as often as they are asked for. */
  get paths(): Iterable<string> {
    const { length } = this;
    const pathOf = (index: number) => this.pathOf(index);
    return {
      *[Symbol.iterator]() {
        for (let i = 0; i < length; i++) yield pathOf(i);
      },
    };
  }
}

interface WalkOptions {
  /** The real paths of folders to leave out; those that were met are added. */
  readonly skip: Set<string>;
  /** The real paths of all that was named, where links must not lead out of it. */
  readonly within?: readonly string[];
}

async function* walk(
  root: string,
  folder: string,
  relative: string,
  { skip, within }: WalkOptions,
): AsyncGenerator<Found> {
  const real = await Deno.realPath(folder);
  // Outputs, and folders met before: a symbolic link may lead round in a circle.
  if (skip.has(real)) return;
  skip.add(real);
  const entries: Deno.DirEntry[] = [];
  for await (const entry of Deno.readDir(folder)) if (!entry.name.startsWith(".")) entries.push(entry);
  const hasOutputs = await isOutputFolder(folder, entries);
  for (const entry of entries.sort((a, b) => compareNames(a.name, b.name))) {
    const { name, isSymlink } = entry;
    if (hasOutputs && OUTPUT_FOLDERS.has(name)) continue;
    const path = join(folder, name);
    const below = { root, relative: relative === "" ? name : `${relative}/${name}` };
    // What is neither a link nor of a name that could not be read is what its folder says.
    const info = isSymlink || name.includes("\ufffd") ? await statOrNull(path) : entry;
    if (within !== undefined && info !== null && isSymlink && await leadsOut(path, within)) {
      const wanted = info.isDirectory || await kindOfFile(path, info) !== "other";
      if (wanted) yield { path, kind: LEAVING, ...below };
    } else if (info?.isDirectory) yield* walk(root, path, below.relative, { skip, within });
    else {
      const kind = await kindOfFile(path, info);
      yield { path, kind, ...below, ...(isSymlink ? {} : { real: join(real, name) }) };
    }
  }
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
  // Memory that is needed no longer than it takes to find them.
  const met = new TextSet();
  const leftOut: LeftOut[] = [];
  const folders: string[] = [];
  const given = [];
  for (const path of [...paths].sort(compareNames)) {
    const info = await statOrNull(path);
    if (info === null) throw new UsageError(`Cannot read ${path}: ${reasonMissing(path)}.`);
    given.push({ path, info });
  }
  const skip = await outputFolders(options.outputs);
  const add = async (file: Found) => {
    const { path, kind } = file;
    if (kind === "other") return;
    if (kind !== "photo") {
      leftOut.push({ path, ...kind });
      return;
    }
    const real = file.real ?? await Deno.realPath(path);
    for (const folder of skip) {
      if (real.startsWith(folder + sep)) {
        throw new UsageError(
          `Cannot take ${path}: it lies among the outputs in ${folder}; choose another folder for them.`,
        );
      }
    }
    if (met.add(real) === files.length) files.add(file);
  };
  for (const { path, info } of given) {
    if (info.isDirectory) {
      folders.push(path);
      continue;
    }
    const kind = await kindOfFile(path, info);
    const its = kind === "other" ? { kind: "file without an image" } : kind;
    await add({ path, kind: its, root: "", relative: basename(path) });
  }
  const within = options.followLinks ?? true
    ? undefined
    : await Promise.all(given.map(({ path }) => Deno.realPath(path)));
  // Folders after files, each with its own memory of what it visited, so that `photos photos/day1` meets both.
  for (const folder of folders) {
    for await (const file of walk(folder, folder, "", { skip: new Set(skip), within })) await add(file);
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
  for (const path of files.paths) if (!isWanted(path)) leftOut.push({ path, kind });
  return {
    photos: namedPhotos(leftOut.length === 0 ? files : chosen(files, isWanted)),
    leftOut: leftOut.sort((a, b) => compareNames(a.path, b.path)),
  };
}

/** Those of the photos whose paths are wanted. */
function chosen(files: PhotoTable, isWanted: (path: string) => boolean): PhotoTable {
  const wanted = new PhotoTable();
  for (let i = 0; i < files.length; i++) if (isWanted(files.pathOf(i))) wanted.add(files.at(i));
  return wanted;
}

/** Photos with their names, in the natural order of these. */
function namedPhotos(files: PhotoTable): PhotoList {
  const names = nameOutputs(files);
  const order = [...names.keys()].sort((a, b) => compareNames(names[a], names[b]));
  return new PhotoList(order[Symbol.iterator]().map((i) => ({ path: files.pathOf(i), name: names[i] })));
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
async function findMasks(paths: Iterable<string>, folders: readonly string[]): Promise<Set<string>> {
  let masks = new Set<string>();
  for (const folder of folders) {
    const isWithin = (path: string) => !/^\.\.(?:$|[/\\])/.test(relative(folder, path));
    masks = masks.union(await masksInFolders(folder, filtered(paths, isWithin)));
  }
  return masks.union(await masksBeside(filtered(paths, (path) => !masks.has(path))));
}

/** Those of many that pass, as often as they are asked for. */
function filtered<T>(all: Iterable<T>, passes: (one: T) => boolean): Iterable<T> {
  return {
    *[Symbol.iterator]() {
      for (const one of all) if (passes(one)) yield one;
    },
  };
}

/** The photos of a run in a heading: each path where there are two at most, else the first and how many others. */
export function namePaths([first, ...others]: readonly string[]): string {
  if (others.length <= 1) return [first, ...others].join(" and ");
  return `${first} and ${others.length} others`;
}
