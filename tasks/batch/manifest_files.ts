import { join } from "node:path";
import { findFault } from "../../core/arguments.ts";
import { describeError, UsageError } from "../cli/errors.ts";
import { MANIFEST, OUTPUT_FOLDERS } from "../files/photos.ts";
import { checkRecord, refusal, requireFile } from "../files/read_record.ts";
import { inShard, type Shard } from "../files/shard.ts";
import { writeWhole } from "../files/write_whole.ts";
import { journalPath, readJournal } from "./journal.ts";
import { type Place, readJsonList, writeJsonList } from "./json_list.ts";
import type { ManifestHead, ManifestSchema, PhotoRecord, RunManifest, TaskNouns } from "./manifests.ts";
import { type RecordSource, RecordStore } from "./record_store.ts";
import { namesIn, runFile } from "./run_files.ts";

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
    const run = await addRecords(store, join(folder, name), {
      ...{ tasks: [task, ...formerTasks], schema, remedy, headOnly: liesBeside(name, shard) },
      isWanted: (record) => shard === undefined || inShard(record.name, shard),
    });
    runs.push(run ?? refuse(name));
  }
  return { runs, store };
}

/**
 * Adds the records of a manifest, and of its journal, to a store.
 *
 * @param options `isWanted`: which of them. Default: all.
 * @returns what is known of the run that wrote it; nothing where it is from none of these tasks.
 * @throws {UsageError} if it is from one of them and damaged, or no file.
 */
export async function addRecords<Record extends PhotoRecord, Settings extends object>(
  store: RecordStore<Record>,
  path: string,
  { isWanted = () => true, ...options }:
    & Omit<ScanOptions<Record, Settings>, "onRecord">
    & { readonly isWanted?: (record: Record) => boolean },
): Promise<EarlierRun<Settings> | undefined> {
  const written: RecordSource = { path, version: "" };
  const since: RecordSource = { path: journalPath(path), version: "" };
  const versions = new Set<string>();
  let count = 0, unversioned = false;
  const manifest = await scanManifest(path, {
    ...options,
    onRecord: (record, place, journalled) => {
      count++;
      if (record.version === undefined) unversioned = true;
      else versions.add(record.version);
      if (isWanted(record)) store.offer(record, journalled ? since : written, place);
    },
  });
  if (manifest === undefined) return undefined;
  const { version } = manifest;
  written.version = since.version = version;
  if (unversioned) versions.add(version);
  return { manifest, count, versions, sources: [written, since] };
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
