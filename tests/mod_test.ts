import assert from "node:assert/strict";
import { serveRepository } from "./serve_repository.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const ROOT = new URL("../", import.meta.url);

Deno.test("mod.ts labels a photo when it is imported from a URL, with no permission but that import", async () => {
  await using folder = await temporaryFolder();
  await using server = serveRepository();
  const { host } = server;
  const photo = (await Deno.readFile(new URL("tasks/demo/304.jpg", ROOT))).toBase64();
  const script = `${folder.path}/consumer.ts`;
  await Deno.writeTextFile(
    script,
    `import { decodeImage, labelImage, loadClassifier, openCompute } from "http://${host}/mod.ts";
    using compute = await openCompute();
    using classifier = await loadClassifier();
    const image = await decodeImage(Uint8Array.fromBase64("${photo}"));
    const { width, height, crackPixels } = await labelImage(compute, image, { classifier });
    console.log(JSON.stringify({ width, height, found: crackPixels > 0 }));`,
  );
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--no-config", "--no-lock", `--allow-import=${host}`, script],
    cwd: folder.path,
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), { width: 320, height: 480, found: true });
});

Deno.test("core/mod.ts loads no tensor library", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "core/mod.ts"],
    cwd: ROOT,
  })
    .output();
  const graph = JSON.parse(new TextDecoder().decode(stdout)) as { modules: { specifier: string }[] };
  const specifiers = graph.modules.map(({ specifier }) => specifier);
  assert.ok(specifiers.some((specifier) => specifier.endsWith("core/gpu/compute.ts")));
  assert.deepEqual(specifiers.filter((specifier) => specifier.includes("tensorflow")), []);
});
