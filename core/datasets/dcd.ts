import { join } from "node:path";
import { type DatasetLayout, joinListings, type Listing, pairFiles } from "./layout.ts";
import { type FolderContent, listFiles } from "./list_files.ts";

const PHOTOS = /^(.+)_img$/, TRUTHS = /^(.+)_lab$/;

/** Of the training part. */
const VAL = new Set(
  ("11122-3 11122-4 11123-4 11123-6 11126 11130 11136 11138 11152 11159 11164-4 11166-1 11175-2 11179-3 11184-2 11289-3 " +
    "11289-9 7Q3A9060-14 7Q3A9064-16 7Q3A9064-18 7Q3A9064-7 IMG11-3 IMG16 IMG25-1 IMG33-10 IMG33-17 IMG33-2 IMG36-3 IMG56 " +
    "IMG_6536-6").split(" "),
);

/** Whether a folder has folders `NAME_img` and `NAME_lab`. */
function recognise(_root: string, { folders }: FolderContent): boolean {
  return folders.some((name) => PHOTOS.test(name)) && folders.some((name) => TRUTHS.test(name));
}

async function list(root: string, { folders }: FolderContent): Promise<Listing> {
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

/**
 * DCD, the DeepCrack dataset: `train_img`, `train_lab`, `test_img`, `test_lab`. Liu et al., "DeepCrack: A Deep Hierarchical Feature Learning
 * Architecture for Crack Segmentation", Neurocomputing 338, 2019, doi:10.1016/j.neucom.2019.01.036.
 *
 * Published splits: 270 for training, 30 for validation, 237 for test.
 */
export const dcd: DatasetLayout = {
  recognise,
  list,
  truth: "recognise",
  publishedSplit: ({ name, split }) => split === "train" && VAL.has(name) ? "val" : split,
};
