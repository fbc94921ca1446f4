import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import { inShard } from "../../../tasks/files/shard.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { runNothing } from "./nothing_task.ts";

const NAMES = Array.from({ length: 24 }, (_, i) => `day ${i % 2}/IMG_${i}`);

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

/** What a run says on standard error, and what came out. */
async function running(...[options]: Parameters<typeof runNothing>) {
  const write = Deno.stderr.writeSync;
  let said = "";
  Deno.stderr.writeSync = (bytes) => {
    said += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  try {
    const { photos, skipped, failures } = await runNothing(options);
    return { names: Array.from(photos, ({ name }) => name), skipped, failures, said };
  } finally {
    Deno.stderr.writeSync = write;
  }
}

Deno.test("a run that joins parts says what they have left undone, does it, and joins again to the same", async () => {
  await using folder = await temporaryFolder();
  const [photos, out] = [join(folder.path, "photos"), join(folder.path, "out")];
  const png = await encodePng({ width: 8, height: 8, channels: 1, data: new Uint8Array(64) });
  for (const day of ["day 0", "day 1"]) await Deno.mkdir(join(photos, day), { recursive: true });
  for (const name of NAMES) await Deno.writeFile(join(photos, `${name}.png`), png);
  const options = { paths: [photos], out, quiet: false };
  const parts = [1, 2, 3].map((index) => ({ index, count: 3 }));
  const sizes = parts.map((shard) => NAMES.filter((name) => inShard(name, shard)).length);
  assert.ok(sizes.every((size) => size >= 3), "each part has some photos");

  for (const shard of parts.slice(0, 2)) {
    const { names, skipped } = await running({ ...options, shard });
    assert.deepEqual([names.every((name) => inShard(name, shard)), skipped], [true, 0]);
    // A part may be run twice.
    assert.equal((await running({ ...options, shard })).skipped, names.length);
  }
  // As if the second had been killed before its last two photos.
  const second = join(out, "manifest-2-of-3.json");
  const manifest = JSON.parse(await Deno.readTextFile(second));
  await Deno.writeTextFile(second, JSON.stringify({ ...manifest, photos: manifest.photos.slice(0, -2) }));

  const joined = await running(options);
  assert.match(
    joined.said,
    new RegExp(`^Part 2/3 lacks 2 of its ${sizes[1]} photos; this run does them\\.$`, "m"),
  );
  assert.match(
    joined.said,
    new RegExp(`^Part 3/3 has left no manifest and lacks ${sizes[2]} of its ${sizes[2]} photos; `, "m"),
  );
  assert.doesNotMatch(joined.said, /Part 1\/3/);
  assert.equal(joined.names.length, NAMES.length);
  assert.equal(joined.skipped, NAMES.length - sizes[2] - 2);
  assert.deepEqual(
    namesIn(out).filter((name) => /-of-/.test(name)),
    [],
  );

  const text = await Deno.readTextFile(join(out, "manifest.json"));
  const again = await running(options);
  assert.deepEqual([again.names, again.skipped], [joined.names, NAMES.length]);
  assert.doesNotMatch(again.said, /[Pp]art/);
  assert.equal(await Deno.readTextFile(join(out, "manifest.json")), text);
});

Deno.test("a run goes on from what a killed one has left in its journal, and writes the manifest that it would have written", async () => {
  await using folder = await temporaryFolder();
  const [photos, out] = [join(folder.path, "photos"), join(folder.path, "out")];
  const png = await encodePng({ width: 8, height: 8, channels: 1, data: new Uint8Array(64) });
  await Deno.mkdir(photos);
  for (const name of ["a", "b", "c", "d"]) await Deno.writeFile(join(photos, `${name}.png`), png);
  const options = { paths: [photos], out, quiet: true };
  await runNothing(options);
  const path = join(out, "manifest.json");
  const whole = await Deno.readTextFile(path);
  const manifest = JSON.parse(whole);
  // The manifest knows two, one of them as it was before; the journal has it as it is, another, and the beginning of a line.
  const old = { ...manifest.photos[1], madeAt: "2000-01-01", width: 7 };
  await Deno.writeTextFile(path, JSON.stringify({ ...manifest, photos: [manifest.photos[0], old] }));
  const lines = [manifest.photos[2], manifest.photos[1]].map((record) => `${JSON.stringify(record)}\n`);
  await Deno.writeTextFile(join(out, ".manifest.json.lines"), `${lines.join("")}{"name":"d"`);
  const { skipped } = await runNothing(options);
  assert.equal(skipped, 3);
  const { photos: records } = JSON.parse(await Deno.readTextFile(path));
  assert.deepEqual(records.slice(0, 3), manifest.photos.slice(0, 3));
  assert.equal(records[3].name, "d");
  assert.deepEqual(namesIn(out).filter((name) => name.endsWith(".lines")), []);
});

Deno.test("a run fails photos whose outputs are one file", async () => {
  await using folder = await temporaryFolder();
  const [photos, out] = [join(folder.path, "photos"), join(folder.path, "out")];
  const png = await encodePng({ width: 8, height: 8, channels: 1, data: new Uint8Array(64) });
  await Deno.mkdir(photos);
  for (const name of "abcdefg") await Deno.writeFile(join(photos, `${name}.png`), png);
  // Of the first and the last, which are not at work at a time.
  const files = (name: string) => [`${name}.0`, name === "g" ? "a.1" : `${name}.1`];
  const { names, failures } = await running({ paths: [photos], out, quiet: true, files });
  assert.deepEqual(names, [..."abcdef"]);
  assert.deepEqual(failures, [{
    ...{ name: "g", path: join(photos, "g.png") },
    error: `Cannot keep masks/a.1: ${join(photos, "a.png")} has the same file; run the command again.`,
  }]);
});
