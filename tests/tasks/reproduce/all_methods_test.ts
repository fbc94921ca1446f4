import assert from "node:assert/strict";
import { join } from "node:path";
import { readMasked } from "../../../core/datasets/sample.ts";
import { satoLabeller } from "../../../core/label/classical/ridges.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { labellers } from "../../../core/label/labellers.ts";
import { saveSegmenter } from "../../../models/segmenter/checkpoint.ts";
import { createSegmenter } from "../../../models/segmenter/segmenter.ts";
import { runExperiment } from "../../../tasks/reproduce/experiments.ts";
import { otherSet, photosOf } from "../../../tasks/reproduce/paper_set.ts";
import type { Run } from "../../../tasks/reproduce/run.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { tinyScale, writeThreeSets } from "./fixtures.ts";

Deno.test("all-methods measures every method and the given networks on each set, and shows their masks of the same photos", async () => {
  await using folder = await temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  const sets = await writeThreeSets(folder.path, { dcd: { train: 1, test: 1 }, crackFree: ["brick-1"] });
  using segmenter = createSegmenter({ arch: "unet", width: 1 / 64 });
  await Deno.writeFile(at("mine.safetensors"), await saveSegmenter(segmenter));
  const run: Run = {
    folder: at("runs"),
    scale: tinyScale,
    ...sets,
    trained: [otherSet("Tiny", at("mine.safetensors"))],
    classifiers: [],
    quiet: true,
    args: [],
  };
  const { outcome } = await runExperiment("all-methods", run);
  const titles = [...Object.keys(labellers), "network Tiny"];
  for (const { rows } of outcome.tables) assert.deepEqual(rows.map(({ title }) => title), titles);
  const [dcd, mine, walls] = outcome.tables;
  const labelsOf = ({ rows }: typeof dcd, name: string) => rows.find(({ title }) => title === name)!.labels;
  assert.deepEqual(["sato", "hairline", "cam-crf", "network Tiny"].map((name) => labelsOf(dcd, name)), [
    ...["none", "whole photos, patches", "whole photos, masks of 1", "its own training"],
  ]);
  assert.equal(labelsOf(mine, "cam-crf"), "whole photos");
  assert.match(dcd.notes.at(-1)!, /^cam-crf: of 27 parameters on 1 training photos the best have /);
  assert.match(mine.notes.at(-1)!, /^cam-crf: its default parameters, since /);
  assert.deepEqual(walls.rows[0].figures.map(({ metric }) => metric), ["pixels", "calm"]);
  assert.equal(outcome.networks!.at(-1)!.source, at("mine.safetensors"));

  // A row from the masks themselves.
  using compute = await openCompute();
  const { samples: [photo] } = await photosOf(run.sets[0], { split: "test" });
  const { image, mask: truth } = await readMasked(photo);
  const { mask } = await satoLabeller(compute).label(image);
  let both = 0, called = 0, crack = 0;
  for (const [i, one] of mask.entries()) {
    both += one * truth.data[i];
    called += one;
    crack += truth.data[i];
  }
  const sato = dcd.rows.find(({ title }) => title === "sato")!;
  const f1 = sato.figures.find(({ metric }) => metric === "F1 at default")!.ours;
  assert.ok(Math.abs(f1 - 2 * both / (called + crack)) < 1e-12);

  const picture = await Deno.readTextFile(at("runs/all-methods.svg"));
  // Photo, truth and masks of both sets.
  assert.equal(picture.match(/<image /g)!.length, 2 * (2 + titles.length));
  for (const title of titles) assert.ok(picture.includes(`>${title}</text>`), title);
  assert.match(
    await Deno.readTextFile(at("runs/all-methods.md")),
    /\| sato \| none \| \d\.\d{4} \|/,
  );
  const again = await runExperiment("all-methods", run);
  assert.deepEqual(again.outcome.tables, outcome.tables, "answered from the counts");
});
