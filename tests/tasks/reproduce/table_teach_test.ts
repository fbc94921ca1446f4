import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import { readMasked } from "../../../core/datasets/sample.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { hairlineLabeller } from "../../../core/label/hairline/hairline_label.ts";
import { openBackend } from "../../../models/backend.ts";
import { loadSegmenter } from "../../../models/segmenter/checkpoint.ts";
import { type ExperimentName, runExperiments } from "../../../tasks/reproduce/experiments.ts";
import { crackFreePhotos, otherSet, paperSet, photosOf } from "../../../tasks/reproduce/paper_set.ts";
import { describeOutcome } from "../../../tasks/reproduce/record.ts";
import type { Run } from "../../../tasks/reproduce/run.ts";
import { figureOver } from "../../../tasks/reproduce/tables/table_teach.ts";
import { lessonsOf, teachingSets } from "../../../tasks/reproduce/training/taught_networks.ts";
import { namedSamples } from "../../../tasks/reproduce/training/training_truth.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { tinyScale, writeBandSet, writeCrackFree } from "./fixtures.ts";

/** 96 × 80, as the photos with a band are. */
async function writeEmptyMask(path: string): Promise<void> {
  await Deno.writeFile(
    path,
    await encodePng({ width: 96, height: 80, channels: 1, data: new Uint8Array(96 * 80) }),
  );
}

async function perform(names: readonly ExperimentName[], run: Run) {
  return await Array.fromAsync(runExperiments(names, run));
}

Deno.test("figureOver() has the sample standard deviation of several trainings", () => {
  assert.deepEqual(figureOver("ODS", [0.5]), { metric: "ODS", ours: 0.5 });
  const { ours, spread } = figureOver("ODS", [0.25, 0.5, 0.75]);
  assert.deepEqual([ours, spread], [0.5, 0.25]);
});

Deno.test("lessonsOf() has whole photos only where some are without a crack", async () => {
  await using folder = await temporaryFolder();
  await writeBandSet(folder.path, { train: 2 });
  const set = paperSet("dcd", folder.path);
  const grids = [{ size: 32, stride: 16 }, { size: 16, stride: 8 }];
  const lessons = async () => {
    const { samples } = await photosOf(set, { split: "train" });
    return await lessonsOf(await namedSamples(set, samples), grids);
  };
  assert.deepEqual((await lessons()).map(({ id }) => id), ["32-16", "16-8", "fsv"]);
  await writeEmptyMask(join(folder.path, "train_lab/1.png"));
  const four = await lessons();
  assert.deepEqual(four.map(({ id }) => id), ["32-16", "16-8", "whole", "fsv"]);
  const whole = four[2].samples;
  assert.deepEqual(whole.map(({ name, truth }) => [name, truth]), [
    ["dcd/train/0", "crack"],
    ["dcd/train/1", "no_crack"],
  ]);
  assert.deepEqual(await Promise.all(whole.map(({ sample }) => sample.truth())), [true, false]);
  assert.deepEqual(four[3].samples.map(({ truth }) => truth), ["mask", "mask"]);
});

Deno.test("teachingSets() are those named, or the training set of the run", () => {
  const sets = [paperSet("dcd", "a"), paperSet("crack500", "b")], others = [otherSet("CrackSC", "c")];
  const names = (run: Partial<Run>) => teachingSets({ sets, others, ...run }).map(({ name }) => name);
  assert.deepEqual(names({}), ["crack500"]);
  assert.deepEqual(names({ trainOn: "dcd" }), ["dcd"]);
  assert.deepEqual(names({ trainOn: "dcd", teachOn: ["CrackSC", "dcd", "cracksc"] }), ["cracksc", "dcd"]);
  assert.throws(
    () => names({ teachOn: ["cfd"] }),
    /Cannot teach networks on cfd without its photos: .* a set that is given \(dcd, crack500, cracksc\)\./,
  );
});

Deno.test("table-teach teaches by patches, whole photos and masks with the same crops, once, and measures on every set", async () => {
  await using folder = await temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  await writeBandSet(at("dcd"), { train: 3, test: 1 });
  await writeEmptyMask(at("dcd/train_lab/2.png"));
  await writeBandSet(at("cfd"), { test: 2 });
  await writeCrackFree(at("walls"), ["1"]);
  const run: Run = {
    folder: at("runs"),
    scale: tinyScale,
    sets: [paperSet("cfd", at("cfd")), paperSet("dcd", at("dcd"))],
    crackFree: [otherSet("Walls", at("walls"))],
    teachOn: ["dcd"],
    classifiers: [],
    seed: 5,
    seeds: 2,
    quiet: true,
    args: [],
  };
  const [record] = await perform(["table-teach"], run);
  const { tables: [cfd, dcd, walls], segmenters = [], data } = record.outcome;
  assert.equal(cfd.title, "Taught networks on CFD test, 2 of 2 photos, taught on DCD");
  assert.deepEqual(cfd.rows.map(({ title }) => title), ["patches of 32/16", "whole photos", "masks (FSV)"]);
  assert.deepEqual(cfd.rows[0].figures.map(({ metric }) => metric), [
    ...["labelled patches", "ODS", "F1 at 0.5", "crack-free"],
  ]);
  // 96 × 80 has 5 × 4 patches of 32 every 16 pixels.
  assert.deepEqual(dcd.rows.map(({ figures: [cost] }) => cost.ours), [3 * 5 * 4, 3, 3 * 96 * 80]);
  // Half of the crops in the first round.
  assert.deepEqual(segmenters.map(({ trainedOn }) => trainedOn.crops), [3, 3, 3, 3, 3, 3]);
  assert.equal(new Set(segmenters.map(({ sha256 }) => sha256)).size, 6, "seeds and truths differ");
  assert.match(dcd.notes[0], /^Taught on 3 photos: 3 of the 3 of DCD train\.$/);
  assert.match(dcd.notes.at(-1)!, /^Mean ± standard deviation of 2 trainings/);
  assert.deepEqual(data.map(({ set, split, photos }) => [set, split, photos]), [
    ...[["DCD", "train", 3], ["CFD", "test", 2], ["DCD", "test", 1], ["Walls", "all", 1]],
  ]);

  // The figures of one row, from the networks themselves.
  using compute = await openCompute();
  await openBackend({ compute });
  const { samples: [photo] } = await photosOf(run.sets[1], { split: "test" });
  const { image, mask: truth } = await readMasked(photo);
  const { samples: [wall] } = await crackFreePhotos(run.crackFree![0], {});
  const f1s: number[] = [], shares: number[] = [];
  for (const seed of [5, 1005]) {
    using segmenter = await loadSegmenter(
      await Deno.readFile(at(`runs/taught/taught-dcd-32-16-${seed}/segmenter.safetensors`)),
    );
    const called = async (image: ImageData) =>
      (await hairlineLabeller(compute, { segmenter }).label(image)).confidence.map((value) =>
        Number(value >= 0.5)
      );
    const total = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0);
    const found = await called(image);
    const both = total(found.map((value, i) => value * truth.data[i]));
    f1s.push(2 * both / (total(found) + total(truth.data)));
    const onWall = await called(await wall.image());
    shares.push(total(onWall) / onWall.length);
  }
  const near = (figure: { ours: number; spread?: number }, [a, b]: readonly number[]) => {
    assert.ok(Math.abs(figure.ours - (a + b) / 2) < 1e-9);
    assert.ok(Math.abs(figure.spread! - Math.abs(a - b) / Math.SQRT2) < 1e-9);
  };
  near(dcd.rows[0].figures[2], f1s);
  near(dcd.rows[0].figures[3], shares);
  assert.ok(Math.abs(walls.rows[0].figures[0].ours - (shares[0] + shares[1]) / 2) < 1e-9);
  assert.match(
    describeOutcome(record),
    /masks \(FSV\) +23040 +0\.\d{4} ± 0\.\d{4} +0\.\d{4} ± 0\.\d{4} +0\.\d{4} ± 0\.\d{4}\n/,
  );
  assert.match(
    await Deno.readTextFile(at("runs/table-teach-on-dcd.md")),
    /trained on 3 crops of 3 photos with masks \(FSV\) in/,
  );

  const network = at("runs/taught/taught-dcd-fsv-5/segmenter.safetensors");
  const { mtime } = await Deno.stat(network);
  const [again] = await perform(["table-teach"], run);
  assert.deepEqual(again.outcome, record.outcome);
  assert.deepEqual((await Deno.stat(network)).mtime, mtime, "nothing is taught again");
  const { teaching } = tinyScale;
  const longer = { ...teaching, settings: { ...teaching.settings, crops: 4 } };
  await assert.rejects(
    perform(["table-teach"], { ...run, scale: { ...tinyScale, teaching: longer } }),
    /taught-dcd-32-16-5\/segmenter\.safetensors: it was trained with other settings/,
  );
});

Deno.test("table-teach-further goes on from the network that ships, in the rows that were asked for", async () => {
  await using folder = await temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  await writeBandSet(at("dcd"), { train: 3, test: 1 });
  const run: Run = {
    folder: at("runs"),
    scale: tinyScale,
    sets: [paperSet("dcd", at("dcd"))],
    teachOn: ["dcd"],
    lessons: ["fsv"],
    classifiers: [],
    quiet: true,
    args: [],
  };
  const [{ outcome: { tables: [dcd], segmenters = [] } }] = await perform(["table-teach-further"], run);
  assert.deepEqual(dcd.rows.map(({ title }) => title), ["masks (FSV)"]);
  assert.match(dcd.notes[0], /^Taught on 1 photos: 1 of the 3 of DCD train\.$/);
  assert.deepEqual(segmenters.map(({ name, path }) => [name, path]), [
    ["unet_mobilenet", at("runs/taught/further-dcd-fsv-1/segmenter.safetensors")],
  ]);
  await assert.rejects(
    perform(["table-teach-further"], { ...run, lessons: ["64-32"] }),
    /Cannot teach by "64-32": of these photos there is 32-16, fsv\./,
  );
});
