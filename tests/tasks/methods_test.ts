import assert from "node:assert/strict";
import { labellers } from "../../core/label/labellers.ts";
import { methods } from "../../core/label/methods.ts";
import { SEGMENTATION_ARCHS } from "../../models/segmenter/architectures.ts";
import { segmentationNetworks } from "../../models/segmenter/descriptions.ts";
import { runScript } from "./run_script.ts";

Deno.test("methods lists every method of labelling and every network that learns from masks, with source and needs", async () => {
  assert.deepEqual(Object.keys(methods).sort(), Object.keys(labellers).sort());
  const { code, out } = await runScript("tasks/methods.ts", ["--json"]);
  assert.equal(code, 0);
  const listed = JSON.parse(out) as { name: string; title: string; source: string; needs: string[] }[];
  assert.deepEqual(listed, [
    ...Object.entries(methods).map(([name, about]) => ({ name, ...about })),
    ...Object.entries(segmentationNetworks).map(([name, about]) => ({ name, ...about, needs: ["masks"] })),
  ]);
  assert.deepEqual(Object.keys(segmentationNetworks), SEGMENTATION_ARCHS);
  assert.deepEqual(listed.find(({ name }) => name === "sato")?.needs, []);
  const text = await runScript("tasks/methods.ts", []);
  for (const { name, title, source } of listed) {
    const lines = text.out.split("\n"), at = lines.findIndex((line) => line.startsWith(`${name} `));
    assert.ok(lines[at]?.includes(title) && lines[at + 1].includes(source), name);
  }
});
