import { join } from "node:path";
import { type FolderContent, listFiles } from "./list_files.ts";
import { joinListings, type Listing, pairFiles } from "./pair_files.ts";

const PHOTOS = /^(.+)_img$/, TRUTHS = /^(.+)_lab$/;

/** Whether a folder has folders `NAME_img` and `NAME_lab`. */
export function isDcd(_root: string, { folders }: FolderContent): boolean {
  return folders.some((name) => PHOTOS.test(name)) && folders.some((name) => TRUTHS.test(name));
}

/**
 * DCD, the DeepCrack dataset: `train_img`, `train_lab`, `test_img`, `test_lab`. Liu et al., "DeepCrack: A Deep Hierarchical Feature Learning
 * Architecture for Crack Segmentation", Neurocomputing 338, 2019, doi:10.1016/j.neucom.2019.01.036.
 */
export async function listDcd(root: string, { folders }: FolderContent): Promise<Listing> {
  const splits = new Set(folders.flatMap((name) => (PHOTOS.exec(name) ?? TRUTHS.exec(name))?.[1] ?? []));
  const filesOf = (name: string) => folders.includes(name) ? listFiles(join(root, name)) : [];
  return joinListings(
    await Promise.all([...splits].map(async (split) =>
      pairFiles({
        split,
        path: join(root, `${split}_img`),
        photos: await filesOf(`${split}_img`),
        truths: await filesOf(`${split}_lab`),
      })
    )),
  );
}
