import assert from "node:assert/strict";

const ROOT = new URL("../../../", import.meta.url);

/** Put before or into other shaders: the bindings of every kernel, and the words that core/random.ts gives on the host, too. */
const SHARED = [
  "prelude",
  "random",
  "colour_lattice_corners",
  "colour_lattice_gather",
  "colour_lattice_spread",
];

async function stemsOf(folder: string, extension: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(new URL(folder, ROOT)), ({ name }) => name);
  return names.filter((name) => name.endsWith(extension)).map((name) => name.slice(0, -extension.length))
    .sort();
}

Deno.test("every shader has its function's file, by its stem or the longest that begins it, and every such file its shader", async () => {
  const functions = await stemsOf("core/kernels/", ".ts");
  const shaders = (await stemsOf("shaders/", ".wgsl")).filter((stem) => !SHARED.includes(stem));
  const owners = new Map(
    shaders.map((shader) => [
      shader,
      functions.findLast((stem) => shader === stem || shader.startsWith(`${stem}_`)),
    ]),
  );

  assert.deepEqual([...owners].filter(([, owner]) => owner === undefined), []);
  const used = new Set(owners.values());
  assert.deepEqual(functions.filter((stem) => !used.has(stem)), []);
  for (const stem of functions) {
    const text = await Deno.readTextFile(new URL(`core/kernels/${stem}.ts`, ROOT));
    const imported = [...text.matchAll(/from "\.\.\/\.\.\/shaders\/(\w+)\.wgsl"/g)].map(([, shader]) =>
      shader
    );
    const owned = [...owners].filter(([, owner]) => owner === stem).map(([shader]) => shader);
    assert.deepEqual(imported.filter((shader) => !SHARED.includes(shader)).sort(), owned, stem);
  }
});
