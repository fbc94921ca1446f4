/** A task over photos that does nothing, for what a run does beside. */
import { join } from "node:path";
import { TEXT } from "../../../core/arguments.ts";
import type { Compute } from "../../../core/gpu/compute.ts";
import { type BatchOptions, type BatchSummary, runOverPhotos } from "../../../tasks/batch/batch_run.ts";
import { writeOutput } from "../../../tasks/batch/output_files.ts";
import { type PlannedPhoto, type PlanOptions, planOverPhotos } from "../../../tasks/batch/plan_photos.ts";
import { type BatchTask, recordedPhoto } from "../../../tasks/batch/batch_task.ts";
import { manifestSchema, type PhotoRecord } from "../../../tasks/batch/manifests.ts";

interface Record extends PhotoRecord {
  readonly madeAt: string;
}

/** No device, which is never lost. */
const compute = { device: { lost: new Promise(() => {}) } } as unknown as Compute;

const NOUNS = { task: "nothing", output: "", outputs: "nothings" };

const SCHEMA = manifestSchema<Record, object>({}, { madeAt: TEXT });

const madeAt = ({ madeAt }: Record) => madeAt;

/** The empty files that are written of a photo, by its name, below `masks/`. */
export type EmptyFiles = (name: string) => readonly string[];

const taskFor = (out: string, files: EmptyFiles): BatchTask<Record, object, null> => ({
  compute,
  runtime: { deno: "", tfjs: "", adapter: "", software: true, backend: "" },
  settings: {},
  title: "Nothing",
  difference: () => undefined,
  process: () => Promise.resolve(null),
  write: (name) =>
    Promise.all(pathsOf(out, files(name)).map((path) => writeOutput(out, path, new Uint8Array(0)))),
  record: (facts) => ({
    ...recordedPhoto(facts, { width: 8, height: 8, crackPixels: 0 }),
    ...{ seconds: facts.seconds, madeAt: facts.now },
  }),
  filesOf: ({ name }) => pathsOf(out, files(name)),
  async *report() {
    yield await Promise.resolve("");
  },
});

function pathsOf(out: string, names: readonly string[]): string[] {
  return names.map((name) => join(out, "masks", name));
}

/** Runs it. */
export function runNothing(
  { files = () => [], ...options }: BatchOptions & { readonly files?: EmptyFiles },
): Promise<BatchSummary<Record>> {
  return runOverPhotos(options, {
    ...{ nouns: NOUNS, schema: SCHEMA, madeAt },
    open: () => Promise.resolve(taskFor(options.out, files)),
  });
}

/** Says what it would do. */
export function planNothing(options: PlanOptions): AsyncGenerator<PlannedPhoto> {
  return planOverPhotos(options, { nouns: NOUNS, schema: SCHEMA, madeAt, filesOf: () => [] });
}
