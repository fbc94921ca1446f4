import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeImage } from "../../../core/images/decode_image.ts";
import type { LabelSummary } from "../listed_runs.ts";
import type { Manifest } from "../../../tasks/label/manifest.ts";
import { random } from "../../core/images/image_fixtures.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { preparePhotos } from "../prepare_photos.ts";
import { runScript, startScript } from "../run_script.ts";

const PERMISSIONS = ["--allow-read", "--allow-write"];
const PHOTOS = 20;
const ROUNDS = 5;

function args(out: string): string[] {
  return ["photos", "--out", out, "--method", "paper", "--classifier", "classifier.safetensors", "-q"];
}

/** Files below a folder, by path. Temporary ones, which start with a dot, are left out. */
async function files(folder: string, below = ""): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for await (const { name, isDirectory } of Deno.readDir(join(folder, below))) {
    if (name.startsWith(".")) continue;
    if (isDirectory) { for (const entry of await files(folder, join(below, name))) found.set(...entry); }
    else found.set(join(below, name), await Deno.readFile(join(folder, below, name)));
  }
  return found;
}

/** Starts a run, waits until it has labelled `more` photos, and a little more, and kills it. */
async function killedRun(folder: string, { more, delay }: { more: number; delay: number }): Promise<void> {
  const process = startScript("tasks/label.ts", args("killed"), { permissions: PERMISSIONS, cwd: folder });
  const masks = join(folder, "killed/masks");
  const count = () => Deno.stat(masks).then(() => [...Deno.readDirSync(masks)].length, () => 0);
  const wanted = Math.min(PHOTOS, await count() + more);
  await process.until(async () => await count() >= wanted);
  await new Promise((resolve) => setTimeout(resolve, delay));
  await process.kill();
}

Deno.test("label killed at any moment leaves whole files only, and ends as an unbroken run does", async () => {
  await using temporary = await temporaryFolder();
  const folder = temporary.path;
  await preparePhotos(folder, Array.from({ length: PHOTOS }, (_, i) => `${i}.png`));
  const unbroken = await runScript("tasks/label.ts", args("unbroken"), {
    permissions: PERMISSIONS,
    cwd: folder,
  });
  assert.equal(unbroken.code, 0, unbroken.err);
  const wanted = await files(join(folder, "unbroken"));
  assert.equal(wanted.size, 2 * PHOTOS + 2);

  const next = random(7);
  for (let round = 0; round < ROUNDS; round++) {
    // From before the first output to after the last.
    await killedRun(folder, { more: round === 0 ? 0 : Math.floor(next() * 8), delay: next() * 120 });
    for (const [path, bytes] of await files(join(folder, "killed")).catch(() => new Map())) {
      if (path === "manifest.json") {
        const manifest: Manifest = JSON.parse(new TextDecoder().decode(bytes));
        assert.ok(manifest.photos.every(({ name }) => wanted.has(`masks/${name}.png`)));
      } else if (path === "report.html") {
        assert.match(new TextDecoder().decode(bytes), /<\/html>\s*$/);
      } else {
        assert.equal((await decodeImage(bytes)).width, 40);
        assert.deepEqual(bytes, wanted.get(path), path);
      }
    }
  }
  const { code, out, err } = await runScript("tasks/label.ts", [...args("killed"), "--json"], {
    permissions: PERMISSIONS,
    cwd: folder,
  });
  assert.equal(code, 0, err);
  assert.equal((JSON.parse(out) as LabelSummary).photos.length, PHOTOS);
  const ended = await files(join(folder, "killed"));
  assert.deepEqual([...ended.keys()].sort(), [...wanted.keys()].sort());
  for (const [path, bytes] of ended) {
    if (path.endsWith(".png")) assert.deepEqual(bytes, wanted.get(path), path);
  }
});
