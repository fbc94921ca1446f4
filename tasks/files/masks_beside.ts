import { basename, dirname, join, relative, sep } from "node:path";
import { TRUTHS } from "../../core/datasets/folder.ts";
import { brightestOf } from "../../core/datasets/mask_form.ts";
import { bare, isMaskName } from "../../core/datasets/match_files.ts";
import { decodeFile } from "../../core/images/decode_file.ts";
import { TextIndex, type Texts } from "./text_set.ts";

/** Levels of a mask that was saved as JPEG lie at most so far from black or white, and those of so many pixels. */
const LOSSY_RANGE = 24;
const LOSSY_SHARE = 0.99;

/**
 * Finds masks in folders of their own under a folder of photos, such as `masks/` beside `images/`: files in them that have the name of a photo
 * elsewhere in the folder that holds theirs, but for `_mask` and the like, and others whose pixels are those of masks. Where there is no photo elsewhere
 * in it, a folder of that name is one like any other.
 *
 * @param root the folder that was named: its own name says nothing.
 * @param paths Files of images under it, as often as they are asked for.
 * @returns Those of them that are masks.
 */
export async function masksInFolders(root: string, paths: Iterable<string>): Promise<Set<string>> {
  // Mostly there is no such folder: very many paths are not to be in memory for that.
  if (!Iterator.from(paths).some((path) => placeBelow(root, path).holder !== undefined)) return new Set();
  const places = Array.from(paths, (path) => ({ path, name: bare(stemOf(path)), ...placeBelow(root, path) }));
  const masks = new Set<string>();
  for (const [holder, found] of Map.groupBy(places, ({ holder }) => holder)) {
    if (holder === undefined) continue;
    const photos = places.filter((photo) =>
      photo.holder === undefined && (holder === "" || photo.below.startsWith(holder + sep))
    );
    if (photos.length === 0) continue;
    const names = new Set(photos.map(({ name }) => name));
    for (const { path, name } of found) if (names.has(name) || await isMask(path)) masks.add(path);
  }
  return masks;
}

/** Where a file lies below a folder, and the folder below it in which the outermost folder of masks lies that it is in: nothing where it is in none. */
function placeBelow(
  root: string,
  path: string,
): { readonly below: string; readonly holder: string | undefined } {
  const below = relative(root, path);
  const folders = below.split(sep).slice(0, -1);
  const at = folders.findIndex((name) => TRUTHS.test(name));
  return { below, holder: at < 0 ? undefined : folders.slice(0, at).join(sep) };
}

/**
 * Finds masks among photos: a file whose name is that of another beside it but for the extension, or for `_mask` and the like, and whose
 * pixels are two greys, or one; as JPEG, near black and white.
 *
 * @param paths Files of images, by their numbers.
 * @param known Those that are not looked at: they are known for masks.
 * @returns Those of the others that are masks.
 */
export async function masksBeside(paths: Texts, known: ReadonlySet<string>): Promise<Set<string>> {
  const nameOf = (path: string) => join(dirname(path), bare(stemOf(path)));
  // Most have a name for themselves: only the others are grouped.
  const names = new TextIndex((number) => nameOf(paths.at(number)));
  const groups = new Map<number, string[]>();
  for (let i = 0; i < paths.length; i++) {
    const path = paths.at(i);
    if (known.has(path)) continue;
    const first = names.add(nameOf(path), i);
    if (first === i) continue;
    if (!groups.has(first)) groups.set(first, [paths.at(first)]);
    groups.get(first)!.push(path);
  }
  const masks = new Set<string>();
  for (const group of groups.values()) {
    const found: string[] = [];
    for (const path of group) if (isCandidate(path) && await isMask(path)) found.push(path);
    // Of pictures that all look like masks none is the photo.
    if (found.length < group.length) { for (const path of found) masks.add(path); }
  }
  return masks;
}

function stemOf(path: string): string {
  return basename(path).replace(/\.[^.]*$/, "");
}

/** Nobody saves masks as JPEG under the photo's own name: these need not be decoded. */
function isCandidate(path: string): boolean {
  return isMaskName(stemOf(path)) || !isJpeg(path);
}

function isJpeg(path: string): boolean {
  return /\.(?:jpe?g|jpe|jfif)$/i.test(path);
}

async function isMask(path: string): Promise<boolean> {
  let image: ImageData;
  try {
    image = await decodeFile(await Deno.readFile(path), { samples: "stored" });
  } catch {
    // What is wrong with it is said when it is worked on.
    return false;
  }
  const levels = brightestOf(image.data);
  if (isJpeg(path)) {
    const extreme = levels.reduce(
      (count, level) => count + Number(level <= LOSSY_RANGE || level >= 255 - LOSSY_RANGE),
      0,
    );
    return extreme >= LOSSY_SHARE * levels.length;
  }
  const [first] = levels;
  const other = levels.find((level) => level !== first) ?? first;
  return levels.every((level) => level === first || level === other);
}
