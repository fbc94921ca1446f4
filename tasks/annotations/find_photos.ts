import { basename, dirname, extname, join, resolve } from "node:path";
import type { MarkedPhoto } from "../../core/annotations/annotation_format.ts";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { bare } from "../../core/datasets/match_files.ts";
import { UsageError } from "../cli/errors.ts";
import { isFile } from "../files/presence.ts";
import type { Photo } from "../files/photo_list.ts";
import { listPhotos } from "../files/photos.ts";

/** Options of {@linkcode photoFinder}. */
export interface PhotoFinderOptions {
  /** The file or folder of annotations. */
  readonly annotations: string;
  /** The folder below it in which its format has photos. */
  readonly photoFolder: string;
  /** Folders in which the photos lie. Empty: they lie where the annotations say. */
  readonly photos: readonly string[];
  /** The folder of outputs. */
  readonly out: string;
  /** Images that are annotations, and no photos. */
  readonly masks?: readonly string[];
}

/** Finds the photo that annotations tell of; a sentence where there is none, or more than one. */
export type PhotoFinder = (marked: MarkedPhoto) => Promise<Photo | string>;

/**
 * Prepares the search for photos by the names that annotations give them: the whole path below a folder of photos, or as much of its end
 * as is there, with its extension or without; else by the same names but for case, the coding of umlauts, `_mask` and the like.
 */
export async function photoFinder(options: PhotoFinderOptions): Promise<PhotoFinder> {
  const folders = options.photos.length > 0 ? options.photos : [await usualFolder(options)];
  const masks = new Set(options.masks?.map((path) => resolve(path)));
  const { photos: all } = await listPhotos(folders, { outputs: options.out }).catch((error) => {
    // The annotations may say where the photos lie.
    if (error instanceof UsageError && options.photos.length === 0) return { photos: [] };
    throw error;
  });
  const photos = all.filter(({ path }) => !masks.has(resolve(path)));
  const shared = sharedFolder(photos);
  const byBareEnd = Map.groupBy(photos, ({ name }) => basename(bare(name)));
  const byEnd = Map.groupBy(photos, (photo) => basename(stemOf(photo.name)));
  return async ({ file, path }) => {
    if (options.photos.length === 0 && path !== undefined && await isFile(path)) {
      return photos.find((photo) => photo.name === file) ?? { name: file, path };
    }
    const wanted = file.replaceAll("\\", "/").replace(/^(?:\.{0,2}\/)+/, "");
    for (const name of [wanted, stemOf(wanted)]) {
      const known = (photo: Photo) =>
        [photo.name, fileName(photo), stemOf(fileName(photo))].flatMap((known) => [
          known,
          known.slice(shared.length),
        ]);
      const near = [...byEnd.get(basename(stemOf(name))) ?? [], ...byEnd.get(basename(name)) ?? []];
      const candidates = [...new Set(near)];
      const fit = Map.groupBy(
        candidates,
        (photo) => Math.max(...known(photo).map((other) => agreement(name, other))),
      );
      const found = fit.get(Math.max(1, ...fit.keys())) ?? [];
      if (found.length === 1) return found[0];
      if (found.length > 1) {
        return `Cannot use the annotations of ${file}: ${found[0].path} and ${
          found[1].path
        } could be its photo.`;
      }
    }
    const name = bare(wanted);
    const alike = (byBareEnd.get(basename(name)) ?? []).filter((photo) =>
      agreement(name, bare(photo.name)) > 0
    );
    if (alike.length === 1) return alike[0];
    return `Cannot use the annotations of ${file}: there is no such photo in ${
      folders.join(", ")
    }; say with --photos where it lies.`;
  };
}

/** How many letters two paths have in common at their ends, where one is the end of the other; of equal ones more than that. */
function agreement(a: string, b: string): number {
  if (a === b) return Infinity;
  return a.endsWith(`/${b}`) ? b.length : b.endsWith(`/${a}`) ? a.length : 0;
}

/** The folders that all photos lie in, as images/default/ of CVAT and Datumaro: annotations name photos below them. */
function sharedFolder(photos: readonly Photo[]): string {
  let shared = photos.length === 0 ? "" : `${dirname(photos[0].name)}/`;
  while (shared !== "./" && !photos.every(({ name }) => name.startsWith(shared))) {
    shared = `${dirname(shared)}/`;
  }
  return shared === "./" ? "" : shared;
}

function stemOf(name: string): string {
  return name.replace(/\.[^./]*$/, "");
}

/** The name of a photo with the extension of its file. */
function fileName({ name, path }: Photo): string {
  const extension = extname(path);
  return name.toLowerCase().endsWith(extension.toLowerCase()) ? name : name + extension;
}

/** Where the photos of annotations lie that do not say so: in the folder that their format has for them, or beside them. */
export async function usualFolder(
  { annotations, photoFolder }: Pick<PhotoFinderOptions, "annotations" | "photoFolder">,
): Promise<string> {
  const base = (await statOrNull(annotations))?.isDirectory ? annotations : dirname(annotations);
  for (const folder of [join(base, photoFolder), join(base, "..", photoFolder)]) {
    if (photoFolder !== "" && (await statOrNull(folder))?.isDirectory) return folder;
  }
  return base;
}
