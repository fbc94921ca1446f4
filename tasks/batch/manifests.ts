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
import type { PhotoOrigin } from "../files/exif.ts";
import type { LeftOut } from "../files/left_out.ts";
import { staysInside } from "../files/output_names.ts";
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
