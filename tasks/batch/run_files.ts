import { join } from "node:path";
import type { Shard } from "../files/shard.ts";
import { removePages, SHARD_PAGES } from "./report_pages.ts";

const FILES = /^(?:(?:manifest|report)-\d+-of-\d+\.(?:json|html)|\.manifest-\d+-of-\d+\.json\.lines)$/;

/** `manifest.json`, or `manifest-2-of-8.json` for a shard; likewise for the report. */
export function runFile(stem: "manifest" | "report", shard: Shard | undefined): string {
  const extension = stem === "manifest" ? "json" : "html";
  return shard === undefined
    ? `${stem}.${extension}`
    : `${stem}-${shard.index}-of-${shard.count}.${extension}`;
}

/** The names of what lies in a folder, in the order of code units. */
export async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  return names.sort();
}

/** Removes manifests, reports and locks of shards, which a run over all photos has taken up into its own. */
export async function removeShardFiles(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (FILES.test(name) || /^\.hairline-\d+-of-\d+\.lock$/.test(name)) await Deno.remove(join(folder, name));
    if (SHARD_PAGES.test(name)) await removePages(join(folder, name));
  }
}
