import assert from "node:assert/strict";
import { join } from "node:path";
import { describeOutcome, type ExperimentRecord } from "../../../tasks/reproduce/record.ts";
import { type ExperimentName, experiments, runExperiment } from "../../../tasks/reproduce/experiments.ts";
import { paperSet } from "../../../tasks/reproduce/paper_set.ts";
import type { Scale } from "../../../tasks/reproduce/plans.ts";
import type { Run } from "../../../tasks/reproduce/run.ts";
import { table2 } from "../../../tasks/reproduce/tables/table_2.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { tinyClassifier, tinyScale, writeLineSet } from "./fixtures.ts";
import { runScript } from "../run_script.ts";

const tiny: Scale = {
  ...tinyScale,
  classifiers: [tinyClassifier("a", 4), tinyClassifier("b", 5)],
  trainingPhotos: 2,
  searchPhotos: 2,
};

/** The experiments without segmentation networks. */
const LABEL_EXPERIMENTS = [
  "table-1",
  "table-2",
  "table-7",
  "figure-2",
  "figure-3",
  "figure-4",
] as const satisfies ExperimentName[];

Deno.test("the experiments train once, share classifiers and counts, and write what they rest on", async () => {
  await using folder = await temporaryFolder();
  await writeLineSet(folder.path, { train: 3, test: 2 });
  const out = join(folder.path, "runs");
  const run: Run = {
    folder: out,
    scale: tiny,
    sets: [paperSet("crack500", folder.path)],
    classifiers: [],
    quiet: true,
    args: [],
  };
  const records: Record<string, ExperimentRecord> = {};
  const trained = () => Deno.stat(join(out, "classifiers/crack500-a.safetensors")).then(({ mtime }) => mtime);
  let first: Date | null = null;
  for (const name of LABEL_EXPERIMENTS) {
    records[name] = await runExperiment(name, run);
    first ??= await trained();
    const written = JSON.parse(await Deno.readTextFile(join(out, `${name}.json`)));
    assert.deepEqual(written, JSON.parse(JSON.stringify(records[name])));
  }
  assert.deepEqual(await trained(), first);

  const [table] = records["table-2"].outcome.tables;
  assert.equal(table.title, "Labels of CRACK500 train, 2 of 3 photos");
  assert.deepEqual(table.rows.map(({ title }) => title), [
    "Tiny a, recipe paper",
    "Tiny a, recipe reference",
    "Tiny a, CRF labels [17]",
    "Tiny b, recipe paper",
    "Tiny b, recipe reference",
    "Tiny b, CRF labels [17]",
  ]);
  assert.deepEqual(table.rows[0].figures.map(({ published }) => published), [
    0.5359,
    undefined,
    0.5839,
    0.4371,
    0.1868,
  ]);
  const crf = table.rows[2].figures;
  assert.deepEqual(crf.map(({ published }) => published), [0.3796, undefined, 0.3796, 0.1851, 0.8739]);
  assert.equal(crf[0].ours, crf[2].ours, "ODS and OIS of masks");
  assert.match(
    table.notes.at(-1)!,
    /^CRF labels of Tiny b: of 27 parameters on 2 training photos the best have a mean IoU of 0\.\d+/,
  );
  const markdown = await Deno.readTextFile(join(out, "table-2.md"));
  for (const { title, figures: [{ ours, published = NaN }] } of [table.rows[0], table.rows[2]]) {
    const difference = `${ours < published ? "−" : "+"}${Math.abs(ours - published).toFixed(4)}`;
    const line = `| ${title} | ${ours.toFixed(4)} | ${published.toFixed(4)} | ${difference} |`;
    assert.ok(markdown.includes(line), line);
  }
  assert.match(markdown, /Photos: 2 of the 3 of CRACK500 train/);
  assert.match(markdown, /Classifier: resnet18 × 0\.05, trained on 96 patches of 3 photos/);

  const [patches128, patches32] = records["table-1"].outcome.tables;
  assert.equal(patches128.rows[0].figures[0].published, 0.9045);
  assert.equal(patches32.rows[0].figures[0].published, undefined);
  assert.deepEqual(records["table-7"].outcome.tables.map(({ rows }) => rows.length), [4, 5, 3]);
  for (const name of ["figure-2", "figure-3", "figure-4"]) {
    const svg = await Deno.readTextFile(join(out, `${name}-crack500.svg`));
    assert.equal(svg.match(/<image /g)?.length, 2 * (name === "figure-2" ? 4 : 7));
  }
  assert.match(
    describeOutcome(records["table-7"]),
    /What would be left to win: CRACK500 train, 2 of 3 photos, Tiny a/,
  );

  const other = { ...tiny.classifiers[0], settings: { ...tiny.classifiers[0].settings, patches: 48 } };
  await assert.rejects(
    table2({ ...run, scale: { ...tiny, classifiers: [other] } }),
    /it was trained with patches 96 where 48 is wanted; give another --out/,
  );
  await using elsewhere = await temporaryFolder();
  await writeLineSet(elsewhere.path, { train: 2, test: 1 });
  await assert.rejects(
    table2({ ...run, sets: [paperSet("crack500", elsewhere.path)] }),
    /it was trained on 3 other photos than the 2 of CRACK500's training part/,
  );
  await assert.rejects(
    table2({ ...run, classifiers: ["c"] }),
    /Cannot use the classifier c: at the scale small there are a, b\./,
  );
});

Deno.test("figures leave out a photo that cannot be read, and report it", async () => {
  await using folder = await temporaryFolder();
  await writeLineSet(folder.path, { train: 2, test: 3 });
  await Deno.writeTextFile(join(folder.path, "test_img/0.png"), "no picture");
  const sets = [paperSet("dcd", folder.path)];
  const run: Run = {
    folder: join(folder.path, "runs"),
    scale: tiny,
    sets,
    classifiers: ["a"],
    networks: [],
    quiet: true,
    args: [],
  };
  for (const name of ["figure-2", "figure-3"] as const) {
    const { pictures, skipped } = await experiments[name].run(run);
    assert.equal(skipped.length, 1);
    assert.match(skipped[0], /^test\/0: /);
    assert.equal(pictures[0].content.match(/<image /g)?.length, 2 * (name === "figure-2" ? 4 : 7));
  }
});

Deno.test("reproduce runs Figure 3 from the command line, and names what is missing", async () => {
  await using folder = await temporaryFolder();
  await writeLineSet(folder.path, { test: 2 });
  const out = join(folder.path, "runs");
  const script = "tasks/reproduce.ts";
  const permissions = ["--allow-read", `--allow-write=${folder.path}`];
  const args = ["figure-3", "--dcd", folder.path, "--out", out, "-q"];
  const done = await runScript(script, args, { permissions });
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /Thresholds without localisation, DCD test, 2 of 2 photos\n +ODS {2}mean-pr/);
  assert.match(
    await Deno.readTextFile(join(out, "figure-3.md")),
    /!\[Figure 3: thresholds\]\(figure-3-dcd\.svg\)/,
  );
  const cases: [args: string[], message: RegExp][] = [
    [
      ["table-2", "--out", out],
      /Cannot run table-2 without photos: the paper's are CRACK500's; give --crack500/,
    ],
    [
      ["table-labels", "figure-3", "--set", `Mine=${folder.path}`, "--out", out],
      /Cannot run figure-3 without photos: /,
    ],
    [
      ["table-labels", "--set", `DCD=${folder.path}`, "--out", out],
      /Cannot give --set the name dcd: there is a set of that name; choose another\./,
    ],
    [["table-labels", "--crack-free", folder.path, "--out", out], /Expected a name of letters, digits and/],
    [
      ["table-teach", "--dcd", folder.path, "--teach-on", "walls", "--out", out],
      /Cannot teach networks on walls without its photos: .* \(dcd\)\./s,
    ],
    [["table-10", "--dcd", folder.path, "--out", out], /table-10/],
    [
      ["table-3", "--dcd", folder.path, "--out", out],
      /Cannot run the table of CRACK500 without its photos: give --crack500 and its folder/,
    ],
    [
      ["figure-2", "table-6", "--dcd", folder.path, "--out", out],
      /Cannot train networks on CRACK500 without its photos: give --crack500 and its folder, or --train-on/,
    ],
    [
      ["table-6", "--train-on", "cfd", "--dcd", folder.path, "--out", out],
      /Cannot train networks on CFD without its photos: give --cfd/,
    ],
    [["figure-2", "--network", "vgg", "--dcd", folder.path, "--out", out], /Cannot use the network vgg: /],
    [
      ["table-2", "--scale", "full", "--patches", "500", "--dcd", folder.path, "--out", out],
      /Cannot train on 500 patches at the scale full, .*: leave out --patches, or use another scale\./s,
    ],
    [["table-9", "--training-photos", "0", "--dcd", folder.path, "--out", out], /Expected .* 1/],
    [[...args, "--split", "val"], /Cannot use the split val of .*; there is test\./],
    [["figure-3", "--ael", join(folder.path, "no"), "--out", out], /no: there is no such file or folder/],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await runScript(script, args, { permissions });
    assert.deepEqual([code, message.test(err) ? "" : err], [2, ""]);
  }
});
