import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);
const page = await Deno.readTextFile(new URL("ARCHITECTURE.md", ROOT));

/** What the page puts in backticks that is a path of this repository; NAME stands for the reader's own. */
const paths = [...page.matchAll(/`((?:core|models|tasks|shaders|tests)\/[\w./]*|[\w.]+\.(?:ts|json|md))`/g)]
  .map(([, path]) => path)
  .filter((path) => !path.includes("NAME"));

Deno.test("ARCHITECTURE.md names files and folders that exist", async () => {
  assert.ok(paths.length > 100);
  for (const path of paths) {
    const { isDirectory } = await Deno.stat(new URL(path, ROOT)).catch(() =>
      assert.fail(`there is no ${path}`)
    );
    assert.equal(isDirectory, path.endsWith("/"), path);
  }
});

Deno.test("ARCHITECTURE.md names every room", async () => {
  const named = new Set(paths);
  for (const storey of ["core", "models", "tasks"]) {
    const entries = await Array.fromAsync(Deno.readDir(new URL(storey, ROOT)));
    const files = new Set(entries.filter(({ isFile }) => isFile).map(({ name }) => name));
    for (const { name, isDirectory } of entries) {
      // A command's own folder lies beside its script and bears its name.
      if (!isDirectory || files.has(`${name}.ts`)) continue;
      assert.ok(named.has(`${storey}/${name}/`), `${storey}/${name}/`);
    }
  }
});

Deno.test("ARCHITECTURE.md says how to add a kernel, a method, a network, an image format, a dataset, an annotation format and a task", () => {
  const found = [...page.matchAll(/^### (.+)$/gm)].map(([, title]) => title);
  const wanted = [
    "a kernel",
    "a labelling method",
    "a network",
    "an image format",
    "a dataset",
    "an annotation format",
    "a task",
  ];
  assert.deepEqual(found, wanted);
});
