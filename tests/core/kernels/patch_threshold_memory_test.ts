import assert from "node:assert/strict";

/** Prints the megabytes that its process grows by while it thresholds 300 images, after the first 100. */
const SCRIPT = `
import { openCompute, patchThreshold } from ${
  JSON.stringify(new URL("../../../core/mod.ts", import.meta.url).href)
};

const compute = await openCompute();
const grey = compute.upload({ width: 64, height: 64, channels: 1, data: new Uint8Array(64 * 64).map((_, i) => i * i) });
async function threshold(times) {
  for (let i = 0; i < times; i++) {
    using mask = patchThreshold(grey, { patchSize: 16, stride: 8 });
    await mask.read();
  }
  gc();
  return Deno.memoryUsage().rss / 1e6;
}
const before = await threshold(100);
console.log(await threshold(300) - before);
`;

// Mesa 22.3's Vulkan driver keeps 1.6 MB a call where it compiles both shaders anew each time.
Deno.test("patchThreshold() leaves the memory of a process as large as it was", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--v8-flags=--expose-gc", SCRIPT],
  }).output();
  const text = new TextDecoder();
  assert.equal(code, 0, text.decode(stderr));
  const grown = Number(text.decode(stdout));
  assert.ok(grown < 40, `${grown} MB more`);
});
