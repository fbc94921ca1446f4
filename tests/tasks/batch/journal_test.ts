import assert from "node:assert/strict";
import { join } from "node:path";
import { Journal, readJournal } from "../../../tasks/batch/journal.ts";
import { readManifest } from "../../../tasks/batch/manifest_files.ts";
import { manifestSchema, type PhotoRecord } from "../../../tasks/batch/manifests.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

function record(name: string, crackPixels: number): PhotoRecord {
  return {
    ...{ name, path: `photos/${name}.png`, sha256: "0", width: 10, height: 10, crackPixels },
    ...{ crackShare: crackPixels / 100, seconds: 0.5, version: "0.1.0" },
  };
}

Deno.test("a manifest is read with what its run has finished since, the line excepted at which it was killed", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "manifest.json");
  const manifest = {
    ...{ program: "hairline", version: "0.1.0", task: "label", runtime: {} },
    ...{ photos: [record("a", 1), record("b", 2)], failures: [] },
  };
  await Deno.writeTextFile(path, JSON.stringify(manifest));
  const read = async () =>
    await readManifest(path, {
      tasks: ["label"],
      schema: manifestSchema<PhotoRecord, object>({}, {}),
      remedy: "begin anew",
    });
  {
    using journal = await Journal.open(path);
    assert.deepEqual((await read())?.photos, manifest.photos);
    await journal.append(record("b", 3));
    await journal.append(record("naïve 🧱", 4));
  }
  const file = join(folder.path, ".manifest.json.lines");
  const lines = async () => {
    const bytes = await Deno.readFile(file).catch(() => new Uint8Array());
    const records: unknown[] = [];
    await readJournal(path, (line, { offset, bytes: length }) => {
      assert.equal(new TextDecoder().decode(bytes.subarray(offset, offset + length)), line);
      records.push(JSON.parse(line));
    });
    return records;
  };
  await Deno.writeTextFile(file, '{"name":"c","pa', { append: true });
  assert.deepEqual(await lines(), [record("b", 3), record("naïve 🧱", 4)]);
  assert.deepEqual((await read())?.photos.map(({ name, crackPixels }) => [name, crackPixels]), [
    ...[["a", 1], ["b", 2], ["b", 3], ["naïve 🧱", 4]],
  ]);
  await Deno.writeTextFile(file, '{"name":"../c"}\n');
  await assert.rejects(
    read(),
    /manifest\.json: .*"\.\.\/c".*a path below the folder of outputs.*; begin anew\./,
  );
  using journal = await Journal.open(path);
  assert.deepEqual((await read())?.photos, manifest.photos, "the manifest knows all that was in it");
  await journal.remove();
  assert.deepEqual(await lines(), []);
});
