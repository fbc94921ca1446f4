/**
 * What a run costs a photo besides the work on it: runs over many tiny photos with a task that does nothing but to write two empty files of each. Each step
 * is a process of its own, so that the most memory is that step's: a run, the same run again, which finds all done, what it would do, a part of four,
 * and the run that joins it to what the first has done.
 *
 *     deno run --allow-all tests/bench/batch_cost.ts DIR 1000 10000
 */
import { join } from "node:path";
import { encodePng } from "../../core/images/encode_png.ts";
import { planNothing, runNothing } from "../tasks/batch/nothing_task.ts";

/** Photos of a folder, as cameras make: a folder of a million has more entries than some file systems take. */
const PER_FOLDER = 10_000;

const STEPS = ["new", "done before", "planned", "a part of four", "joined"] as const;

/** Makes so many photos, all of them links to one of their folder's. */
async function makePhotos(folder: string, count: number): Promise<void> {
  const photo = await encodePng({ width: 8, height: 8, channels: 1, data: new Uint8Array(64) });
  let first = "";
  for (let i = 0; i < count; i++) {
    const day = join(folder, `day ${Math.floor(i / PER_FOLDER)}`), path = join(day, `IMG_${i}.png`);
    if (i % PER_FOLDER > 0) await Deno.link(first, path);
    else {
      await Deno.mkdir(day, { recursive: true });
      await Deno.writeFile(first = path, photo);
    }
  }
}

/** The most memory that this process has had, in bytes. */
function peakMemory(): number {
  const [, kilobytes] = /VmHWM:\s*(\d+)/.exec(Deno.readTextFileSync("/proc/self/status")) ?? [];
  return Number(kilobytes) * 1024;
}

async function run(
  step: string,
  { photos, out }: { readonly photos: string; readonly out: string },
): Promise<number> {
  const options = { paths: [photos], out, quiet: true };
  if (step === "planned") {
    let planned = 0;
    for await (const _ of planNothing(options)) planned++;
    return planned;
  }
  const shard = step === "a part of four" ? { index: 2, count: 4 } : undefined;
  return (await runNothing({ ...options, shard, files: (name) => [`${name}.0`, `${name}.1`] })).photos.length;
}

const [folder, ...rest] = Deno.args;
if (rest[0] === "--step") {
  const [, count, step] = rest;
  const start = performance.now();
  const photos = await run(step, { photos: join(folder, count, "photos"), out: join(folder, count, "out") });
  const each = ((performance.now() - start) / photos).toFixed(3);
  console.log(
    `${photos} photos, ${step}: ${each} ms each, at most ${(peakMemory() / 2 ** 20).toFixed(0)} MiB`,
  );
} else {
  for (const count of rest) {
    await makePhotos(join(folder, count, "photos"), Number(count));
    for (const step of STEPS) {
      const self = import.meta.filename!;
      const args = [
        "run",
        "--quiet",
        "--allow-all",
        "--v8-flags=--max-semi-space-size=2",
        self,
        folder,
        "--step",
        count,
        step,
      ];
      await new Deno.Command(Deno.execPath(), { args }).spawn().status;
    }
  }
}
