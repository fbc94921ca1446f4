import assert from "node:assert/strict";
import { join } from "node:path";
import { fetchFile } from "../../../tasks/files/fetch_file.ts";
import { sha256 } from "../../../tasks/files/sha256.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

const FILE = Uint8Array.from({ length: 300_000 }, (_, i) => i * i % 251);
const SCRIPT = new URL("fetch_script.ts", import.meta.url).pathname;

/** A server of the file, and how often it was asked. */
function serve(file = FILE) {
  let asked = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    asked++;
    return new Response(file);
  });
  const host = `127.0.0.1:${server.addr.port}`;
  return {
    host,
    url: `http://${host}/unet.safetensors`,
    asked: () => asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

Deno.test("fetchFile() keeps what has the hash that its URL names, fetches it once, and again where it was damaged", async () => {
  await using folder = await temporaryFolder();
  await using server = serve();
  const cache = join(folder.path, ".networks"), hash = await sha256(FILE);
  const options = { script: "tasks/label.ts", cache };
  const pinned = new URL(`${server.url}#sha256=${hash.toUpperCase()}`);
  for (let i = 0; i < 2; i++) assert.deepEqual(await fetchFile(pinned, options), FILE);
  assert.equal(server.asked(), 1);
  await Deno.writeFile(join(cache, hash), FILE.subarray(1));
  assert.deepEqual(await fetchFile(pinned, options), FILE);
  assert.equal(server.asked(), 2);
  assert.deepEqual(await Deno.readFile(join(cache, hash)), FILE);
  // What a URL without a hash leads to may be another file by the next time.
  for (let i = 0; i < 2; i++) await fetchFile(new URL(server.url), options);
  assert.equal(server.asked(), 4);
  assert.deepEqual(names(cache), [hash]);
});

Deno.test("fetchFile() refuses a file of another hash, and a hash that is none, and keeps nothing", async () => {
  await using folder = await temporaryFolder();
  await using server = serve();
  const options = { script: "tasks/label.ts", cache: join(folder.path, ".networks") };
  const other = "0".repeat(64);
  const refusal = new RegExp(
    `^Error: Cannot use http:.*: its SHA-256 is ${await sha256(FILE)}, and ${other} is wanted\\.$`,
  );
  await assert.rejects(fetchFile(new URL(`${server.url}#sha256=${other}`), options), refusal);
  await assert.rejects(fetchFile(new URL(`${server.url}#sha256=12`), options), /64 hexadecimal digits/);
  assert.deepEqual(names(folder.path), []);
});

Deno.test("processes that fetch one network into one folder at a time all get it by one fetching, and by the permission for its host alone", async () => {
  await using folder = await temporaryFolder();
  await using server = serve();
  const hash = await sha256(FILE);
  const outputs = await Promise.all(
    Array.from({ length: 4 }, () =>
      new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--no-check", "--no-prompt", `--allow-net=${server.host}`],
          ...[`--allow-read=${folder.path}`, `--allow-write=${folder.path}`],
          ...[SCRIPT, `${server.url}#sha256=${hash}`, folder.path],
        ],
      }).output()),
  );
  for (const { stdout, stderr } of outputs) {
    assert.equal(new TextDecoder().decode(stdout), `${FILE.length}\n`, new TextDecoder().decode(stderr));
  }
  assert.equal(server.asked(), 1);
  assert.deepEqual(names(folder.path), [hash]);
});

Deno.test("of fetches that begin together one asks the server, and where it fails the next does", async () => {
  await using folder = await temporaryFolder();
  const hash = await sha256(FILE);
  let asked = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    asked++;
    return asked === 1 ? new Response("busy", { status: 503 }) : new Response(FILE);
  });
  const url = new URL(`http://127.0.0.1:${server.addr.port}/unet.safetensors#sha256=${hash}`);
  const options = { script: "tasks/label.ts", cache: join(folder.path, ".networks") };
  const fetched = await Promise.allSettled(Array.from({ length: 64 }, () => fetchFile(url, options)));
  const failed = fetched.filter((one) => one.status === "rejected");
  assert.deepEqual(failed.map(({ reason }) => /the server answers 503/.test(reason.message)), [true]);
  for (const one of fetched) if (one.status === "fulfilled") assert.deepEqual(one.value, FILE);
  assert.equal(asked, 2);
  assert.deepEqual(names(options.cache), [hash]);
});
