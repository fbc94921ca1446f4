import assert from "node:assert/strict";
import { importCircles, type ImportGraph, upwardImports } from "./imports.ts";

const graph = (imports: Record<string, string[]>): ImportGraph => new Map(Object.entries(imports));

Deno.test("importCircles() finds each group of files that reach themselves, whatever the way", () => {
  const circles = importCircles(graph({
    "a.ts": ["b.ts"],
    "b.ts": ["c.ts", "d.ts"],
    "c.ts": ["a.ts"],
    "d.ts": ["e.ts"],
    "e.ts": ["d.ts", "f.ts"],
    "f.ts": [],
    "self.ts": ["self.ts"],
  }));
  assert.deepEqual(circles.toSorted(), [["a.ts", "b.ts", "c.ts"], ["d.ts", "e.ts"], ["self.ts"]]);
});

Deno.test("importCircles() finds none where ways part and meet again", () => {
  const diamond = graph({
    "top.ts": ["left.ts", "right.ts"],
    "left.ts": ["end.ts"],
    "right.ts": ["end.ts", "left.ts"],
  });
  assert.deepEqual(importCircles(diamond), []);
});

Deno.test("upwardImports() names what is imported from above, and tensor libraries in core/", () => {
  const found = upwardImports(graph({
    "mod.ts": ["core/mod.ts", "models/a.ts"],
    "core/a.ts": ["core/b.ts", "models/a.ts", "node:path"],
    "core/b.ts": ["npm:/@tensorflow/tfjs@4.22.0", "npm:/fflate@0.8.2"],
    "models/a.ts": ["core/a.ts", "npm:/@tensorflow/tfjs@4.22.0", "mod.ts"],
    "models/b.ts": ["tasks/a.ts"],
    "tasks/a.ts": ["models/a.ts", "core/a.ts", "deno.json"],
    "tests/a.ts": ["tasks/a.ts"],
  }));
  assert.deepEqual(found, [
    ["core/a.ts", "models/a.ts"],
    ["core/b.ts", "npm:/@tensorflow/tfjs@4.22.0"],
    ["models/a.ts", "mod.ts"],
    ["models/b.ts", "tasks/a.ts"],
  ]);
});
