/**
 * Runs `label` and `predict` over many small photos, with the flags of V8 that their tasks have, and says how much memory each holds after every fifty:
 *
 *     deno run --allow-read --allow-write=tests/.tmp --allow-run tests/soak.ts [PHOTOS [TASK…]]
 *
 * Garbage is collected before memory is looked at: left to itself V8 lets tens of megabytes gather over hundreds of photos and frees them at
 * once, so that what is resident says more of when that was than of what is kept. It takes minutes and is run by hand; it exits with 1 where
 * the last half of the photos, 500 of 1,000, adds more than 2 % to what is resident.
 *
 * @module
 */
import { join } from "node:path";
import { crackPhoto } from "./tasks/crack_photo.ts";
import { temporaryFolder } from "./temporary_folder.ts";
import type { Resident } from "./soak_watched.ts";

/** What the last half may add. */
const MOST_GROWTH = 0.02;

/** The flags of V8 that a task has in deno.json, and the one by which garbage is collected. */
async function v8Flags(task: string): Promise<string> {
  const text = await Deno.readTextFile(new URL("../deno.json", import.meta.url));
  const { tasks } = JSON.parse(text) as {
    readonly tasks: Readonly<Record<string, { readonly command: string }>>;
  };
  const own = /--v8-flags=(\S+)/.exec(tasks[task].command)?.[1];
  return `--v8-flags=${["--expose-gc", ...own === undefined ? [] : [own]].join()}`;
}

/** Runs a task over a folder of photos and gives what it held meanwhile. */
async function soak(task: string, folder: string): Promise<Resident[]> {
  const watched = new URL(`soak_watched.ts?task=${task}`, import.meta.url).href;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", await v8Flags(task), "--allow-read", "--allow-write"],
      ...["--allow-env=XDG_RUNTIME_DIR", watched, join(folder, "photos"), "--out", join(folder, task), "-q"],
    ],
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  if (code !== 0) throw new Error(`Cannot soak ${task}: it ended with ${code}: ${text.decode(stderr)}.`);
  return text.decode(stdout).split("\n").filter((line) => line.startsWith("{")).map((line) =>
    JSON.parse(line)
  );
}

const [count = "1000", ...named] = Deno.args;
await using folder = await temporaryFolder();
await Deno.mkdir(join(folder.path, "photos"));
const photo = await crackPhoto(64, 64, 1);
for (let i = 0; i < Number(count); i++) await Deno.writeFile(join(folder.path, `photos/${i}.png`), photo);
let failed = false;
for (const task of named.length > 0 ? named : ["label", "predict"]) {
  const residents = await soak(task, folder.path);
  console.table(
    residents.map(({ photos, resident, heap }) => ({ photos, "resident, MiB": resident, "heap, MiB": heap })),
  );
  const half = residents.findLast(({ photos }) => photos <= Number(count) / 2 + 10)!;
  const last = residents[residents.length - 1];
  const growth = last.resident / half.resident - 1;
  // What is kept of each photo: its record, some two KiB.
  const kept = 1024 * (last.heap - half.heap) / (last.photos - half.photos);
  console.log(
    `${task}: ${(100 * growth).toFixed(1)} % from photo ${half.photos} to photo ${last.photos}, ${
      kept.toFixed(1)
    } KiB of heap a photo.`,
  );
  failed ||= growth > MOST_GROWTH;
}
if (failed) Deno.exit(1);
