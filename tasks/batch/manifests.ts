import { join } from "node:path";
import {
  findFault,
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
import { checkRecord, refusal, requireFile } from "../files/read_record.ts";
import { inShard, type Shard } from "../files/shard.ts";
import { writeWhole } from "../files/write_whole.ts";
import { journalPath, readJournal } from "./journal.ts";
import { type Place, readJsonList, writeJsonList } from "./json_list.ts";
import type { FileRecord } from "./output_files.ts";
import { type RecordSource, RecordStore } from "./record_store.ts";
import { removePages, SHARD_PAGES } from "./report_pages.ts";

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

/** A manifest without its photos, which may be very many. */
export type ManifestHead = Omit<RunManifest<PhotoRecord>, "photos">;

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

/** What is looked at of a task's manifests: all that a run or a training relies on. */
export interface ManifestSchema<Record extends PhotoRecord, Settings extends object> {
  /** Of all but the photos, of which it is known only that they are a list. */
  readonly head: Schema<ManifestHead & Settings & { readonly photos: readonly unknown[] }>;
  /** Of some of the photos. */
  readonly some: Schema<{ readonly photos: readonly Record[] }>;
}

/**
 * @param settings what the outputs of a task depend on.
 * @param photo what it notes of a photo beyond {@linkcode PhotoRecord}.
 */
export function manifestSchema<Record extends PhotoRecord, Settings extends object>(
  settings: OptionSchemas<Settings>,
  photo: OptionSchemas<Omit<Record, keyof PhotoRecord>>,
): ManifestSchema<Record, Settings> {
  const wanted = "a list of photos";
  const entries = {
    version: TEXT,
    shard: optional(TEXT),
    photos: listOf(passing("anything", () => true), wanted),
    failures: listOf(FAILURE, "a list of failures"),
    ...settings,
  };
  const photos = listOf(recordSchema({ ...PHOTO, ...photo }), wanted);
  // The task is looked at before: another one's manifest is no fault.
  return {
    head: recordSchema(entries as object) as unknown as ManifestSchema<Record, Settings>["head"],
    some: recordSchema({ photos }) as unknown as ManifestSchema<Record, Settings>["some"],
  };
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

/** A manifest that an earlier run, or another shard, has left. */
export interface EarlierRun<Settings> {
  readonly manifest: ManifestHead & Settings;
  /** How many records it has. */
  readonly count: number;
  /** The versions of Hairline that made them. */
  readonly versions: ReadonlySet<string>;
  /** Where the records are. */
  readonly sources: readonly RecordSource[];
}

/** The paths of the manifests in a folder of outputs, and what is said where one is not of the task. */
async function findManifests(
  folder: string,
  { outputs }: TaskNouns,
): Promise<{ readonly names: readonly string[]; readonly refuse: (name: string) => never }> {
  const all = await namesIn(folder);
  const names = all.filter((name) => MANIFEST.test(name));
  const foreign = all.find((name) => OUTPUT_FOLDERS.has(name) || name === "report.html");
  if (names.length === 0 && foreign !== undefined) {
    throw new UsageError(
      `Cannot write into ${folder}: its ${foreign} is not from Hairline and would be overwritten; choose another folder.`,
    );
  }
  const refuse = (name: string): never => {
    throw new UsageError(
      `Cannot write into ${folder}: its ${name} is not the manifest of a folder of ${outputs}; choose another folder.`,
    );
  };
  return { names, refuse };
}

/**
 * Reads what earlier runs, and other shards, have left in a folder of outputs, a record in memory at a time.
 *
 * @param options `shard`: takes the records of this part only, and of the parts beside it no more than how their outputs were made.
 * @throws {UsageError} if it holds outputs that are not of the same task of Hairline, or a manifest that is damaged.
 */
export async function openRecords<Record extends PhotoRecord, Settings extends object>(
  folder: string,
  { nouns, schema, madeAt, shard }: {
    readonly nouns: TaskNouns;
    readonly schema: ManifestSchema<Record, Settings>;
    readonly madeAt: (record: Record) => string;
    readonly shard?: Shard;
  },
): Promise<{ readonly runs: readonly EarlierRun<Settings>[]; readonly store: RecordStore<Record> }> {
  const { names, refuse } = await findManifests(folder, nouns);
  const { task, formerTasks = [], outputs } = nouns;
  const remedy = `mend it, or start the ${outputs} again in another folder`;
  const store = new RecordStore(madeAt);
  const runs: EarlierRun<Settings>[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const written: RecordSource = { path, version: "" };
    const since: RecordSource = { path: journalPath(path), version: "" };
    const versions = new Set<string>();
    let count = 0, unversioned = false;
    const manifest = await scanManifest(path, {
      ...{ tasks: [task, ...formerTasks], schema, remedy, headOnly: liesBeside(name, shard) },
      onRecord: (record, place, journalled) => {
        count++;
        if (record.version === undefined) unversioned = true;
        else versions.add(record.version);
        if (shard !== undefined && !inShard(record.name, shard)) return;
        store.offer(record, journalled ? since : written, place);
      },
    });
    if (manifest === undefined) return refuse(name);
    const { version } = manifest;
    written.version = since.version = version;
    if (unversioned) versions.add(version);
    runs.push({ manifest, count, versions, sources: [written, since] });
  }
  return { runs, store };
}

/** Whether a manifest is that of another part of as many. */
function liesBeside(name: string, shard: Shard | undefined): boolean {
  return shard !== undefined && name.endsWith(`-of-${shard.count}.json`) &&
    name !== runFile("manifest", shard);
}

/**
 * Reads a manifest, and what a run that was killed has finished since it wrote that: a photo's last record is its newest.
 *
 * @returns nothing where it is from none of these tasks.
 * @throws {UsageError} if it is from one of them and damaged, or no file.
 */
export async function readManifest<Record extends PhotoRecord, Settings extends object>(
  path: string,
  options: Pick<ScanOptions<Record, Settings>, "tasks" | "schema" | "remedy">,
): Promise<RunManifest<Record> & Settings | undefined> {
  const photos: Record[] = [];
  const manifest = await scanManifest(path, { ...options, onRecord: (record) => photos.push(record) });
  if (manifest === undefined) return undefined;
  const { version } = manifest;
  return {
    ...manifest,
    photos: photos.map((photo) => photo.version === undefined ? { ...photo, version } : photo),
  };
}

/** Reads all manifests of a folder of outputs, as {@linkcode openRecords} does, with their records. */
export async function readManifests<Record extends PhotoRecord, Settings extends object>(
  folder: string,
  nouns: TaskNouns,
  schema: ManifestSchema<Record, Settings>,
): Promise<(RunManifest<Record> & Settings)[]> {
  const { names, refuse } = await findManifests(folder, nouns);
  const { task, formerTasks = [], outputs } = nouns;
  const remedy = `mend it, or start the ${outputs} again in another folder`;
  const manifests: (RunManifest<Record> & Settings)[] = [];
  for (const name of names) {
    const options = { tasks: [task, ...formerTasks], schema, remedy };
    manifests.push(await readManifest(join(folder, name), options) ?? refuse(name));
  }
  return manifests;
}

interface ScanOptions<Record extends PhotoRecord, Settings extends object> {
  readonly tasks: readonly string[];
  readonly schema: ManifestSchema<Record, Settings>;
  /** What to do about a damaged one. */
  readonly remedy: string;
  /** Called with each record, where it is, and whether that is in the journal. */
  readonly onRecord: (record: Record, place: Place, journalled: boolean) => void;
  /** Whether the first record will do, as a sign that there are some. */
  readonly headOnly?: boolean;
}

/** Photos that are looked at together. */
const PIECE = 256;

/** A manifest and its journal, a piece of its records in memory at a time. */
async function scanManifest<Record extends PhotoRecord, Settings extends object>(
  path: string,
  { tasks, schema, remedy, onRecord, headOnly }: ScanOptions<Record, Settings>,
): Promise<ManifestHead & Settings | undefined> {
  let piece: { readonly record: unknown; readonly place: Place; readonly journalled: boolean }[] = [];
  let before = 0, broken = false;
  /** The first, which is said when it is known whose manifest this is. */
  let fault: string | undefined;
  const pass = () => {
    const photos = piece.map(({ record }) => record);
    fault ??= findFault(schema.some, { photos })
      ?.replace(/^photos\.(\d+)/, (_, index) => `photos.${before + Number(index)}`);
    for (const { record, place, journalled } of fault === undefined ? piece : []) {
      onRecord(record as Record, place, journalled);
    }
    before += piece.length;
    piece = [];
  };
  const add = (text: string, place: Place, journalled: boolean) => {
    if (fault !== undefined) return;
    piece.push({ record: JSON.parse(text), place, journalled });
    if (piece.length === PIECE) pass();
  };
  try {
    await requireFile(path);
    const around = await readJsonList(path, {
      field: "photos",
      headOnly,
      onItem: (text, place) => {
        if (broken) return;
        try {
          add(text, place, false);
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
          broken = true;
        }
      },
    });
    const head = broken ? undefined : parsed(around);
    const { program, task } = typeof head === "object" && head !== null ? head as Partial<ManifestHead> : {};
    if (program !== "hairline" || task === undefined || !tasks.includes(task)) return undefined;
    await readJournal(path, (line, place) => {
      if (!headOnly || before + piece.length === 0) add(line, place, true);
    });
    pass();
    const failures = headOnly ? { failures: [] } : {};
    const manifest = checkRecord({ ...failures, ...head as object }, schema.head, { path, remedy });
    if (fault !== undefined) throw refusal(fault, { path, remedy });
    const { photos: _, ...rest } = manifest;
    return rest as unknown as ManifestHead & Settings;
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

/**
 * Writes a manifest, whole. `program` comes first: that is how other runs know the folder.
 *
 * @param onPlace told where each photo's record is in the file.
 */
export async function writeManifest(
  path: string,
  manifest: ManifestHead & { readonly photos: Iterable<PhotoRecord> },
  onPlace?: (place: Place) => void,
): Promise<void> {
  const { photos: items } = manifest;
  await writeWhole(path, writeJsonList({ ...manifest, photos: [] }, { field: "photos", items, onPlace }));
}

/** Removes manifests, reports and locks of shards, which a run over all photos has taken up into its own. */
export async function removeShardFiles(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    if (FILES.test(name) || /^\.hairline-\d+-of-\d+\.lock$/.test(name)) await Deno.remove(join(folder, name));
    if (SHARD_PAGES.test(name)) await removePages(join(folder, name));
  }
}
