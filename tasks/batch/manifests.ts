import { join } from "node:path";
import { UsageError } from "../cli/errors.ts";
import { MANIFEST, OUTPUT_FOLDERS } from "../files/photos.ts";
import type { Shard } from "../files/shard.ts";
import { writeWhole } from "../files/write_whole.ts";

/** What every task notes of a photo whose crack it marked. */
export interface PhotoRecord {
  /** The name of its outputs: `masks/NAME.png` and so on. */
  readonly name: string;
  /** Where the photo was, as the command gave it. */
  readonly path: string;
  /** SHA-256 of the photo's file, hexadecimal. */
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly crackPixels: number;
  /** Crack pixels over all pixels. */
  readonly crackShare: number;
  /** Where a network looked at it at several scales: these, and what each counted. */
  readonly scales?: readonly { readonly scale: number; readonly weight: number }[];
  /** A sentence where it is out of what the network knows. */
  readonly warning?: string;
  /** Time from the end of the photo before, or from the start of its own reading, to its outputs on the disk. */
  readonly seconds: number;
}

/** A photo that something failed for. */
export interface FailureRecord {
  readonly name: string;
  readonly path: string;
  /** Why, in a sentence. */
  readonly error: string;
}

/** What computed. */
export interface Runtime {
  readonly deno: string;
  readonly tfjs: string;
  readonly adapter: string;
  readonly software: boolean;
  readonly backend: string;
}

/** `manifest.json` of a folder of outputs, as far as all tasks have it: what the outputs depend on is added by each. */
export interface RunManifest<Record extends PhotoRecord> {
  readonly program: "hairline";
  readonly version: string;
  /** The task that wrote it. */
  readonly task: string;
  readonly runtime: Runtime;
  /** `i/n` where this is one part of the work. */
  readonly shard?: string;
  readonly photos: readonly Record[];
  readonly failures: readonly FailureRecord[];
}

/** What a task is called, and what it gives. */
export interface TaskNouns {
  /** The task, a verb: `label`. */
  readonly task: string;
  /** What it is called in manifests of before, which are taken up, too. */
  readonly formerTasks?: readonly string[];
  /** What it gives for a photo: `label`. */
  readonly output: string;
  /** The same for several: `labels`. */
  readonly outputs: string;
}

const FILES = /^(?:manifest|report)-\d+-of-\d+\.(?:json|html)$/;

/** `manifest.json`, or `manifest-2-of-8.json` for a shard; likewise for the report. */
export function runFile(stem: "manifest" | "report", shard: Shard | undefined): string {
  const extension = stem === "manifest" ? "json" : "html";
  return shard === undefined
    ? `${stem}.${extension}`
    : `${stem}-${shard.index}-of-${shard.count}.${extension}`;
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) names.push(name);
  return names.sort();
}

/**
 * Reads what earlier runs, and other shards, have left in a folder of outputs.
 *
 * @throws {UsageError} if it holds outputs that are not of the same task of Hairline.
 */
export async function readManifests<Manifest extends RunManifest<PhotoRecord>>(
  folder: string,
  { task, formerTasks = [], outputs }: TaskNouns,
): Promise<Manifest[]> {
  const names = await namesIn(folder);
  const manifests: Manifest[] = [];
  for (const name of names.filter((name) => MANIFEST.test(name))) {
    const manifest = parseManifest<Manifest>(await Deno.readTextFile(join(folder, name)), [
      task,
      ...formerTasks,
    ]);
    if (manifest === undefined) {
      throw new UsageError(
        `Cannot write into ${folder}: its ${name} is not the manifest of a folder of ${outputs}; choose another folder.`,
      );
    }
    manifests.push(manifest);
  }
  const foreign = names.find((name) => OUTPUT_FOLDERS.has(name) || name === "report.html");
  if (manifests.length === 0 && foreign !== undefined) {
    throw new UsageError(
      `Cannot write into ${folder}: its ${foreign} is not from Hairline and would be overwritten; choose another folder.`,
    );
  }
  return manifests;
}

/** The manifest that a text holds, where one of these tasks wrote it. */
export function parseManifest<Manifest extends RunManifest<PhotoRecord>>(
  text: string,
  tasks: readonly string[],
): Manifest | undefined {
  try {
    const manifest = JSON.parse(text);
    return manifest?.program === "hairline" && tasks.includes(manifest.task) && Array.isArray(manifest.photos)
      ? manifest
      : undefined;
  } catch {
    return undefined;
  }
}

/** The newest record of each name. */
export function mergeRecords<Record extends PhotoRecord>(
  manifests: readonly RunManifest<Record>[],
  madeAt: (record: Record) => string,
): Map<string, Record> {
  const records = new Map<string, Record>();
  for (const record of manifests.flatMap(({ photos }) => photos)) {
    const other = records.get(record.name);
    if (other === undefined || madeAt(other) < madeAt(record)) records.set(record.name, record);
  }
  return records;
}

/** Writes a manifest, whole. `program` comes first: that is how other runs know the folder. */
export async function writeManifest(path: string, manifest: RunManifest<PhotoRecord>): Promise<void> {
  await writeWhole(path, JSON.stringify(manifest, null, 2) + "\n");
}

/** Removes manifests, reports and locks of shards, which a run over all photos has taken up into its own. */
export async function removeShardFiles(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (FILES.test(name) || /^\.hairline-\d+-of-\d+\.lock$/.test(name)) await Deno.remove(join(folder, name));
  }
}
