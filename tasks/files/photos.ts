import { basename, join, relative, sep } from "node:path";
import { liesWithin } from "../../core/datasets/links.ts";
import { compareNames, IMAGE_FILE, statOrNull } from "../../core/datasets/list_files.ts";
import { READ_FORMATS } from "../../core/images/image_format.ts";
import { reasonMissing, UsageError } from "../cli/errors.ts";
import { countKinds, type FileKind, kindOfFile, type LeftOut } from "./left_out.ts";
import { masksBeside, masksInFolders } from "./masks_beside.ts";
import { nameOutputs, type Unnamed } from "./output_names.ts";
import { readStart } from "./read_record.ts";

/** A photo to work on. */
export interface Photo {
  /** Where it is, as the command gave it. */
  readonly path: string;
  /** The name of its outputs, without extension: unique in the run, `/` between folders, such as `day 1/IMG_004`. */
  readonly name: string;
}

/** What was found under the paths of a command. */
export interface PhotoList {
  /** In the natural order of their names (IMG_9 before IMG_10). */
  readonly photos: readonly Photo[];
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
async function isOutputFolder(folder: string, entries: readonly string[]): Promise<boolean> {
  const manifest = entries.find((name) => MANIFEST.test(name));
  if (manifest === undefined) return false;
  return /^\s*\{\s*"program":\s*"hairline"/.test(await readStart(join(folder, manifest), 256));
}

/** A file found, what it is, and the names it may bear, from the shortest to the fullest. */
interface Found extends Unnamed {
  readonly kind: FileKind;
}

/** A path as a name below the outputs: forward slashes, nothing that leads out of them. */
function asName(path: string): string {
  return path.replaceAll("\\", "/").split("/").filter((part) => part !== "" && part !== "." && part !== "..")
    .map((part) => part.replaceAll(":", "_")).join("/");
}

function found(path: string, kind: FileKind, { root, relative }: { root: string; relative: string }): Found {
  const inRoot = asName(root === "" ? relative : `${basename(root)}/${relative}`);
  const stem = relative.replace(IMAGE_FILE, "");
  return {
    ...{ path, kind },
    names: [asName(stem), asName(relative), inRoot.replace(IMAGE_FILE, ""), inRoot, asName(path)],
  };
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
  const entries: string[] = [], links = new Set<string>();
  for await (const { name, isSymlink } of Deno.readDir(folder)) {
    if (name.startsWith(".")) continue;
    entries.push(name);
    if (isSymlink) links.add(name);
  }
  const hasOutputs = await isOutputFolder(folder, entries);
  for (const name of entries.sort(compareNames)) {
    if (hasOutputs && OUTPUT_FOLDERS.has(name)) continue;
    const path = join(folder, name);
    const below = relative === "" ? name : `${relative}/${name}`;
    const info = await statOrNull(path);
    if (within !== undefined && info !== null && links.has(name) && await leadsOut(path, within)) {
      const wanted = info.isDirectory || await kindOfFile(path, info) !== "other";
      if (wanted) yield found(path, LEAVING, { root, relative: below });
    } else if (info?.isDirectory) yield* walk(root, path, below, { skip, within });
    else yield found(path, await kindOfFile(path, info), { root, relative: below });
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
 * Lists the photos among files and, recursively, in folders: by extension in any case, and by their first bytes. Hidden files,
 * outputs of Hairline and a photo's second mention are left out, as are masks that lie beside their photos, or in folders such as `masks/` beside those
 * of the photos.
 *
 * A photo is named by its path below the folder given, without extension. Where two would get the same name, both keep
 * their extension; where that does not part them, both get the name of the folder given in front. So names do not
 * depend on the order of the paths.
 *
 * @throws {UsageError} if a path is not there or no photo is found.
 */
export async function listPhotos(
  paths: readonly string[],
  options: ListPhotosOptions = {},
): Promise<PhotoList> {
  const files = new Map<string, Found>();
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
    const real = await Deno.realPath(path);
    for (const folder of skip) {
      if (real.startsWith(folder + sep)) {
        throw new UsageError(
          `Cannot take ${path}: it lies among the outputs in ${folder}; choose another folder for them.`,
        );
      }
    }
    if (!files.has(real)) files.set(real, file);
  };
  for (const { path, info } of given) {
    if (info.isDirectory) {
      folders.push(path);
      continue;
    }
    const kind = await kindOfFile(path, info);
    await add(
      found(path, kind === "other" ? { kind: "file without an image" } : kind, {
        root: "",
        relative: basename(path),
      }),
    );
  }
  const within = options.followLinks ?? true
    ? undefined
    : await Promise.all(given.map(({ path }) => Deno.realPath(path)));
  // Folders after files, each with its own memory of what it visited, so that `photos photos/day1` meets both.
  for (const folder of folders) {
    for await (const file of walk(folder, folder, "", { skip: new Set(skip), within })) await add(file);
  }
  if (files.size === 0) {
    const found = countKinds(leftOut).map(({ text }) => text).join(", ");
    throw new UsageError(
      `Cannot find a photo in ${paths.join(", ")}: there is no ${READ_FORMATS} file${
        found === "" ? "" : `, only ${found}`
      }; give photos or folders of photos.`,
    );
  }
  const masks = await findMasks([...files.values()].map(({ path }) => path), folders);
  const { wanted = "photos" } = options;
  // Where no mask lies beside a photo, what was named is what is wanted.
  const isWanted = ({ path }: Found) => masks.size === 0 || masks.has(path) === (wanted === "masks");
  const kind = wanted === "photos" ? "mask lying beside photos" : "photo lying beside masks";
  leftOut.push(...[...files.values()].filter((file) => !isWanted(file)).map(({ path }) => ({ path, kind })));
  const all = [...files.values()].filter(isWanted);
  const names = nameOutputs(all);
  const photos = all.map(({ path }, i) => ({ path, name: names[i] }));
  return {
    photos: photos.sort((a, b) => compareNames(a.name, b.name)),
    leftOut: leftOut.sort((a, b) => compareNames(a.path, b.path)),
  };
}

/** The masks among images: beside their photos, or in folders of their own. */
async function findMasks(paths: readonly string[], folders: readonly string[]): Promise<Set<string>> {
  let masks = new Set<string>();
  for (const folder of folders) {
    const within = paths.filter((path) => !/^\.\.(?:$|[/\\])/.test(relative(folder, path)));
    masks = masks.union(await masksInFolders(folder, within));
  }
  return masks.union(await masksBeside(paths.filter((path) => !masks.has(path))));
}

/** The photos of a run in a heading: each path where there are two at most, else the first and how many others. */
export function namePaths([first, ...others]: readonly string[]): string {
  if (others.length <= 1) return [first, ...others].join(" and ");
  return `${first} and ${others.length} others`;
}
