import assert from "node:assert/strict";
import { runScript } from "../run_script.ts";

const SCRIPT = "tasks/segmenter/summary.ts";

Deno.test("segmenter:summary prints layers whose parameters add up to those of the published network", async () => {
  const { code, out, err } = await runScript(SCRIPT, ["deepcrack_zou", "--side", "250", "--json"]);
  assert.equal(code, 0, err);
  const { side, parameters, multiplyAdds, layers } = JSON.parse(out);
  assert.deepEqual([side, parameters], [256, 30_905_011]);
  assert.equal(
    layers.reduce((sum: number, layer: { multiplyAdds: number }) => sum + layer.multiplyAdds, 0),
    multiplyAdds,
  );
});

Deno.test("segmenter:summary prints a table that ends in the sums, and refuses what is no network", async () => {
  const { code, out, err } = await runScript(SCRIPT, ["unet", "--width", "0.25", "--side", "32"]);
  assert.equal(code, 0, err);
  const lines = out.trimEnd().split("\n");
  assert.match(lines[0], /^layer +kind +output +parameters +multiply-adds$/);
  // 3 × 3 taps from 3 to 16 channels at 32 × 32.
  assert.match(lines[1], /convolution 3 × 3 +32 × 32 × 16 .* 442,368$/);
  assert.match(lines.at(-1)!, /^all +1,945,521 +[\d,]+$/);
  assert.equal((await runScript(SCRIPT, ["segnet"])).code, 2);
  const wide = await runScript(SCRIPT, ["unet", "--width", "2"]);
  assert.deepEqual([wide.code, /width/.test(wide.err)], [1, true], wide.err);
});
