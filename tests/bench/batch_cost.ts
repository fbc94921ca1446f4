/**
 * What a run costs a photo besides the work on it: runs over many tiny photos with a task that does nothing, then again over those that are done.
 *
 *     deno run --allow-read --allow-write=DIR tests/bench/batch_cost.ts DIR 1000 10000
 */
import { join } from "node:path";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { encodePng } from "../../core/images/encode_png.ts";
import { runOverPhotos } from "../../tasks/batch/batch_run.ts";
import { type BatchTask, recordedPhoto } from "../../tasks/batch/batch_task.ts";
import { manifestSchema, type PhotoRecord } from "../../tasks/batch/manifests.ts";
import { TEXT } from "../../core/arguments.ts";

interface Record extends PhotoRecord {
  readonly madeAt: string;
}

const [folder, ...counts] = Deno.args;
using compute = await openCompute();
const schema = manifestSchema<Record, object>({}, { madeAt: TEXT });
const task: BatchTask<Record, object, null> = {
  compute,
  runtime: { deno: "", tfjs: "", adapter: "", software: true, backend: "" },
  settings: {},
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
const photo = await encodePng({ width: 8, height: 8, channels: 1, data: new Uint8Array(64) });
for (const count of counts.map(Number)) {
  const at = (name: string) => join(folder, String(count), name);
  await Deno.mkdir(at("photos"), { recursive: true });
  for (let i = 0; i < count; i++) await Deno.writeFile(at(`photos/${i}.png`), photo);
  const run = async () => {
    const start = performance.now();
    const options = { paths: [at("photos")], out: at("out"), quiet: true };
    await runOverPhotos(options, {
      nouns: { task: "nothing", output: "", outputs: "" },
      schema,
      madeAt: ({ madeAt }) => madeAt,
      open: () => Promise.resolve(task),
    });
    return ((performance.now() - start) / count).toFixed(3);
  };
  const [first, again] = [await run(), await run()];
  const { rss } = Deno.memoryUsage();
  console.log(
    `${count} photos: ${first} ms each, done before ${again} ms, ${(rss / 2 ** 20).toFixed(0)} MiB resident`,
  );
}
