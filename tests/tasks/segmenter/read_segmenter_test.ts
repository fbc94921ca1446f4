import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describeError, exitCodeOf } from "../../../tasks/cli/errors.ts";
import { readSegmenter } from "../../../tasks/segmenter/read_segmenter.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { tinySegmenter } from "../predict/prepare_segmenter.ts";

async function assertReads(source: string): Promise<void> {
  using segmenter = await readSegmenter(source);
  assert.equal(segmenter.name, "unet × 0.015625");
}

async function assertRefuses(source: string, code: number, message: RegExp): Promise<void> {
  await assert.rejects(readSegmenter(source), (error) => {
    assert.match(describeError(error), /^Cannot [^\n]*[^.]\.$/);
    assert.match(describeError(error), message);
    assert.equal(exitCodeOf(error), code);
    return true;
  });
}

Deno.test("readSegmenter() takes a file, a folder and a URL", async () => {
  await using folder = await temporaryFolder();
  const checkpoint = await tinySegmenter();
  const file = join(folder.path, "segmenter.safetensors");
  await Deno.writeFile(file, checkpoint);
  await Deno.mkdir(join(folder.path, "alone"));
  await Deno.writeFile(join(folder.path, "alone/mine.safetensors"), checkpoint);
  // The name decides among several.
  await Deno.writeTextFile(join(folder.path, "classifier.safetensors"), "");
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url }) =>
      new Response(url.endsWith("/found") ? checkpoint : null, {
        status: url.endsWith("/found") ? 200 : 404,
      }),
  );
  const host = `http://127.0.0.1:${server.addr.port}`;
  await assertReads(file);
  await assertReads(folder.path);
  await assertReads(join(folder.path, "alone"));
  await assertReads(pathToFileURL(file).href);
  await assertReads(`data:application/octet-stream;base64,${checkpoint.toBase64()}`);
  await assertReads(`${host}/found`);
  await assertRefuses(`${host}/lost`, 1, /^Cannot fetch http:.*\/lost: the server answers 404/);
});

Deno.test("readSegmenter() refuses in one sentence what holds no segmentation network", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  await assertRefuses(join(path, "nowhere"), 2, /^Cannot read .*nowhere: there is no such file/);
  await assertRefuses(path, 2, /it holds no \.safetensors file and no segmenter\.safetensors; name the file/);
  for (const i of [1, 2]) await Deno.writeTextFile(join(path, `${i}.safetensors`), "");
  await assertRefuses(path, 2, /it holds 1\.safetensors, 2\.safetensors and no segmenter\.safetensors; name/);
  await assertRefuses(join(path, "1.safetensors"), 1, /^Cannot use .*1\.safetensors: .* 0 bytes/);
  await assertRefuses("data:text/plain,hello", 1, /^Cannot use data:text\/plain,…: .* 5 bytes/);
  const url = "https://weights.example/unet.safetensors";
  await assertRefuses(
    url,
    2,
    /deno run .*--allow-net=weights\.example tasks\/predict\.ts …, or fetch the file first/,
  );
  await assertRefuses("http://127.0.0.1:1/x", 1, /^Cannot fetch http:\/\/127\.0\.0\.1:1\/x: /);
});
