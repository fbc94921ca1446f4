import { join } from "node:path";
import { readFolder, statOrNull } from "../../core/datasets/list_files.ts";
import { UsageError } from "../cli/errors.ts";
import { isFile } from "../files/presence.ts";
import type { Photo } from "../files/photo_list.ts";
import { listPhotos, MANIFEST } from "../files/photos.ts";
import { correctedMaskPath, readReview, reviewFolder, type ReviewUse } from "./review.ts";

/** A photo of a folder that no run marked, but a person in the studio. */
export interface DrawnPhoto {
  readonly name: string;
  /** Its file. */
  readonly path: string;
  /** Its mask, if a person says that it is right. */
  readonly mask: string | undefined;
}

/** The photos of a folder that no run wrote: masks that were drawn in the studio are none. */
export async function photosOf(folder: string): Promise<readonly Photo[]> {
  const review = reviewFolder(folder);
  const { files, folders } = await readFolder(folder);
  const paths = [...files, ...folders].map((name) => join(folder, name)).filter((path) => path !== review);
  return (await listPhotos(paths)).photos;
}

/**
 * The photos of a folder whose masks were made in the studio, without a run.
 *
 * @param use how what was decided is taken; with `ignore` there is nothing.
 * @returns nothing of a folder with a run or other masks, or without a review.
 * @throws {UsageError} if no mask counts.
 */
export async function drawnPhotos(
  folder: string,
  use: ReviewUse = "prefer",
): Promise<readonly DrawnPhoto[] | undefined> {
  if (use === "ignore" || await statOrNull(reviewFolder(folder)) === null) return undefined;
  const { files, folders } = await readFolder(folder);
  if (files.some((name) => MANIFEST.test(name)) || folders.includes("masks")) return undefined;
  const review = await readReview(folder);
  if (review.size === 0) return undefined;
  const maskOf = async (name: string) => {
    const decision = review.get(name)?.decision, mask = correctedMaskPath(folder, name);
    const isRight = decision === "accepted" || decision === "corrected";
    return isRight && await isFile(mask) ? mask : undefined;
  };
  const photos: DrawnPhoto[] = [];
  for (const { name, path } of await photosOf(folder)) photos.push({ name, path, mask: await maskOf(name) });
  if (photos.some(({ mask }) => mask !== undefined)) return photos;
  throw new UsageError(
    `Cannot use the masks of ${folder}: by what was decided in the studio none of its ${photos.length} photos has one that is right; accept some with ` +
      "deno task studio.",
  );
}
