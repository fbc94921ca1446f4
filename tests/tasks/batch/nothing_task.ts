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

/** Paths of so many files of a photo, which are empty. */
function filesOf(out: string, name: string, files: number): string[] {
  return Array.from({ length: files }, (_, i) => join(out, `masks/${name}.${i}`));
}

/** @param files how many are written of each photo. */
const taskFor = (out: string, files: number): BatchTask<Record, object, null> => ({
  compute,
  runtime: { deno: "", tfjs: "", adapter: "", software: true, backend: "" },
  settings: {},
  title: "Nothing",
  difference: () => undefined,
  process: () => Promise.resolve(null),
  write: (name) =>
    Promise.all(filesOf(out, name, files).map((path) => writeOutput(out, path, new Uint8Array(0)))),
  record: (facts) => ({
    ...recordedPhoto(facts, { width: 8, height: 8, crackPixels: 0 }),
    ...{ seconds: facts.seconds, madeAt: facts.now },
  }),
  filesOf: ({ name }) => filesOf(out, name, files),
  async *report() {
    yield await Promise.resolve("");
  },
});

/** Runs it. */
export function runNothing(
  { files = 0, ...options }: BatchOptions & { readonly files?: number },
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
