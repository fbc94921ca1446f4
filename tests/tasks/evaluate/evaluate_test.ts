import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import { Sweep } from "../../../core/metrics/sweep_result.ts";
import { renderEvaluation } from "../../../tasks/evaluate/evaluation_report.ts";
import { figuresOf } from "../../../tasks/evaluate/figures.ts";
import { mergeCounts } from "../../../tasks/evaluate/merge_counts.ts";
import { csvOf, describeEvaluation, worstFirst } from "../../../tasks/evaluate/tables.ts";
import { writeFiles } from "../../core/datasets/dataset_fixtures.ts";
import { seeded } from "../../core/testing.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { type Outcome, runScript } from "../run_script.ts";

const SCRIPT = "tasks/evaluate.ts";
const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);

/** A grey PNG of one row. */
function row(...values: number[]): Promise<Uint8Array> {
  return encodePng({ width: values.length, height: 1, channels: 1, data: Uint8Array.from(values) });
}

function evaluate(args: readonly string[], ...permissions: string[]): Promise<Outcome> {
  return runScript(SCRIPT, args, { permissions: ["--allow-read", ...permissions] });
}

/** What `--json` prints of confidence maps and masks, each a row of pixels. */
async function figures(
  predictions: Record<string, number[]>,
  masks: Record<string, number[]>,
  ...args: string[]
): Promise<ReturnType<typeof JSON.parse>> {
  await using folder = await temporaryFolder();
  const files = (name: string, rows: Record<string, number[]>) =>
    Object.entries(rows).map(([stem, values]) => [`${name}/${stem}.png`, row(...values)]);
  await writeFiles(
    folder.path,
    Object.fromEntries([...files("predictions", predictions), ...files("masks", masks)]),
  );
  const { code, out, err } = await evaluate([
    "--predictions",
    join(folder.path, "predictions"),
    "--truth",
    join(folder.path, "masks"),
    "--json",
    "-q",
    ...args,
  ]);
  assert.deepEqual([code, err], [0, ""]);
  return JSON.parse(out);
}

/** A swept image of pixels with a value each and a truth, without tolerance. */
function swept(name: string, values: readonly number[], truth: readonly number[]): Sweep {
  const bins = (crack: number) => {
    const counts = new Array<number>(100).fill(0);
    values.forEach((value, i) => truth[i] === crack && counts[Math.min(99, Math.floor(100 * value))]++);
    return counts;
  };
  const background = bins(0), crack = bins(1);
  return new Sweep([{ name, background, crack, correct: crack, found: crack }]);
}

Deno.test("evaluate gives 1 for perfect confidence maps, under exactly the keys that it promises", async () => {
  const masks = { a: [0, 255, 255, 0], b: [255, 0, 0, 0] };
  const { seconds, ...result } = await figures(masks, masks);
  assert.deepEqual(result, {
    images: 2,
    ods: { macro: 1, meanPr: 1, micro: 1 },
    ois: 1,
    ap: 1,
    meanIou: 1,
    thresholds: { macro: 0.01, meanPr: 0.01, micro: 0.01, meanIou: 0.01 },
    iou: { crack: 1, background: 1 },
    emptyImages: 0,
    tolerance: 0,
    skipped: [],
  });
  assert.deepEqual(Object.keys(seconds), ["decoding", "metrics"]);
  assert.ok(seconds.decoding > 0 && seconds.metrics > 0);
});

Deno.test("evaluate gives 0 for inverted confidence maps, and AP the share of crack that all pixels have", async () => {
  const { ods, ois, ap, meanIou } = await figures({ a: [255, 255, 255, 0] }, { a: [0, 0, 0, 255] });
  // At the threshold 0 everything is called crack: precision 1/4, recall 1.
  assert.deepEqual({ ods, ois, ap, meanIou }, {
    ods: { macro: 0, meanPr: 0, micro: 0 },
    ois: 0,
    ap: 0.25,
    meanIou: 0,
  });
});

Deno.test("evaluate equals figures worked by hand", async () => {
  // 51 / 255 = 0.2, 102 / 255 = 0.4, 204 / 255 = 0.8: a pixel is crack from its own value on.
  const result = await figures({ a: [204, 102, 51, 0], b: [51, 51, 0, 0] }, {
    a: [255, 255, 0, 0],
    b: [255, 0, 0, 0],
  });
  // t ≤ 0.2: a has P 2/3, R 1, F1 4/5, and b P 1/2, R 1, F1 2/3; 0.2 < t ≤ 0.4: a is perfect, b has nothing;
  // 0.4 < t ≤ 0.8: a has P 1, R 1/2, F1 2/3.
  close(result.ods.macro, (4 / 5 + 2 / 3) / 2);
  close(result.ods.meanPr, 2 * (7 / 12) / (7 / 12 + 1));
  // 5 pixels called crack, 3 of them right, 3 crack: F1 6/8; above 0.2: 2 of 2 right, 2 of 3 found, F1 4/5.
  close(result.ods.micro, 4 / 5);
  assert.deepEqual(result.thresholds, { macro: 0.01, meanPr: 0.01, micro: 0.21, meanIou: 0.21 });
  close(result.ois, (1 + 2 / 3) / 2);
  // Mean recall 1, 1/2, 1/4 with mean precision 7/12, 1/2, 1/2; all of t = 0 is lost, since recall is 1 from there to 0.2.
  close(result.ap, (1 - 1 / 2) * 7 / 12 + (1 / 2 - 1 / 4) / 2 + (1 / 4) / 2);
  close(result.meanIou, (2 / 3 + 5 / 6) / 2);
});

Deno.test("evaluate --tolerance calls right what lies near, and --crack dark turns masks round", async () => {
  const maps = { a: [0, 0, 255, 0, 0, 0] }, masks = { a: [255, 0, 0, 0, 0, 0] };
  assert.equal((await figures(maps, masks, "--tolerance", "1")).ods.macro, 0);
  const { ods, meanIou, tolerance } = await figures(maps, masks, "--tolerance", "2");
  assert.deepEqual([ods.macro, tolerance], [1, 2]);
  // Without a tolerance: nothing in common, and 4 of 6 background pixels.
  close(meanIou, 4 / 6 / 2);
  assert.equal((await figures(maps, { a: [255, 255, 0, 255, 255, 255] }, "--crack", "dark")).ods.macro, 1);
});

Deno.test("evaluate names what has no partner, another size, colours or is no image, and counts the rest", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, {
    "run/confidence/good.png": row(255, 0),
    "run/confidence/lonely.png": row(255, 0),
    "run/confidence/large.png": row(255, 0, 0),
    "run/confidence/damaged.png": "no picture",
    "run/confidence/red.png": encodePng({
      width: 2,
      height: 1,
      channels: 3,
      data: new Uint8Array(6).fill(9, 3, 4),
    }),
    "run/masks/good.png": row(0, 255),
    "masks/good.png": row(255, 0),
    "masks/large.png": row(255, 0),
    "masks/damaged.png": row(255, 0),
    "masks/red.png": row(255, 0),
    "masks/unseen.png": row(255, 0),
  });
  const { code, out, err } = await evaluate([
    "--predictions",
    join(folder.path, "run"),
    "--truth",
    join(folder.path, "masks"),
    "--json",
    "--quiet",
  ]);
  const lines = err.replaceAll(folder.path, "DIR").trimEnd().split("\n");
  assert.deepEqual(lines.filter((line) => !line.includes("decode")), [
    "Cannot use DIR/run/confidence/lonely.png: there is no truth of the name lonely in DIR/masks.",
    "Cannot use DIR/masks/unseen.png: there is no confidence map of the name unseen in DIR/run.",
    "Cannot use DIR/run/confidence/large.png: it is 3 × 1, but its truth DIR/masks/large.png is 2 × 1.",
    "Cannot use DIR/run/confidence/red.png: its pixel (1, 0) has the colour 9, 0, 0, and the grey values of a confidence map are wanted.",
  ]);
  assert.match(
    lines[2],
    /^DIR\/run\/confidence\/damaged\.png: Cannot decode the image: its first bytes, 6e 6f 20 70, /,
  );
  const { images, ods, skipped } = JSON.parse(out);
  assert.deepEqual([images, ods.macro, skipped.length, code], [1, 1, 5, 1]);
});

Deno.test("evaluate ends with 2 where it is called wrongly, and 1 where nothing can be counted", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { "a/x.png": row(1), "b/y.png": row(1), "broken/y.png": "no picture" });
  const [a, b, broken] = ["a", "b", "broken"].map((name) => join(folder.path, name));
  const cases: [args: string[], code: number, sentence: RegExp][] = [
    [[], 2, /give --predictions and --truth, or --merge/],
    [["--predictions", a], 2, /give --predictions and --truth/],
    [
      ["--predictions", a, "--truth", join(folder.path, "none")],
      2,
      /Cannot read .*none: there is no such file/,
    ],
    [["--predictions", a, "--truth", b], 2, /none of the 1 confidence maps \(such as x\) bears the name/],
    [["--predictions", a, "--truth", b, "--tolerance", "33"], 2, /33/],
    [["--merge"], 2, /give files of --counts/],
    [
      ["--merge", join(folder.path, "none.json")],
      2,
      /Cannot read .*none\.json: there is no such file or folder\./,
    ],
    [["--merge", "x.json", "--tolerance", "2"], 2, /--merge takes files of counts alone/],
    [["--predictions", a, "--truth", b, "x.json"], 2, /files are taken with --merge only/],
    [["--predictions", broken, "--truth", b], 1, /there is no image that could be counted/],
  ];
  const outcomes = await Promise.all(cases.map(([args]) => evaluate(args)));
  for (const [i, [args, code, sentence]] of cases.entries()) {
    assert.deepEqual([outcomes[i].code, outcomes[i].out], [code, ""], args.join(" "));
    assert.match(outcomes[i].err, sentence);
  }
});

Deno.test("evaluate --merge of parts equals the whole, and writes counts, CSV and page", async () => {
  await using folder = await temporaryFolder();
  const masks = join(folder.path, "masks"), path = (name: string) => join(folder.path, name);
  await writeFiles(folder.path, {
    "one/a.png": row(204, 102, 51, 0),
    "two/b.png": row(51, 51, 0, 0),
    "all/a.png": row(204, 102, 51, 0),
    "all/b.png": row(51, 51, 0, 0),
    "one masks/a.png": row(255, 255, 0, 0),
    "two masks/b.png": row(255, 0, 0, 0),
    "masks/a.png": row(255, 255, 0, 0),
    "masks/b.png": row(255, 0, 0, 0),
  });
  const run = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await evaluate([...args, "-q"], `--allow-write=${folder.path}`);
    assert.deepEqual([code, err], [0, ""]);
    return out;
  };
  await Promise.all([
    run("--predictions", path("one"), "--truth", path("one masks"), "--counts", path("1.json")),
    run("--predictions", path("two"), "--truth", path("two masks"), "--counts", path("2.json")),
  ]);
  const outputs = (name: string) =>
    ["counts", "csv", "report"].flatMap((kind) => [`--${kind}`, path(`${name}/${kind}`)]);
  const [merged, whole] = await Promise.all([
    run("--merge", path("1.json"), path("2.json"), ...outputs("merged")),
    run("--predictions", path("all"), "--truth", masks, ...outputs("whole")),
  ]);
  assert.match(whole, /^2 images, tolerance 0 px\n[^]*ODS micro +0\.8000 +0\.21\n/);
  assert.equal(merged, whole);
  const read = (name: string) => Deno.readTextFile(path(name));
  assert.equal(await read("merged/counts"), await read("whole/counts"));
  assert.equal(await read("merged/csv"), await read("whole/csv"));
  const pages = [await read("merged/report"), await read("whole/report")];
  assert.ok(pages.every((page) => page.includes('<svg class="curve"') && page.endsWith("</html>\n")));
});

Deno.test("mergeCounts() names files that are no counts, of another tolerance or added twice, and adds the rest", async () => {
  await using folder = await temporaryFolder();
  const good = JSON.stringify(swept("a", [1, 0], [1, 0]));
  await writeFiles(folder.path, {
    "good.json": good,
    "twice.json": good,
    "cut.json": good.slice(0, 40),
    "other.json": JSON.stringify(new Sweep([], { tolerance: 2 })),
    "else.json": "{}",
  });
  const reported: string[] = [];
  const paths = ["good", "twice", "cut", "other", "else", "none"].map((name) =>
    join(folder.path, `${name}.json`)
  );
  const sweep = await mergeCounts(
    paths,
    (_, failure) => failure && reported.push(failure.replaceAll(folder.path, "DIR")),
  );
  assert.equal(sweep?.size, 1);
  assert.deepEqual(reported, [
    "DIR/twice.json: Cannot add the image a to the sweep: there is one of that name; each image counts once.",
    "DIR/cut.json: Cannot read the counts: the file is not JSON, or is cut short.",
    "DIR/other.json: Cannot add a sweep with a tolerance of 2 pixels to one of 0: equal tolerances are wanted.",
    'DIR/else.json: Cannot read the sweep: it has no format "hairline-sweep".',
    "Cannot read DIR/none.json: there is no such file or folder.",
  ]);
});

Deno.test("renderEvaluation() draws the curve through its points and lists the worst image first, names escaped", async () => {
  // Half precision at full recall, then full precision at half recall.
  const sweep = swept("<good> & more", [0.9, 0.4, 0.4, 0.4], [1, 1, 0, 0])
    .add(swept("bad", [0.9, 0.4, 0.9, 0.4], [0, 0, 1, 1]))
    .add(swept("<b>empty</b>", [0, 0], [0, 0]));
  const rows = sweep.images(), skipped = ["Cannot use <x>."];
  const page = await renderEvaluation({
    title: "Evaluation of <i>",
    version: "1.2.3",
    date: new Date(0),
    sweep,
    figures: figuresOf(sweep),
    rows,
    skipped,
  });
  for (const definition of ["macro", "micro"] as const) {
    const d = new RegExp(`<path class="${definition}" d="([^"]+)"`).exec(page)?.[1] ?? "";
    // The frame is 420 wide from (52, 16) on; recall goes right and precision up.
    const wanted = sweep.curve({ definition }).filter(({ precision, recall }) => precision + recall > 0)
      .flatMap(({ precision, recall }) => [52 + 420 * recall, 16 + 420 * (1 - precision)]);
    const drawn = [...d.matchAll(/[\d.]+/g)].map(([number]) => Number(number));
    assert.equal(drawn.length, wanted.length);
    assert.ok(drawn.length > 0 && drawn.every((value, i) => Math.abs(value - wanted[i]) <= 0.005001), d);
  }
  assert.equal([...page.matchAll(/<circle class="(?:macro|micro)"/g)].length, 2);
  const listed = [...page.slice(page.indexOf('class="images"')).matchAll(/<tr><td>([^]*?)<\/td>/g)].map((
    [, name],
  ) => name);
  assert.deepEqual(listed, ["&lt;good&gt; &amp; more", "bad", "&lt;b&gt;empty&lt;/b&gt;"]);
  assert.match(page, /<li>Cannot use &lt;x&gt;\.<\/li>/);
  assert.ok(!/https?:/.test(page), "the page needs nothing from elsewhere");
});

Deno.test("describeEvaluation() and csvOf() list images, the worst first and in their order", () => {
  const sweep = swept('b,"2"', [0.9, 0], [1, 0]).add(swept("a", [0.9, 0], [0, 1])).add(
    swept("e", [0, 0], [0, 0]),
  );
  const rows = sweep.images();
  assert.deepEqual(worstFirst(rows).map(({ name }) => name), ["a", 'b,"2"', "e"]);
  const text = describeEvaluation(figuresOf(sweep), rows);
  assert.match(
    text,
    /1 image has no crack, nothing is called crack at the threshold of ODS macro, and F1 counts as 1\./,
  );
  assert.match(text, /^Images, the worst first:\nimage .*\na +50\.00 % +0\.0000 /m);
  assert.deepEqual(csvOf(rows).split("\r\n"), [
    "image,pixels,crack_pixels,threshold,precision,recall,f1,f1_at_ods,empty",
    '"b,""2""",2,1,0.01,1,1,1,1,false',
    "a,2,1,0.01,0,0,0,0,false",
    "e,2,0,0.01,0,0,1,1,true",
    "",
  ]);
  const many = Array.from({ length: 20 }, (_, i) => ({ ...rows[0], name: `n${i}`, f1AtOds: i / 20 }));
  const shown = [...describeEvaluation(figuresOf(sweep), many).matchAll(/^n(\d+) /gm)].map(([, i]) =>
    Number(i)
  );
  assert.deepEqual(shown, [0, 1, 2, 3, 4, 5, 6, 7, 19, 18, 17, 16, 15, 14, 13, 12]);
});

Deno.test("evaluate reads maps of 0/1 as such and says so, and has no score where nothing is crack", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, {
    "maps/a.png": row(0, 1, 1, 0),
    "maps/b.png": row(0, 0, 0, 0),
    "masks/a.png": row(0, 2, 2, 0),
    "masks/b.png": row(0, 0, 2, 0),
    "none/a.png": row(0, 0, 0, 0),
    "none/b.png": row(0, 0, 0, 0),
  });
  const run = (truth: string, ...args: string[]) =>
    evaluate(["--predictions", join(folder.path, "maps"), "--truth", join(folder.path, truth), ...args]);
  const scored = await run("masks", "--json");
  assert.equal(scored.code, 0, scored.err);
  assert.match(
    scored.err,
    /The highest value of the confidence maps is 1 of 255: they are read as 0 and 1\./,
  );
  assert.match(scored.err, /Truth: 8-bit PNG of 0\/2; bright is crack\./);
  const { ods, thresholds } = JSON.parse(scored.out);
  // a is perfect at every threshold above 0, nothing of b is found.
  close(ods.macro, 1 / 2);
  assert.equal(thresholds.macro, 0.01);
  const none = await run("none", "--json", "-q");
  assert.equal(none.code, 1);
  const found = JSON.parse(none.out);
  assert.deepEqual([found.ods, found.ois, found.ap, found.meanIou], [null, null, null, null]);
  assert.equal(
    found.undefined,
    "none of 2 images shows crack in truth, so that there is none to find. At a threshold of 0.5, 25.00 % of their pixels are " +
      "called crack, in 1 of them.",
  );
});

Deno.test("evaluate --shard: parts are joined to exactly what one run gives, whatever became of them", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  const random = seeded(5);
  const files: Record<string, Promise<Uint8Array>> = {};
  for (let i = 0; i < 12; i++) {
    files[`predictions/${i}.png`] = row(...Array.from({ length: 40 }, () => Math.floor(256 * random())));
    files[`masks/${i}.png`] = row(...Array.from({ length: 40 }, () => random() < 0.2 ? 255 : 0));
  }
  files["predictions/lonely.png"] = row(1, 2);
  await writeFiles(folder.path, files);
  const run = async (...args: string[]) => {
    const paths = ["--predictions", at("predictions"), "--truth", at("masks"), "--json", "-q"];
    const { code, out, err } = await evaluate([...paths, ...args], `--allow-write=${folder.path}`);
    return { code, err, result: out === "" ? undefined : JSON.parse(out) };
  };
  const parts = ["1/3", "3/3"];
  const done = [];
  for (const shard of parts) done.push(await run("--counts", at("counts.json"), "--shard", shard));
  assert.deepEqual(done.map(({ code, err }) => [code, err]), [[0, ""], [0, ""]]);
  assert.deepEqual(done[0].result.counts, at("counts-1-of-3.json"));
  const counted = done.map(({ result: { images } }) => images);
  assert.ok(counted.every((images) => images > 0) && counted[0] + counted[1] < 12, `${counted} of 12`);
  // The second part was lost, and a map was made again after it was counted.
  const { images: [{ name }] } = JSON.parse(await Deno.readTextFile(at("counts-1-of-3.json")));
  await Deno.writeFile(at(`predictions/${name}.png`), await row(...new Array(40).fill(0)));
  await Deno.utime(at(`predictions/${name}.png`), new Date(), new Date(Date.now() + 60_000));
  const { seconds: _, ...wanted } = (await run("--counts", at("whole.json"))).result;
  const { code, result: { seconds: __, ...figures } } = await run("--counts", at("counts.json"));
  assert.deepEqual([code, figures], [1, wanted], "one map has no partner");
  assert.equal(await Deno.readTextFile(at("counts.json")), await Deno.readTextFile(at("whole.json")));
  const left = (await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name).sort();
  assert.deepEqual(left, ["counts.json", "masks", "predictions", "whole.json"]);

  await run("--counts", at("counts.json"), "--shard", "1/3", "--tolerance", "2");
  const other = await run("--counts", at("counts.json"));
  assert.equal(other.code, 2);
  assert.match(other.err, /counts-1-of-3\.json: it was counted with the tolerance 2, not 0; remove it/);
  const unnamed = await run("--shard", "1/3");
  assert.match(unnamed.err, /Cannot count the part 1\/3 without --counts: /);
});
