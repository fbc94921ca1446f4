import { type DatasetLayout, type Listing, pairFiles } from "./layout.ts";
import { type FoundFile, listFiles } from "./list_files.ts";

const PHOTO = /^Im_/i, TRUTH = /^GT_/i;

function baseName({ stem }: FoundFile): string {
  return stem.slice(stem.lastIndexOf("/") + 1);
}

/** `Im_GT_ESAR_30aor`, `Im_ESAR_30aor`, `Im_ESAR_30a`: all of them belong to `GT_ESAR_30a`. */
function photoName(stem: string): string {
  return stem.replace(/^.*\//, "").replace(PHOTO, "").replace(TRUTH, "").replace(/or$/, "");
}

function truthName(stem: string): string {
  return stem.replace(/^.*\//, "").replace(TRUTH, "");
}

/** Names without `GT_`. */
const TEST = new Set(
  ("AIGLE_RN_C19a AIGLE_RN_E17b AIGLE_RN_F05b AIGLE_RN_F06a AIGLE_RN_F06b AIGLE_RN_F08b AIGLE_RN_F10a AIGLE_RN_F10b " +
    "AIGLE_RN_F11b AIGLE_RN_F14a AIGLE_RN_F15a ESAR_20a ESAR_21a ESAR_22a ESAR_23a ESAR_25a ESAR_26a ESAR_27a ESAR_28a " +
    "ESAR_29a ESAR_32a ESAR_34a LCMS_24a LCMS_40c").split(" "),
);
const VAL = new Set(["AIGLE_RN_F01b", "AIGLE_RN_F09a", "AIGLE_RN_F14b", "LCMS_23a"]);

/** Whether there are photos `Im_*` and truths `GT_*` below a folder. */
async function recognise(root: string): Promise<boolean> {
  const files = (await listFiles(root)).map(baseName);
  return files.some((name) => PHOTO.test(name)) && files.some((name) => TRUTH.test(name));
}

async function list(root: string): Promise<Listing> {
  const files = await listFiles(root);
  return pairFiles({
    split: "all",
    path: root,
    photos: files.filter((found) => PHOTO.test(baseName(found))),
    truths: files.filter((found) => TRUTH.test(baseName(found))),
    nameOf: photoName,
    nameOfTruth: truthName,
  });
}

/**
 * AEL (AigleRN, ESAR, LCMS): photos `Im_NAMEor.png`, dark on white truths `GT_NAME.png`, wherever they lie below the folder. Amhaz et al.,
 * "Automatic Crack Detection on Two-Dimensional Pavement Images: An Algorithm Based on Minimal Path Selection", IEEE Transactions on
 * Intelligent Transportation Systems 17 (10), 2016, doi:10.1109/TITS.2015.2477675.
 *
 * Published splits: 24 for test, 4 for validation.
 */
export const ael: DatasetLayout = {
  recognise,
  list,
  truth: "dark",
  publishedSplit: ({ name }) => TEST.has(name) ? "test" : VAL.has(name) ? "val" : "train",
};
