import { join } from "node:path";
import {
  listOf,
  NUMBER,
  optional,
  type OptionSchemas,
  passing,
  recordSchema,
  type Schema,
  TEXT,
} from "../../core/arguments.ts";
import { describeError, UsageError } from "../cli/errors.ts";
import type { PhotoOrigin } from "../files/exif.ts";
import type { LeftOut } from "../files/left_out.ts";
import { staysInside } from "../files/output_names.ts";
import { MANIFEST, OUTPUT_FOLDERS } from "../files/photos.ts";
import { checkRecord, readRecordText } from "../files/read_record.ts";
import type { Shard } from "../files/shard.ts";
import { writeWhole } from "../files/write_whole.ts";
import { readJournal } from "./journal.ts";
import type { FileRecord } from "./output_files.ts";

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
  /** What was chosen or guessed where its file leaves it open, in sentences: the page of a TIFF file, the bits that its samples use. */
  readonly notes?: readonly string[];
  /** Where, when and with what it was taken, as far as its EXIF data tell. */
  readonly exif?: PhotoOrigin;
  /** The work of reading, marking and writing it: see {@linkcode WorkClock}. Until version 0.1.0 the time since the photo before. */
  readonly seconds: number;
  /** The version of Hairline that marked it; in manifests of before there were such notes that of the manifest. */
  readonly version?: string;
  /** What was written of it; not in manifests of before there were such notes. */
  readonly files?: readonly FileRecord[];
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
  /** Files among the photos that the run did not work on, where there were some. */
  readonly leftOut?: readonly LeftOut[];
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

/** A name that leads to nothing outside the folder of outputs. */
const NAME = passing<string>(
  "a path below the folder of outputs",
  (value) => typeof value === "string" && staysInside(value),
);

const COUNT = passing<number>("a whole number", (value) => Number.isSafeInteger(value) && Number(value) >= 0);

const PHOTO: OptionSchemas<PhotoRecord> = {
  name: NAME,
  path: TEXT,
  sha256: TEXT,
  width: COUNT,
  height: COUNT,
  crackPixels: COUNT,
  crackShare: NUMBER,
  scales: optional(
    listOf(
      recordSchema<{ readonly scale: number; readonly weight: number }>({ scale: NUMBER, weight: NUMBER }),
      "a list of scales",
    ),
  ),
  warning: optional(TEXT),
  notes: optional(listOf(TEXT, "a list of notes")),
  exif: optional(
    recordSchema<PhotoOrigin>({
      latitude: optional(NUMBER),
      longitude: optional(NUMBER),
      taken: optional(TEXT),
      camera: optional(TEXT),
    }),
  ),
  seconds: NUMBER,
  version: optional(TEXT),
  files: optional(
    listOf(recordSchema<FileRecord>({ path: NAME, bytes: COUNT, sha256: TEXT }), "a list of files"),
  ),
};

const FAILURE = recordSchema<FailureRecord>({ name: TEXT, path: TEXT, error: TEXT });

/**
 * What is looked at of a task's manifests: all that a run or a training relies on.
 *
 * @param settings what its outputs depend on.
 * @param photo what it notes of a photo beyond {@linkcode PhotoRecord}.
 */
export function manifestSchema<Record extends PhotoRecord, Settings extends object>(
  settings: OptionSchemas<Settings>,
  photo: OptionSchemas<Omit<Record, keyof PhotoRecord>>,
): Schema<RunManifest<Record> & Settings> {
  const entries = {
    version: TEXT,
    shard: optional(TEXT),
    photos: listOf(recordSchema({ ...PHOTO, ...photo }), "a list of photos"),
    failures: listOf(FAILURE, "a list of failures"),
    ...settings,
  };
  // The task is looked at before: another one's manifest is no fault.
  return recordSchema(entries as object) as unknown as Schema<RunManifest<Record> & Settings>;
}

const FILES = /^(?:(?:manifest|report)-\d+-of-\d+\.(?:json|html)|\.manifest-\d+-of-\d+\.json\.lines)$/;

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
 * @throws {UsageError} if it holds outputs that are not of the same task of Hairline, or a manifest that is damaged.
 */
export async function readManifests<Manifest extends RunManifest<PhotoRecord>>(
  folder: string,
  { task, formerTasks = [], outputs }: TaskNouns,
  schema: Schema<Manifest>,
): Promise<Manifest[]> {
  const names = await namesIn(folder);
  const manifests: Manifest[] = [];
  for (const name of names.filter((name) => MANIFEST.test(name))) {
    const tasks = [task, ...formerTasks];
    const remedy = `mend it, or start the ${outputs} again in another folder`;
    const manifest = await readManifest(join(folder, name), { tasks, schema, remedy });
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

/**
 * Reads a manifest, and what a run that was killed has finished since it wrote that: a photo's last record is its newest.
 *
 * @returns nothing where it is from none of these tasks.
 * @throws {UsageError} if it is from one of them and damaged, or no file.
 */
export async function readManifest<Manifest extends RunManifest<PhotoRecord>>(
  path: string,
  { tasks, schema, remedy }: {
    readonly tasks: readonly string[];
    readonly schema: Schema<Manifest>;
    /** What to do about a damaged one. */
    readonly remedy: string;
  },
): Promise<Manifest | undefined> {
  try {
    const value = parsed(await readRecordText(path));
    const { program, task } = typeof value === "object" && value !== null
      ? value as Partial<RunManifest<PhotoRecord>>
      : {};
    if (program !== "hairline" || task === undefined || !tasks.includes(task)) return undefined;
    const since = await readJournal(path);
    const written = value as { readonly photos?: unknown };
    const whole = since.length === 0 || !Array.isArray(written.photos)
      ? value
      : { ...written, photos: [...written.photos, ...since] };
    const manifest = checkRecord(whole, schema, { path, remedy });
    const { version, photos } = manifest;
    // A record that has its own stays as it is, in the order of its fields, too: a manifest is the same however often it was taken up.
    return {
      ...manifest,
      photos: photos.map((photo) => photo.version === undefined ? { ...photo, version } : photo),
    };
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(describeError(error), { cause: error });
  }
}

/** What a text holds; nothing where it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
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
    if (other === undefined || madeAt(other) <= madeAt(record)) records.set(record.name, record);
  }
  return records;
}

/** Writes a manifest, whole. `program` comes first: that is how other runs know the folder. */
export async function writeManifest(path: string, manifest: RunManifest<PhotoRecord>): Promise<void> {
  await writeWhole(path, manifestText(manifest));
}

/** Photos of which one piece of the text is. */
const PIECE = 256;

/** A manifest as JSON, piece by piece: the text of a hundred thousand photos is not to be in the memory at once. */
async function* manifestText(manifest: RunManifest<PhotoRecord>): AsyncGenerator<string> {
  const { photos } = manifest;
  const list = '\n  "photos": [';
  const [head, tail] = JSON.stringify({ ...manifest, photos: [] }, null, 2).split(`${list}]`);
  yield head + list;
  for (let at = 0; at < photos.length; at += PIECE) {
    const texts = photos.slice(at, at + PIECE).map((photo) =>
      `\n    ${JSON.stringify(photo, null, 2).replaceAll("\n", "\n    ")}`
    );
    yield `${at === 0 ? "" : ","}${texts.join(",")}`;
  }
  yield await Promise.resolve(`${photos.length > 0 ? "\n  " : ""}]${tail}\n`);
}

/** Removes manifests, reports and locks of shards, which a run over all photos has taken up into its own. */
export async function removeShardFiles(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (FILES.test(name) || /^\.hairline-\d+-of-\d+\.lock$/.test(name)) await Deno.remove(join(folder, name));
  }
}
