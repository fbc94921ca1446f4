import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../core/encode_png.ts";
import { describeSegmentationNetwork } from "../../models/segmentation/architectures.ts";
import { type ExperimentName, experiments } from "../../tasks/reproduce/experiments.ts";
import { photoSet } from "../../tasks/reproduce/photo_set.ts";
import { type Scale, scales } from "../../tasks/reproduce/plans.ts";
import { type ExperimentRecord, keepOutcome } from "../../tasks/reproduce/record.ts";
import type { Run } from "../../tasks/reproduce/run.ts";
import type { SegmenterPlan } from "../../tasks/reproduce/segmenter_plans.ts";
import { trainedOn } from "../../tasks/reproduce/table_9.ts";
import { listLabels } from "../../tasks/segmenter/list_labels.ts";
import { writeFiles } from "../core/dataset_fixtures.ts";
import { seeded } from "../core/testing.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const WIDTH = 96, HEIGHT = 80;

/** Grey noise with a dark band, and its mask. */
async function photo(seed: number): Promise<{ image: Uint8Array; mask: Uint8Array }> {
  const random = seeded(seed);
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3), mask = new Uint8Array(WIDTH * HEIGHT);
  for (let i = 0; i < mask.length; i++) {
    const crack = Math.abs(i % WIDTH - 40 - 3 * seed) < 4;
    mask[i] = crack ? 255 : 0;
    pixels.fill((crack ? 30 : 160) + 30 * random(), 3 * i, 3 * i + 3);
  }
  const size = { width: WIDTH, height: HEIGHT };
  return {
    image: await encodePng({ ...size, channels: 3, data: pixels }),
    mask: await encodePng({ ...size, channels: 1, data: mask }),
  };
}

/** Photos in the layout of DCD. */
async function writeSet(folder: string, counts: Readonly<Record<string, number>>): Promise<void> {
  const files: Record<string, Promise<Uint8Array>> = {};
  for (const [split, count] of Object.entries(counts)) {
    for (let i = 0; i < count; i++) {
      const drawn = photo(i + 1);
      files[`${split}_img/${i}.png`] = drawn.then(({ image }) => image);
      files[`${split}_lab/${i}.png`] = drawn.then(({ mask }) => mask);
    }
  }
  await writeFiles(folder, files);
}

function network(id: SegmenterPlan["id"], seed: number): SegmenterPlan {
  return {
    id,
    title: `Tiny ${id}`,
    settings: {
      arch: "unet",
      width: 0.03,
      loss: "bce",
      epochs: 1,
      // One crop a step needs no other thread, which would take longer to start than the training.
      batch: 1,
      crop: 32,
      crops: 3,
      learningRate: 0.05,
      schedule: "one-cycle",
      augment: false,
      seed,
    },
  };
}

/** Networks that are trained in a moment. */
const tiny: Scale = {
  name: "small",
  classifiers: [{
    id: "a",
    title: "Tiny a",
    published: "resnet50",
    settings: {
      arch: "resnet18",
      width: 0.05,
      epochs: 1,
      batch: 16,
      learningRate: 0.05,
      schedule: "one-cycle",
      patchSizes: [32],
      patches: 96,
      rim: 0,
      zoom: 1,
      augment: false,
      seed: 1,
    },
  }],
  searchPhotos: 1,
  segmentation: {
    networks: [network("unet", 1), network("oed", 2)],
    usual: ["unet"],
    usualOfTable8: ["oed"],
    trainingPhotos: 3,
    testPhotos: 2,
  },
};

/** What an experiment may not do again: files of networks and labels by the time of their writing. */
async function written(folder: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  for (const kind of ["classifiers", "segmenters", "labels/dcd-train-a/masks"]) {
    for await (const { name } of Deno.readDir(join(folder, kind))) {
      const path = join(folder, kind, name);
      if (!/\.(?:safetensors|png)$/.test(name)) continue;
      times.set(path, (await Deno.stat(path)).mtime!.getTime());
    }
  }
  return times;
}

Deno.test("the experiments with segmentation networks train once, share labels, and put the paper's figures beside", async () => {
  await using folder = await temporaryFolder();
  await writeSet(folder.path, { train: 3, test: 3 });
  const out = join(folder.path, "runs");
  const dcd = photoSet("dcd", folder.path);
  const run: Run = { folder: out, scale: tiny, sets: [dcd], classifiers: [], quiet: true, args: [] };
  const perform = async (name: ExperimentName, of: Run = run): Promise<ExperimentRecord> =>
    await keepOutcome(name, await experiments[name].run(of), of);

  const table6 = await perform("table-6");
  const [{ title, rows }] = table6.outcome.tables;
  assert.equal(title, "Segmentation of DCD test, 2 of 3 photos");
  assert.deepEqual(rows.map(({ title }) => title), ["Tiny unet, masks (FSV)", "Tiny unet, labels (WSV)"]);
  assert.deepEqual(rows.map(({ figures }) => figures.map(({ published }) => published)), [
    [0.5886, undefined, 0.6475, 0.4478],
    [0.6199, undefined, 0.7120, 0.6595],
  ]);
  assert.notDeepEqual(
    rows[0].figures.map(({ ours }) => ours),
    rows[1].figures.map(({ ours }) => ours),
    "masks and labels differ",
  );
  const [fsv, wsv] = table6.outcome.segmenters!;
  assert.deepEqual(
    [fsv.path, wsv.path],
    ["fsv", "wsv-a"].map((truth) => join(out, `segmenters/dcd-unet-${truth}.safetensors`)),
  );
  assert.match(
    await Deno.readTextFile(join(out, "table-6.md")),
    /Network: unet × 0\.03, trained on 3 crops of 3 photos with labels \(WSV\) in/,
  );
  const labels = await listLabels({
    labels: [join(out, "labels/dcd-train-a")],
    extraLabels: [],
    photos: [],
    soft: false,
  });
  assert.equal(labels.entries.length + labels.rejected, 3, "segmenter:train could read them");

  const before = await written(out);
  const again = await perform("table-6");
  const figure6 = await perform("figure-6");
  const figure7 = await perform("figure-7");
  assert.deepEqual(await written(out), before, "nothing was trained or labelled again");
  assert.deepEqual(again.outcome, table6.outcome);
  assert.deepEqual(
    figure7.outcome.tables[0].rows.map(({ figures }) => figures.map(({ ours }) => ours)),
    rows.map(({ figures }) => figures.map(({ ours }) => ours)),
  );
  assert.deepEqual(figure6.outcome.pictures, ["figure-6-dcd.svg"]);
  const predictions = await Deno.readTextFile(join(out, "figure-6-dcd.svg"));
  assert.equal(predictions.match(/<image /g)?.length, 3 * 4);
  assert.match(predictions, />Tiny unet, FSV<.*>Tiny unet, WSV</s);
  const curves = await Deno.readTextFile(join(out, "figure-7-dcd.svg"));
  assert.deepEqual(
    ["fsv", "wsv"].map((name) =>
      curves.match(new RegExp(`<path class="${name}" d="M[\\d.,L]+"`, "g"))?.length
    ),
    [1, 1],
  );

  const table8 = await perform("table-8");
  assert.deepEqual(
    table8.outcome.tables[0].rows.map(({ title, figures }) => [title, figures[0].published]),
    [["Tiny oed, train", 0.6843], ["Tiny oed, train + test", 0.6781]],
  );
  assert.deepEqual(table8.outcome.segmenters!.map(({ trainedOn }) => trainedOn.photos), [3, 5]);

  const both = { ...run, sets: [dcd, photoSet("ael", folder.path)], networks: ["unet"] };
  const table9 = await perform("table-9", both);
  const [mixed] = table9.outcome.tables;
  assert.equal(mixed.title, "Segmentation of DCD, AEL together, 2 of 6 photos");
  assert.match(mixed.notes[0], /^Trained on 3 of 6 photos: 2 of DCD, 1 of AEL\.$/);
  assert.match(mixed.notes.at(-1)!, /^Without CFD, the published figures are not comparable\.$/);
  assert.deepEqual(mixed.rows.map(({ figures }) => figures[0].published), [undefined, undefined]);
  assert.deepEqual(
    table9.outcome.data.map(({ set, split, photos, all }) => [set, split, photos, all]),
    [["DCD", "trained on", 2, 3], ["DCD", "tested on", 1, 3], ["AEL", "trained on", 1, 3], [
      "AEL",
      "tested on",
      1,
      3,
    ]],
  );

  const { networks: [unet] } = tiny.segmentation;
  const longer = { ...unet, settings: { ...unet.settings, crops: 4 } };
  const refusals: [change: Partial<Run>, message: RegExp][] = [
    [
      { scale: { ...tiny, segmentation: { ...tiny.segmentation, networks: [longer] } } },
      /dcd-unet-fsv\.safetensors: it was trained with other settings, which are in .*\.plan\.json; give another --out/,
    ],
    [
      { scale: { ...tiny, segmentation: { ...tiny.segmentation, trainingPhotos: 2 } } },
      /dcd-unet-fsv\.safetensors: it was trained on other photos or labels/,
    ],
    [{ networks: ["resnet18"] }, /Cannot use the network resnet18: at the scale small there are unet, oed\./],
    [{ sets: [photoSet("cfd", folder.path)] }, /Cannot run the table of DCD without its photos: give --dcd/],
  ];
  for (const [change, message] of refusals) {
    await assert.rejects(experiments["table-6"].run({ ...run, ...change }), message);
  }
  await assert.rejects(experiments["table-9"].run({ ...run, split: "val" }), /leave out --split/);
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

Deno.test("scales name networks that the paper has figures of, and that can be laid out", () => {
  for (const { segmentation: { networks, usual, usualOfTable8 } } of Object.values(scales)) {
    assert.deepEqual(networks.map(({ id }) => id), ["unet", "deepcrack_liu", "deepcrack_zou", "oed"]);
    for (const { settings: { arch, width, crop } } of networks) {
      assert.equal(Number(crop) % describeSegmentationNetwork({ arch, width }).multiple, 0);
    }
    for (const id of [...usual, ...usualOfTable8]) assert.ok(networks.some((plan) => plan.id === id));
  }
});
