import assert from "node:assert/strict";
import { insidePhoto } from "../../../tasks/batch/inside_photo.ts";

Deno.test("insidePhoto() says what is done of a photo, and what is left at the pace of what is counted", () => {
  const said: string[] = [];
  let time = 5000;
  const tell = insidePhoto("scan", { inside: (detail) => said.push(detail) }, () => time);
  time += 2000;
  tell({ unit: "patch", done: 256, total: 1024 });
  time += 6000;
  tell({ unit: "patch", done: 1024, total: 1024 });
  time += 100;
  tell({ unit: "strip", done: 1, total: 3 });
  time += 4000;
  tell({ unit: "strip", done: 2, total: 3 });
  tell({ unit: "tile", done: 1, total: 1 });
  assert.deepEqual(said, [
    "scan: 256 of 1024 patches, 6 s left",
    "scan: 1024 of 1024 patches",
    "scan: 1 of 3 strips",
    "scan: 2 of 3 strips, 2 s left",
    "scan: 1 of 1 tile",
  ]);
});
