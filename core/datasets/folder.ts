import { READ_FORMATS } from "../images/image_format.ts";
import { join } from "node:path";
import {
  type DatasetLayout,
  type DatasetProblem,
  joinListings,
  type Listing,
  pairFiles,
  splitOf,
} from "./layout.ts";
import { describeFolder, type FolderContent, IMAGE_FILE, listFiles, readFolder } from "./list_files.ts";

const PHOTOS = /^(?:images?|imgs?|photos?|pictures?)$/i;
/** Names of folders of masks. */
export const TRUTHS: RegExp =
  /^(?:masks?|labels?|lab|gt|truth|ground[-_ ]?truth|annotations?|segmentations?)$/i;

/** The folders of photos and of truths in a folder; undefined where it has not one of each. */
function foldersOf(root: string, { folders }: FolderContent): { photos: string; truths: string } | undefined {
  const photos = folders.find((name) => PHOTOS.test(name)),
    truths = folders.find((name) => TRUTHS.test(name));
  return photos === undefined || truths === undefined
    ? undefined
    : { photos: join(root, photos), truths: join(root, truths) };
}

/** Where the photos and truths of a split lie, and what lies beside the folders of all splits. */
interface Place {
  readonly split: string;
  readonly photos: string;
  readonly truths: string;
  readonly stray: readonly string[];
}

/** Where the photos and truths of each split lie: `images/`, `images/train/` or `train/images/`. */
async function placesOf(
  root: string,
  content: FolderContent,
): Promise<Place[]> {
  const whole = foldersOf(root, content);
  if (whole !== undefined) {
    const { folders, files } = await readFolder(whole.photos);
    const splits = folders.filter((name) => splitOf(name) !== undefined);
    const stray = [
      ...files.filter((name) => IMAGE_FILE.test(name)),
      ...folders.filter((name) => splitOf(name) === undefined),
    ].map((name) => join(whole.photos, name));
    // A stray photo beside the folders of the splits does not make one of them all.
    if (splits.length === 0 || stray.length > splits.length) return [{ split: "all", ...whole, stray: [] }];
    return splits.map((name, i) => ({
      split: splitOf(name)!,
      photos: join(whole.photos, name),
      truths: join(whole.truths, name),
      stray: i === 0 ? stray : [],
    }));
  }
  const places = [];
  for (const name of content.folders) {
    const split = splitOf(name);
    const within = split === undefined
      ? undefined
      : foldersOf(join(root, name), await readFolder(join(root, name)));
    if (split !== undefined && within !== undefined) places.push({ split, ...within, stray: [] });
  }
  return places;
}

/** Whether a folder has photos and masks in folders of their own, as `images/` and `masks/`, split or not. */
async function recognise(root: string, content: FolderContent): Promise<boolean> {
  return (await placesOf(root, content)).length > 0;
}

async function list(root: string, content: FolderContent): Promise<Listing> {
  const listings: Listing[] = [];
  for (const { split, photos: path, truths: truthFolder, stray } of await placesOf(root, content)) {
    const photos = await listFiles(path);
    const truths = await listFiles(truthFolder).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    });
    const listing = pairFiles({ split, path, photos, truths: truths ?? [] });
    const problems: DatasetProblem[] = stray.map((path) => ({
      kind: "photo without truth",
      split,
      path,
      message: `Cannot use ${path}: it lies beside the folders of the splits; move it into one of them.`,
    }));
    if (truths?.length === 0) {
      const message = `Cannot find masks in ${truthFolder}: it holds ${await describeFolder(
        truthFolder,
      )}, and ${READ_FORMATS} files are wanted.`;
      problems.push({ kind: "no masks", split, path: truthFolder, message });
    }
    listings.push({ ...listing, problems: [...problems, ...listing.problems] });
  }
  return joinListings(listings);
}

/** Photos and masks in folders of their own; a mask has the name of its photo, perhaps with `_mask` and the like behind it or before it. */
export const folder: DatasetLayout = { recognise, list, truth: "recognise" };

/** CrackSC: laid out as a general folder is; only by name can its truth be taken for granted. */
export const cracksc: DatasetLayout = { list, truth: "bright" };
