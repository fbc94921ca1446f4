import { type FoundFile, listFiles } from "./list_files.ts";
import { type Listing, pairFiles } from "./pair_files.ts";

const PHOTO = /^Im_/i, TRUTH = /^GT_/i;

function file({ stem }: FoundFile): string {
  return stem.slice(stem.lastIndexOf("/") + 1);
}

/** `Im_GT_ESAR_30aor`, `Im_ESAR_30aor`, `Im_ESAR_30a`: all of them belong to `GT_ESAR_30a`. */
function photoName(stem: string): string {
  return stem.replace(/^.*\//, "").replace(PHOTO, "").replace(TRUTH, "").replace(/or$/, "");
}

function truthName(stem: string): string {
  return stem.replace(/^.*\//, "").replace(TRUTH, "");
}

/** Whether there are photos `Im_*` and truths `GT_*` below a folder. */
export async function isAel(root: string): Promise<boolean> {
  const files = (await listFiles(root)).map(file);
  return files.some((name) => PHOTO.test(name)) && files.some((name) => TRUTH.test(name));
}

/**
 * AEL (AigleRN, ESAR, LCMS): photos `Im_NAMEor.png`, dark on white truths `GT_NAME.png`, wherever they lie below the folder. Amhaz et al.,
 * "Automatic Crack Detection on Two-Dimensional Pavement Images: An Algorithm Based on Minimal Path Selection", IEEE Transactions on
 * Intelligent Transportation Systems 17 (10), 2016, doi:10.1109/TITS.2015.2477675.
 */
export async function listAel(root: string): Promise<Listing> {
  const files = await listFiles(root);
  return pairFiles({
    split: "all",
    path: root,
    photos: files.filter((found) => PHOTO.test(file(found))),
    truths: files.filter((found) => TRUTH.test(file(found))),
    nameOf: photoName,
    nameOfTruth: truthName,
  });
}
