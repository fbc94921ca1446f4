/** A task over photos that does nothing and writes nothing, for what a run does beside. */
import { TEXT } from "../../../core/arguments.ts";
import type { Compute } from "../../../core/gpu/compute.ts";
import { type BatchOptions, type BatchSummary, runOverPhotos } from "../../../tasks/batch/batch_run.ts";
import { type BatchTask, recordedPhoto } from "../../../tasks/batch/batch_task.ts";
import { manifestSchema, type PhotoRecord } from "../../../tasks/batch/manifests.ts";

interface Record extends PhotoRecord {
  readonly madeAt: string;
}

/** No device, which is never lost. */
const compute = { device: { lost: new Promise(() => {}) } } as unknown as Compute;

const task: BatchTask<Record, object, null> = {
  compute,
  runtime: { deno: "", tfjs: "", adapter: "", software: true, backend: "" },
  settings: {},
  title: "Nothing",
  difference: () => undefined,
  process: () => Promise.resolve(null),
  write: () => Promise.resolve([]),
  record: (facts) => ({
    ...recordedPhoto(facts, { width: 8, height: 8, crackPixels: 0 }),
    ...{ seconds: facts.seconds, madeAt: facts.now },
  }),
  filesOf: () => [],
  async *report() {
    yield await Promise.resolve("");
  },
};

/** Runs it. */
export function runNothing(options: BatchOptions): Promise<BatchSummary<Record>> {
  return runOverPhotos(options, {
    nouns: { task: "nothing", output: "", outputs: "nothings" },
    schema: manifestSchema<Record, object>({}, { madeAt: TEXT }),
    madeAt: ({ madeAt }) => madeAt,
    open: () => Promise.resolve(task),
  });
}
