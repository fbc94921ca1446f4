import assert from "node:assert/strict";
import { lockFolder } from "../../../tasks/files/locks.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const SHARD = { index: 1, count: 2 };

Deno.test("lockFolder() goes on where the file system has no locks, and says so", async () => {
  await using folder = await temporaryFolder();
  const { tryLock } = Deno.FsFile.prototype, { writeSync } = Deno.stderr;
  let said = "", code = "ENOLCK";
  Deno.FsFile.prototype.tryLock = () =>
    Promise.reject(Object.assign(new Error("No locks available (os error 37)"), { code }));
  Deno.stderr.writeSync = (bytes) => {
    said += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  try {
    (await lockFolder(folder.path, SHARD))[Symbol.dispose]();
    assert.match(said, /^Cannot lock .*\.hairline\.lock: its file system has no locks; .*\.$/m);
    code = "EIO";
    await assert.rejects(lockFolder(folder.path, SHARD), /No locks available/);
  } finally {
    Deno.FsFile.prototype.tryLock = tryLock;
    Deno.stderr.writeSync = writeSync;
  }
});
