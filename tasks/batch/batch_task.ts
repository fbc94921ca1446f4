import type { Compute } from "../../core/gpu/compute.ts";
import type { PhotoRecord, RunManifest, Runtime } from "./records.ts";

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

/** A task that makes files of each photo, with its network loaded. */
export interface PhotoTask<Record extends PhotoRecord, Settings extends object, Output> {
  readonly compute: Compute;
  readonly runtime: Runtime;
  /** What the outputs depend on, apart from the photo; it stands in the manifest. */
  readonly settings: Settings;
  /** Pixels of the photos that are computed at a time; a larger photo is computed alone. Default 2²⁰. */
  readonly pixelsAtOnce?: number;
  /** How earlier outputs were made otherwise: what was used then, and what is now. */
  difference(before: Settings): { readonly was: string; readonly is: string } | undefined;
  /** Makes what is to be written of a photo. */
  process(image: ImageData): Promise<Output>;
  /** Writes it, each file whole or not at all. */
  write(name: string, output: Output): Promise<void>;
  /** The record of a photo whose files are written. */
  record(facts: PhotoFacts, output: Output): Record;
  /** Whether the files of an earlier record, and all that are wanted now, are there. */
  isDone(record: Record): Promise<boolean>;
  /** When the files of a record were made, as ISO 8601 in UTC. */
  madeAt(record: Record): string;
  /** The report, piece by piece. */
  report(manifest: Pick<RunManifest<Record>, "photos" | "failures">): AsyncIterable<string>;
}

/** What a run knows of a photo whose files are written. */
export interface PhotoFacts {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly seconds: number;
  /** Now, as ISO 8601 in UTC. */
  readonly now: string;
}
