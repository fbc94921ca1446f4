import { join } from "node:path";
import { type DatasetLayout, joinListings, type Listing, pairFiles, splitOf } from "./layout.ts";
import { type FolderContent, listFiles, readFolder } from "./list_files.ts";

const PHOTOS = /^(?:images?|imgs?|photos?|pictures?)$/i;
const TRUTHS = /^(?:masks?|labels?|lab|gt|truth|ground[-_ ]?truth|annotations?|segmentations?)$/i;
const SUFFIX = /[-_](?:mask|label|gt)$/i;

/** The folders of photos and of truths in a folder; undefined where it has not one of each. */
function foldersOf(root: string, { folders }: FolderContent): { photos: string; truths: string } | undefined {
  const photos = folders.find((name) => PHOTOS.test(name)),
    truths = folders.find((name) => TRUTHS.test(name));
  return photos === undefined || truths === undefined
    ? undefined
    : { photos: join(root, photos), truths: join(root, truths) };
}

/** Where the photos and truths of each split lie: `images/`, `images/train/` or `train/images/`. */
async function placesOf(
  root: string,
  content: FolderContent,
): Promise<{ split: string; photos: string; truths: string }[]> {
  const whole = foldersOf(root, content);
  if (whole !== undefined) {
    const { folders, files } = await readFolder(whole.photos);
    const splits = folders.filter((name) => splitOf(name) !== undefined);
    if (files.length > 0 || splits.length === 0 || splits.length < folders.length) {
      return [{ split: "all", ...whole }];
    }
    return splits.map((name) => ({
      split: splitOf(name)!,
      photos: join(whole.photos, name),
      truths: join(whole.truths, name),
    }));
  }
  const places = [];
  for (const name of content.folders) {
    const split = splitOf(name);
    const within = split === undefined
      ? undefined
      : foldersOf(join(root, name), await readFolder(join(root, name)));
    if (split !== undefined && within !== undefined) places.push({ split, ...within });
  }
  return places;
}

/** Whether a folder has photos and masks in folders of their own, as `images/` and `masks/`, split or not. */
async function recognise(root: string, content: FolderContent): Promise<boolean> {
  return (await placesOf(root, content)).length > 0;
}

async function list(root: string, content: FolderContent): Promise<Listing> {
  const listings = [];
  for (const { split, photos: photoFolder, truths: truthFolder } of await placesOf(root, content)) {
    const photos = await listFiles(photoFolder);
    const stems = new Set(photos.map(({ stem }) => stem));
    listings.push(pairFiles({
      split,
      path: photoFolder,
      photos,
      truths: await listFiles(truthFolder).catch((error) => {
        if (error instanceof Deno.errors.NotFound) return [];
        throw error;
      }),
      nameOfTruth: (stem) => stems.has(stem) ? stem : stem.replace(SUFFIX, ""),
    }));
  }
  return joinListings(listings);
}

/** Photos and masks in folders of their own; a mask has the name of its photo, perhaps with `_mask`, `_label` or `_gt` behind it. */
export const folder: DatasetLayout = { recognise, list, truth: "recognise" };

/** CrackSC: laid out as a general folder is; only by name can its truth be taken for granted. */
export const cracksc: DatasetLayout = { list, truth: "bright" };
