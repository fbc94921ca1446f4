import assert from "node:assert/strict";
import { join } from "node:path";
import { claimWork } from "../../../tasks/files/claims.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

Deno.test("claimWork() lets one after the other in, and leaves nothing", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "new/work.claim");
  let inside = 0, done = 0;
  await Promise.all(Array.from({ length: 9 }, async () => {
    await using claim = await claimWork(path, { quiet: 1e6, most: 1e6, look: 1 });
    assert.ok(claim !== undefined);
    assert.equal(++inside, 1);
    await new Promise((resolve) => setTimeout(resolve, 3));
    inside--;
    done++;
  }));
  assert.equal(done, 9);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(join(folder.path, "new"))), []);
});

Deno.test("claimWork() takes over what nobody renews, and gives up where others are at it for too long", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "work.claim");
  await Deno.writeTextFile(path, "of a machine that is off");
  assert.equal(await claimWork(path, { quiet: 1e6, most: 20, look: 1 }), undefined);
  assert.equal(await Deno.readTextFile(path), "of a machine that is off");
  {
    await using claim = await claimWork(path, { quiet: 20, most: 1e6, look: 1 });
    assert.ok(claim !== undefined);
    const first = await Deno.readTextFile(path);
    assert.match(first, /^[-0-9a-f]{36}/);
    // It is renewed.
    while (await Deno.readTextFile(path) === first) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder.path)), []);
});
