import assert from "node:assert/strict";
import { compileKernels } from "../../../models/wasm/build.ts";

Deno.test("kernels.wasm is what the AssemblyScript beside it compiles to", async () => {
  const folder = new URL("../../../models/wasm/", import.meta.url);
  const [kept, compiled] = await Promise.all([
    Deno.readFile(new URL("kernels.wasm", folder)),
    compileKernels(folder),
  ]);
  assert.ok(
    kept.length === compiled.length && kept.every((byte, i) => byte === compiled[i]),
    "a .as file changed: run deno task build:wasm",
  );
});
