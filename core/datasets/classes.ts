import { join } from "node:path";
import { type DatasetLayout, type DatasetProblem, emptySplit, type Listing, splitOf } from "./layout.ts";
import { type FolderContent, listFiles, readFolder } from "./list_files.ts";
import type { Pair } from "./sample.ts";

const CRACK = /^(?:with[-_ ]?)?(?:crack(?:s|ed)?|positives?)$/i;
const NO_CRACK = /^(?:(?:non?|not|without)[-_ ]?crack(?:s|ed)?|un-?cracked|crack-?free|negatives?)$/i;

/** The folders of the two classes among those of a folder; undefined where not both are there. */
export function classesOf({ folders }: FolderContent): { crack: string; noCrack: string } | undefined {
  const crack = folders.find((name) => CRACK.test(name)),
    noCrack = folders.find((name) => NO_CRACK.test(name));
  return crack === undefined || noCrack === undefined ? undefined : { crack, noCrack };
}

async function placesOf(
  root: string,
  content: FolderContent,
): Promise<{ split: string; path: string; crack: string; noCrack: string }[]> {
  const whole = classesOf(content);
  if (whole !== undefined) return [{ split: "all", path: root, ...whole }];
  const places = [];
  for (const name of content.folders) {
    const split = splitOf(name), path = join(root, name);
    const classes = split === undefined ? undefined : classesOf(await readFolder(path));
    if (split !== undefined && classes !== undefined) places.push({ split, path, ...classes });
  }
  return places;
}

/** Whether a folder has the folders `crack/` and `no_crack/`, split or not. */
async function recognise(root: string, content: FolderContent): Promise<boolean> {
  return (await placesOf(root, content)).length > 0;
}

async function list(root: string, content: FolderContent): Promise<Listing> {
  const pairs: Pair[] = [], problems: DatasetProblem[] = [];
  for (const { split, path, crack, noCrack } of await placesOf(root, content)) {
    for (const folder of [crack, noCrack]) {
      const photos = await listFiles(join(path, folder));
      if (photos.length === 0) problems.push(emptySplit(split, join(path, folder)));
      for (const photo of photos) {
        pairs.push({ split, name: `${folder}/${photo.stem}`, image: photo.path, truth: folder === crack });
      }
    }
  }
  return { pairs, problems, notes: [] };
}

/** Photos that are labelled as a whole, by the folder that they lie in: `crack/` or `no_crack/`. */
export const classes: DatasetLayout = { recognise, list, truth: "bright" };
