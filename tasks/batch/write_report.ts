import { basename, join } from "node:path";
import { VERSION } from "../cli/version.ts";
import { writeWhole } from "../files/write_whole.ts";
import { indexChunks, IndexedParts } from "../report/report_index.ts";
import type { BatchTask, ReportedPhotos } from "./batch_task.ts";
import type { PhotoRecord } from "./manifests.ts";
import { pageName, pagesFolder, removePages } from "./report_pages.ts";

/** Photos on one page, and on each where there are more: a browser has to hold a page with its images in memory. */
const MOST = 2000, PER_PAGE = 100;

/**
 * Writes a report: one page or, of very many photos, pages of some each and an index in its place, in which they are found by their names.
 *
 * @param options `most`: photos on one page. `perPage`: photos on each where there are more.
 */
export async function writeReport<Record extends PhotoRecord>(
  path: string,
  task: Pick<BatchTask<Record, object, unknown>, "title" | "report">,
  reported: ReportedPhotos<Record>,
  { most = MOST, perPage = PER_PAGE }: { readonly most?: number; readonly perPage?: number } = {},
): Promise<void> {
  const { photos, failures, onFailure } = reported;
  const folder = pagesFolder(path), total = photos.length;
  if (total <= most) {
    await writeWhole(path, task.report(reported));
    await removePages(folder);
    return;
  }
  const count = Math.ceil(total / perPage);
  const beside = (page: number) => page < 1 || page > count ? undefined : pageName(page);
  const parts = new IndexedParts();
  let withCrack = 0, seconds = 0;
  for (const some of inPieces(photos, perPage)) {
    const page = parts.length + 1, first = parts.length * perPage + 1;
    const part = {
      ...{ first, last: first + some.length - 1, total },
      ...{ index: `../${basename(path)}`, previous: beside(page - 1), next: beside(page + 1) },
    };
    await writeWhole(
      join(folder, pageName(page)),
      task.report({ photos: some, failures: [], onFailure, part }),
    );
    for (const photo of some) {
      withCrack += Number(photo.crackPixels > 0);
      seconds += photo.seconds;
    }
    parts.add({
      href: `${basename(folder)}/${pageName(page)}`,
      names: some.map(({ name }) => name),
      shares: some.map(({ crackShare }) => Number(crackShare.toPrecision(3))),
    });
  }
  const { title } = task;
  const about = { title, date: new Date(), version: VERSION, photos: total, withCrack, seconds };
  await writeWhole(path, indexChunks({ ...about, parts, failures }));
  await removePages(folder, count + 1);
}

/** The items of a list, some at a time. */
function* inPieces<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let piece: T[] = [];
  for (const item of items) {
    if (piece.push(item) < size) continue;
    yield piece;
    piece = [];
  }
  if (piece.length > 0) yield piece;
}
