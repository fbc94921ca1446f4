import assert from "node:assert/strict";
import { join } from "node:path";
import { paperSet } from "../../../tasks/reproduce/paper_set.ts";
import type { Run } from "../../../tasks/reproduce/run.ts";
import { table9, trainedOn } from "../../../tasks/reproduce/tables/table_9.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { tinyScale, writeBandSet } from "./fixtures.ts";

Deno.test("table9() trains on several sets together, and tests on their other photos", async () => {
  await using folder = await temporaryFolder();
  await writeBandSet(folder.path, { train: 3, test: 3 });
  const run: Run = {
    folder: join(folder.path, "runs"),
    scale: tinyScale,
    sets: [paperSet("dcd", folder.path), paperSet("ael", folder.path)],
    classifiers: [],
    quiet: true,
    args: [],
  };
  const { tables: [mixed], data } = await table9(run);
  assert.equal(mixed.title, "Segmentation of DCD, AEL together, 2 of 6 photos");
  assert.match(mixed.notes[0], /^Trained on 3 of the 6 photos that the paper's division leaves for it\.$/);
  assert.match(mixed.notes[1], /^FSV: trained on the masks of 2 photos of DCD, 1 of AEL\.$/);
  assert.match(mixed.notes.at(-1)!, /^Without CFD, the published figures are not comparable\.$/);
  assert.deepEqual(mixed.rows.map(({ title }) => title), [
    "Tiny unet, masks (FSV)",
    "Tiny unet, CRF labels (WSV-CRF)",
    "Tiny unet, labels (WSV)",
  ]);
  assert.deepEqual(mixed.rows.map(({ figures }) => figures[0].published), [undefined, undefined, undefined]);
  assert.deepEqual(
    data.map(({ set, split, photos, all }) => [set, split, photos, all]),
    [["DCD", "trained on", 2, 3], ["DCD", "tested on", 1, 3], ["AEL", "trained on", 1, 3], [
      "AEL",
      "tested on",
      1,
      3,
    ]],
  );
  await assert.rejects(table9({ ...run, split: "val" }), /leave out --split/);
});

Deno.test("trainedOn() takes photos outside of the test part first, and fills up from it where others remain", () => {
  const photos = ["train", "test", "val", "test", "test", "test"].map((split, i) => ({
    split,
    name: String(i),
  }));
  const names = (count: number) => trainedOn(photos, count).map(({ name }) => name).join(" ");
  assert.equal(names(1), "0");
  assert.equal(names(2), "0 2");
  assert.equal(names(4), "0 2 1 4");
  assert.equal(names(6), "0 2");
  assert.equal(names(Infinity), "0 2");
});
