import { basename, dirname, join } from "node:path";
import { brightestOf } from "../../core/datasets/mask_form.ts";
import { bare, isMaskName } from "../../core/datasets/match_files.ts";
import { decodeFile } from "../../core/images/decode_file.ts";

/** Levels of a mask that was saved as JPEG lie at most so far from black or white, and those of so many pixels. */
const LOSSY_RANGE = 24;
const LOSSY_SHARE = 0.99;

/**
 * Finds masks among photos: a file whose name is that of another beside it but for the extension, or for `_mask` and the like, and whose
 * pixels are two greys, or one; as JPEG, near black and white.
 *
 * @param paths Files of images.
 * @returns Those of them that are masks.
 */
export async function masksBeside(paths: readonly string[]): Promise<Set<string>> {
  const groups = Map.groupBy(
    paths,
    (path) => join(dirname(path), bare(stemOf(path))),
  );
  const masks = new Set<string>();
  for (const group of groups.values()) {
    if (group.length === 1) continue;
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
