import { join } from "node:path";
import type { Recipe } from "../../core/recipe.ts";
import type { StageKey } from "../../core/stages.ts";
import type { Shard } from "../cli/shard.ts";
import { UsageError } from "../cli/usage_error.ts";
import { writeWhole } from "../cli/write_whole.ts";

/** A photo that was labelled. */
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
  readonly usableForTraining: boolean;
  /** The maps in `stages/NAME/`, in the order of the method; none where they were not asked for. */
  readonly stages: readonly StageKey[];
  /** Time from the end of the photo before, or from the start of its own reading, to its label on the disk. */
  readonly seconds: number;
  /** When, in UTC. */
  readonly labelledAt: string;
}

/** A photo that could not be labelled. */
export interface FailureRecord {
  readonly name: string;
  readonly path: string;
  /** Why, in a sentence. */
  readonly error: string;
}

/** What a label depends on, apart from its photo. */
export interface LabelSettings {
  readonly recipe: Recipe;
  readonly classifier: ClassifierRecord;
}

/** The classifier of a run. */
export interface ClassifierRecord {
  /** Architecture and size. */
  readonly name: string;
  /** The file it was loaded from, or `shipped`. */
  readonly source: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
}

/** `manifest.json` of a folder of labels: how they were made, from what, and what came out. */
export interface Manifest extends LabelSettings {
  readonly program: "hairline";
  readonly version: string;
  readonly task: "label";
  /** Seeds of whatever is random: labelling is not. */
  readonly seeds: Readonly<Record<string, number>>;
  /** What computed. */
  readonly runtime: {
    readonly deno: string;
    readonly tfjs: string;
    readonly adapter: string;
    readonly software: boolean;
    readonly backend: string;
  };
  /** `i/n` where this is one part of the work. */
  readonly shard?: string;
  readonly photos: readonly PhotoRecord[];
  readonly failures: readonly FailureRecord[];
}

const FILES = /^(?:manifest|report)-\d+-of-\d+\.(?:json|html)$/;
const MANIFEST = /^manifest(?:-\d+-of-\d+)?\.json$/;

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
 * Reads what earlier runs, and other shards, have left in a folder of labels.
 *
 * @throws {UsageError} if it holds outputs that are not Hairline's own.
 */
export async function readManifests(folder: string): Promise<Manifest[]> {
  const names = await namesIn(folder);
  const manifests: Manifest[] = [];
  for (const name of names.filter((name) => MANIFEST.test(name))) {
    const manifest = parseManifest(await Deno.readTextFile(join(folder, name)));
    if (manifest === undefined) {
      throw new UsageError(
        `Cannot write into ${folder}: its ${name} is not the manifest of a folder of labels; choose another folder.`,
      );
    }
    manifests.push(manifest);
  }
  const foreign = names.find((name) => ["confidence", "masks", "stages", "report.html"].includes(name));
  if (manifests.length === 0 && foreign !== undefined) {
    throw new UsageError(
      `Cannot write into ${folder}: its ${foreign} is not from Hairline and would be overwritten; choose another folder.`,
    );
  }
  return manifests;
}

function parseManifest(text: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(text);
    return manifest?.program === "hairline" && manifest.task === "label" && Array.isArray(manifest.photos)
      ? manifest
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Refuses to mix labels that were made in different ways.
 *
 * @throws {UsageError} that names the first difference.
 */
export function requireSameSettings(folder: string, manifest: Manifest, settings: LabelSettings): void {
  if (manifest.photos.length === 0) return;
  const refuse = (was: string, is: string): never => {
    throw new UsageError(
      `Cannot add to the labels in ${folder}: they were made with ${was}, not ${is}; choose another folder, or the same settings.`,
    );
  };
  for (const [field, value] of Object.entries(settings.recipe)) {
    if (field === "name") continue;
    const before: unknown = manifest.recipe[field as keyof Recipe];
    if (JSON.stringify(before) !== JSON.stringify(value)) refuse(`${field} ${before}`, String(value));
  }
  const { name, sha256 } = settings.classifier;
  const before = manifest.classifier;
  if (before.sha256 !== sha256) {
    refuse(`the classifier ${before.name} (${before.sha256.slice(0, 8)})`, `${name} (${sha256.slice(0, 8)})`);
  }
}

/** The newest record of each name. */
export function mergeRecords(manifests: readonly Manifest[]): Map<string, PhotoRecord> {
  const records = new Map<string, PhotoRecord>();
  for (const record of manifests.flatMap(({ photos }) => photos)) {
    const other = records.get(record.name);
    if (other === undefined || other.labelledAt < record.labelledAt) records.set(record.name, record);
  }
  return records;
}

/** Writes a manifest, whole. `program` comes first: that is how other runs know the folder. */
export async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  await writeWhole(path, JSON.stringify(manifest, null, 2) + "\n");
}

/** Removes manifests, reports and locks of shards, which a run over all photos has taken up into its own. */
export async function removeShardFiles(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (FILES.test(name) || /^\.hairline-\d+-of-\d+\.lock$/.test(name)) await Deno.remove(join(folder, name));
  }
}
