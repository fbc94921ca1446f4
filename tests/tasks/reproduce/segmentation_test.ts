import assert from "node:assert/strict";
import { join } from "node:path";
import { describeSegmentationNetwork } from "../../../models/segmenter/architectures.ts";
import { describeOutcome, type ExperimentRecord, jsonOf } from "../../../tasks/reproduce/record.ts";
import { type ExperimentName, runExperiments } from "../../../tasks/reproduce/experiments.ts";
import { paperSet } from "../../../tasks/reproduce/paper_set.ts";
import { type Scale, scaleOf, SCALES } from "../../../tasks/reproduce/plans.ts";
import type { Run } from "../../../tasks/reproduce/run.ts";
import { listLabels } from "../../../tasks/training/list_labels.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { tinyScale, writeBandSet } from "./fixtures.ts";

/** What an experiment may not do again: files of networks and labels by the time of their writing. */
async function written(folder: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  const labels = ["labels/crack500-train-a/masks", "labels/crack500-train-a-crf/masks"];
  for (const kind of ["classifiers", "segmenters", ...labels]) {
    for await (const { name } of Deno.readDir(join(folder, kind))) {
      const path = join(folder, kind, name);
      if (!/\.(?:safetensors|png)$/.test(name)) continue;
      times.set(path, (await Deno.stat(path)).mtime!.getTime());
    }
  }
  return times;
}

async function perform(names: readonly ExperimentName[], run: Run): Promise<ExperimentRecord[]> {
  return await Array.fromAsync(runExperiments(names, run));
}

/** The figures of a record's first table, ours or the published ones, a row after the other. */
function figures({ outcome: { tables } }: ExperimentRecord, which: "ours" | "published") {
  return tables[0].rows.map(({ figures }) => figures.map((figure) => figure[which]));
}

Deno.test("the experiments with segmentation networks train once, on CRACK500, with each truth, and put the paper's figures beside", async () => {
  await using folder = await temporaryFolder();
  await writeBandSet(join(folder.path, "a"), { train: 4, test: 3 });
  await writeBandSet(join(folder.path, "b"), { test: 3 });
  const out = join(folder.path, "runs");
  const crack500 = paperSet("crack500", join(folder.path, "a")),
    dcd = paperSet("dcd", join(folder.path, "b"));
  const run: Run = {
    folder: out,
    scale: tinyScale,
    sets: [crack500, dcd],
    classifiers: [],
    quiet: true,
    args: [],
  };

  const [table3, table6] = await perform(["table-3", "table-6", "table-3"], run);
  const [{ title, rows, notes }] = table6.outcome.tables;
  assert.equal(title, "Segmentation of DCD test, 2 of 3 photos, trained on CRACK500");
  assert.deepEqual(rows.map(({ title }) => title), [
    "Tiny unet, masks (FSV)",
    "Tiny unet, CRF labels (WSV-CRF)",
    "Tiny unet, labels (WSV)",
  ]);
  assert.deepEqual(figures(table6, "published"), [
    [0.5886, undefined, 0.6475, 0.4478],
    [0.4417, undefined, 0.5432, 0.5655],
    [0.6199, undefined, 0.7120, 0.6595],
  ]);
  assert.deepEqual(figures(table3, "published")[1], [0.5588, undefined, 0.6320, 0.6517]);
  assert.equal(new Set(figures(table6, "ours").map(String)).size, 3, "masks and labels differ");
  assert.match(notes[0], /^FSV: trained on the masks of 3 photos of CRACK500\.$/);
  assert.match(notes[1], /^WSV-CRF: trained on CRF labels of 3 photos of CRACK500; [1-3] have crack pixels/);
  assert.match(notes[2], /^CRF labels \[17\] of CRACK500: of 27 parameters on 1 training photos the best/);
  assert.match(notes[3], /^WSV: trained on our labels of 3 photos of CRACK500; [1-3] have crack pixels/);
  assert.match(notes[4], /^The paper's figures are of all photos of the set/);
  assert.equal(table3.outcome.tables[0].notes.length, 4);
  assert.deepEqual(
    table6.outcome.segmenters!.map(({ path }) => path),
    ["fsv", "wsv-crf-a", "wsv-a"].map((id) => join(out, `segmenters/crack500-unet-${id}.safetensors`)),
  );
  assert.deepEqual(table6.outcome.segmenters, table3.outcome.segmenters);
  assert.match(
    await Deno.readTextFile(join(out, "table-6.md")),
    /Network: unet × 0\.03, trained on 3 crops of 3 photos with labels \(WSV\) in/,
  );
  const labels = await listLabels({
    labels: [join(out, "labels/crack500-train-a")],
    extraLabels: [],
    photos: [],
    soft: false,
  });
  assert.equal(labels.samples.length + labels.rejected, 3, "segmenter:train could read them");

  const before = await written(out);
  const [again, figure6, figure7] = await perform(["table-6", "figure-6", "figure-7"], run);
  assert.deepEqual(await written(out), before, "nothing was trained or labelled again");
  assert.deepEqual(again.outcome, table6.outcome);
  assert.deepEqual(figure7.outcome.tables.map(({ rows }) => rows.length), [3, 3]);
  assert.deepEqual(figures(figure7, "ours"), figures(table3, "ours"));
  assert.equal(figure7.outcome.segmenters!.length, 3, "each network is listed once");
  assert.deepEqual(figure6.outcome.pictures, ["figure-6-crack500-unet.svg", "figure-6-dcd-unet.svg"]);
  const predictions = await Deno.readTextFile(join(out, "figure-6-dcd-unet.svg"));
  assert.equal(predictions.match(/<image /g)?.length, 3 * 5);
  assert.match(
    predictions,
    /Tiny unet, trained on CRACK500<.*>photo<.*>truth<.*>FSV<.*>WSV-CRF<.*>WSV<.*>test\/0</s,
  );
  const curves = await Deno.readTextFile(join(out, "figure-7-dcd.svg"));
  for (const name of ["fsv", "wsv-crf", "wsv"]) {
    assert.equal(curves.match(new RegExp(`<path class="${name}" d="M[\\d.,L]+"`, "g"))?.length, 1);
  }

  const [table8] = await perform(["table-8"], run);
  assert.deepEqual(
    table8.outcome.tables.map(({ title, rows }) => [
      title.replace(/,.*/, ""),
      ...rows.map(({ title, figures }) => `${title} ${figures[0].published}`),
    ]),
    [
      [
        "Labels of test photos in training: CRACK500 test",
        "Tiny oed, train 0.455",
        "Tiny oed, train + test 0.4562",
      ],
      [
        "Labels of test photos in training: DCD test",
        "Tiny oed, train 0.6843",
        "Tiny oed, train + test 0.6781",
      ],
    ],
  );
  assert.deepEqual(table8.outcome.segmenters!.map(({ trainedOn }) => trainedOn.photos), [3, 5]);
  assert.deepEqual(
    table8.outcome.data.map(({ set, split, photos }) => [set, split, photos]),
    [["CRACK500", "train", 3], ["CRACK500", "test (labels in training)", 2], ["CRACK500", "test", 2], [
      "DCD",
      "test",
      2,
    ]],
  );

  const { networks: [unet] } = tinyScale.segmentation;
  const longer = { ...unet, settings: { ...unet.settings, crops: 4 } };
  const scaled = (segmentation: Partial<Scale["segmentation"]>): Scale => ({
    ...tinyScale,
    segmentation: { ...tinyScale.segmentation, ...segmentation },
  });
  const refusals: [change: Partial<Run>, message: RegExp][] = [
    [
      { scale: scaled({ networks: [longer] }) },
      /crack500-unet-fsv\.safetensors: it was trained with other settings, which are in .*\.plan\.json; give another --out/,
    ],
    [
      { scale: scaled({ trainingPhotos: 2 }) },
      /crack500-unet-fsv\.safetensors: it was trained on other photos or labels/,
    ],
    [{ networks: ["resnet18"] }, /Cannot use the network resnet18: at the scale small there are unet, oed\./],
    [{ sets: [crack500] }, /Cannot run the table of DCD without its photos: give --dcd/],
    [
      { sets: [dcd] },
      /Cannot train networks on CRACK500 without its photos: give --crack500 and its folder, or --train-on/,
    ],
  ];
  for (const [change, message] of refusals) {
    await assert.rejects(perform(["table-6"], { ...run, ...change }), message);
  }
});

Deno.test("--train-on and --truth: networks trained on another set, with fewer truths, go to files of other names", async () => {
  await using folder = await temporaryFolder();
  await writeBandSet(folder.path, { train: 3, test: 2 });
  const out = join(folder.path, "runs");
  const sets = [paperSet("cfd", folder.path), paperSet("dcd", folder.path)];
  const run: Run = {
    folder: out,
    scale: tinyScale,
    sets,
    classifiers: [],
    trainOn: "dcd",
    truths: ["masks"],
    quiet: true,
    args: [],
  };
  const records = await perform(["table-4", "table-6", "figure-6", "figure-7"], run);
  const [table4, table6, figure6, figure7] = records;
  assert.equal(table6.title, "Table VI: segmentation of DCD, trained on DCD");
  assert.equal(table4.outcome.tables[0].title, "Segmentation of CFD test, 2 of 2 photos, trained on DCD");
  assert.deepEqual(figures(table6, "published"), [[undefined, undefined, undefined, undefined]]);
  assert.deepEqual(table4.outcome.tables[0].notes.length, 1);
  assert.deepEqual(table4.outcome.classifiers, []);
  assert.deepEqual(figure6.outcome.pictures, [
    "figure-6-cfd-unet-on-dcd.svg",
    "figure-6-dcd-unet-on-dcd.svg",
  ]);
  assert.deepEqual(figure7.outcome.pictures, ["figure-7-cfd-on-dcd.svg", "figure-7-dcd-on-dcd.svg"]);
  const names = await Array.fromAsync(Deno.readDir(out), ({ name }) => name);
  assert.deepEqual(
    names.filter((name) => /\.(?:md|svg)$/.test(name)).sort(),
    [
      ...figure6.outcome.pictures,
      "figure-6-on-dcd.md",
      ...figure7.outcome.pictures,
      "figure-7-on-dcd.md",
      "table-4-on-dcd.md",
      "table-6-on-dcd.md",
    ],
  );
  const networks = await Array.fromAsync(Deno.readDir(join(out, "segmenters")), ({ name }) => name);
  assert.deepEqual(networks.filter((name) => name.endsWith(".safetensors")), [
    "dcd-unet-fsv.safetensors",
  ]);
  assert.ok(!names.includes("labels"), "no label is made that nobody asked for");
  assert.match(describeOutcome(table4), /^Table IV: segmentation of CFD, trained on DCD, scale small\n/);
  assert.equal(JSON.parse(jsonOf([table4])).title, table4.title);
  assert.deepEqual(
    JSON.parse(jsonOf(records)).map(({ experiment }: ExperimentRecord) => experiment),
    ["table-4", "table-6", "figure-6", "figure-7"],
  );

  await Deno.writeTextFile(join(folder.path, "test_img/0.png"), "no picture");
  const [{ outcome: { skipped, pictures } }] = await perform(["figure-6"], { ...run, sets: sets.slice(1) });
  assert.match(skipped.join(), /^test\/0: /);
  const picture = await Deno.readTextFile(join(out, pictures[0]));
  assert.equal(picture.match(/<image /g)?.length, 3, "the other photo is shown");
});

Deno.test("scales name networks that the paper has figures of, and that can be laid out", () => {
  for (const name of SCALES) {
    const { networks, defaults, defaultsForTable8, defaultsForTable9 } = scaleOf(name).segmentation;
    assert.deepEqual(networks.map(({ id }) => id), ["unet", "deepcrack_liu", "deepcrack_zou", "oed"]);
    for (const { settings: { arch, width, crop } } of networks) {
      assert.equal(Number(crop) % describeSegmentationNetwork({ arch, width }).multiple, 0);
    }
    for (const id of [...defaults, ...defaultsForTable8, ...defaultsForTable9]) {
      assert.ok(networks.some((plan) => plan.id === id));
    }
  }
});
