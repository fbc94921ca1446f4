/**
 * Runs the task that its address names, and prints a line of JSON on standard output after every fifty photos; see `soak.ts`.
 *
 * @module
 */
import { join } from "node:path";

/** What a run holds, in MiB, once garbage is collected. */
export interface Resident {
  readonly photos: number;
  readonly resident: number;
  readonly heap: number;
}

const EVERY = 50;

const masks = join(Deno.args[Deno.args.indexOf("--out") + 1], "masks");
const { gc } = globalThis as typeof globalThis & { gc(): void };
let told = 0;

function look(): void {
  let photos = 0;
  try {
    for (const { name } of Deno.readDirSync(masks)) if (!name.startsWith(".")) photos++;
  } catch (error) {
    // Before the first photo is done.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (photos < told + EVERY) return;
  told = photos - photos % EVERY;
  gc();
  const { rss, heapUsed } = Deno.memoryUsage();
  const mebibytes = (bytes: number) => Number((bytes / 2 ** 20).toFixed(1));
  const resident: Resident = { photos, resident: mebibytes(rss), heap: mebibytes(heapUsed) };
  console.log(JSON.stringify(resident));
}

setInterval(look, 100);
await import(`../tasks/${new URL(import.meta.url).searchParams.get("task")}.ts`);
