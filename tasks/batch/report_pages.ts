import { basename, dirname, join } from "node:path";
import { statOrNull } from "../../core/datasets/list_files.ts";

/** The folder of a report's pages, beside its index: `report-pages/`. */
export function pagesFolder(report: string): string {
  return join(dirname(report), `${basename(report).replace(/\.html$/, "")}-pages`);
}

/** Names of folders that reports of shards have their pages in. */
export const SHARD_PAGES = /^report-\d+-of-\d+-pages$/;

const PAGE = /^\d{5,}\.html$/;

/** The file of a page, by its number from 1 on. */
export function pageName(page: number): string {
  return `${String(page).padStart(5, "0")}.html`;
}

/** Removes the pages of a report from a number on, and their folder where none is left. */
export async function removePages(folder: string, from = 1): Promise<void> {
  if (!(await statOrNull(folder))?.isDirectory) return;
  let others = false;
  for await (const { name } of Deno.readDir(folder)) {
    if (PAGE.test(name) && Number.parseInt(name) >= from) await Deno.remove(join(folder, name));
    else others = true;
  }
  if (!others) await Deno.remove(folder);
}
