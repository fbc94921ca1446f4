/**
 * What a run costs a photo besides the work on it: runs over many tiny photos with a task that does nothing, then again over those that are done.
 *
 *     deno run --allow-read --allow-write=DIR tests/bench/batch_cost.ts DIR 1000 10000
 */
import { join } from "node:path";
import { encodePng } from "../../core/images/encode_png.ts";
import { runNothing } from "../tasks/batch/nothing_task.ts";

const [folder, ...counts] = Deno.args;
/** Photos of a folder, as cameras make: a folder of a million has more entries than some file systems take. */
const PER_FOLDER = 10_000;

/** The most memory that this process has had, looked at ten times a second. */
let peak = 0;
Deno.unrefTimer(setInterval(() => peak = Math.max(peak, Deno.memoryUsage().rss), 100));

const photo = await encodePng({ width: 8, height: 8, channels: 1, data: new Uint8Array(64) });
for (const count of counts.map(Number)) {
  const at = (name: string) => join(folder, String(count), name);
  for (let i = 0; i < count; i++) {
    const day = at(`photos/day ${Math.floor(i / PER_FOLDER)}`);
    if (i % PER_FOLDER === 0) await Deno.mkdir(day, { recursive: true });
    await Deno.writeFile(join(day, `IMG_${i}.png`), photo);
  }
  for (const what of ["new", "done before"]) {
    const start = performance.now();
    const { photos } = await runNothing({ paths: [at("photos")], out: at("out"), quiet: true });
    const each = ((performance.now() - start) / photos.length).toFixed(3);
    console.log(
      `${count} photos, ${what}: ${each} ms each, ${(peak / 2 ** 20).toFixed(0)} MiB at most so far`,
    );
  }
}
