import assert from "node:assert/strict";
import { join } from "node:path";
import { lockFolder } from "../../../tasks/files/locks.ts";
import { inShard } from "../../../tasks/files/shard.ts";
import { UsageError } from "../../../tasks/cli/errors.ts";
import { writeWhole } from "../../../tasks/files/write_whole.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  await using folder = await temporaryFolder();
  await test(folder.path);
}

function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}

Deno.test("writeWhole() writes bytes, texts and pieces, makes folders and replaces what was there", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "deep/er/a.txt");
    await writeWhole(path, new Uint8Array([104, 105]));
    assert.equal(await Deno.readTextFile(path), "hi");
    await writeWhole(path, "ä");
    assert.equal(await Deno.readTextFile(path), "ä");
    await writeWhole(
      path,
      (async function* () {
        yield "one ";
        yield new TextEncoder().encode("two");
      })(),
    );
    assert.equal(await Deno.readTextFile(path), "one two");
    assert.deepEqual(list(join(folder, "deep/er")), ["a.txt"]);
  });
});

Deno.test("writeWhole() leaves the old file as it was when writing fails", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "a.txt");
    await writeWhole(path, "old");
    await assert.rejects(
      writeWhole(
        path,
        (async function* () {
          yield "new";
          await Promise.reject(new Error("The source broke off."));
        })(),
      ),
      /broke off/,
    );
    assert.equal(await Deno.readTextFile(path), "old");
    assert.deepEqual(list(folder), ["a.txt"]);
  });
});

Deno.test("writeWhole() removes its temporary file when the target is a folder", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "a.txt"));
    await assert.rejects(writeWhole(join(folder, "a.txt"), "new"));
    assert.deepEqual(list(folder), ["a.txt"]);
  });
});

Deno.test("lockFolder() lets one run into a folder and the next one after it", async () => {
  await withFolder(async (folder) => {
    {
      using _lock = await lockFolder(join(folder, "out"));
      await assert.rejects(lockFolder(join(folder, "out")), (error) => {
        return error instanceof UsageError && /another run is at work there/.test(error.message);
      });
      await assert.rejects(lockFolder(join(folder, "out"), { index: 1, count: 2 }), UsageError);
    }
    using _again = await lockFolder(join(folder, "out"));
  });
});

Deno.test("lockFolder() lets different shards in together, but neither one twice nor a whole run", async () => {
  await withFolder(async (folder) => {
    using _first = await lockFolder(folder, { index: 1, count: 2 });
    using _second = await lockFolder(folder, { index: 2, count: 2 });
    await assert.rejects(lockFolder(folder, { index: 2, count: 2 }), /shard 2\/2 is at work/);
    await assert.rejects(lockFolder(folder), /another run is at work/);
  });
});

Deno.test("inShard() puts every name into exactly one shard, whatever other names there are", () => {
  const names = Array.from({ length: 1000 }, (_, i) => `IMG_${i}`);
  for (const count of [1, 2, 3, 7]) {
    const sizes = Array.from({ length: count }, () => 0);
    for (const name of names) {
      const shards = sizes.map((_, i) => i).filter((i) => inShard(name, { index: i + 1, count }));
      assert.equal(shards.length, 1);
      sizes[shards[0]]++;
    }
    // Equal parts but for chance: within five standard deviations of a fair draw.
    const deviation = Math.sqrt(1000 * (1 / count) * (1 - 1 / count));
    for (const size of sizes) {
      assert.ok(Math.abs(size - 1000 / count) <= 5 * deviation, `${size} of 1000 in one of ${count}`);
    }
  }
  // Other machines must agree: FNV-1a of "a" is 0xe40c292c, of "b" 0xe70c2de5, and both leave 1 modulo 3.
  for (const name of ["a", "b"]) assert.ok(inShard(name, { index: 2, count: 3 }));
});
