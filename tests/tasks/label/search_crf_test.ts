import assert from "node:assert/strict";
import { join } from "node:path";
import { statOrNull } from "../../../core/datasets/list_files.ts";
import { readMasked } from "../../../core/datasets/sample.ts";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { camCrfLabel, defaultCrf } from "../../../core/label/cam_crf/cam_crf_label.ts";
import { UsageError } from "../../../tasks/cli/errors.ts";
import { gridPoints, meanSurface, photoSurface, type SurfaceGrid } from "../../../tasks/label/crf_surface.ts";
import { KeptSurfaces } from "../../../tasks/label/kept_surfaces.ts";
import { surfacePicture } from "../../../tasks/label/surface_picture.ts";
import { paperSet, photosOf } from "../../../tasks/reproduce/paper_set.ts";
import { FakeClassifier } from "../../core/label/fake_classifier.ts";
import { temporaryFolder } from "../../temporary_folder.ts";
import { writeBandSet } from "../reproduce/fixtures.ts";
import { runScript } from "../run_script.ts";

const GRID: SurfaceGrid = {
  x: { name: "appearance-sigma-colour", values: [5, 30] },
  y: { name: "smoothness-weight", values: [0, 1, 3] },
  field: { ...defaultCrf, iterations: 3, appearance: { weight: 4, sigmaSpace: 20, sigmaColour: 13 } },
};

Deno.test("gridPoints() tries each value of one parameter with each of the other, the rest as given", () => {
  const points = gridPoints(GRID);
  assert.equal(points.length, 6);
  assert.deepEqual(points[3], {
    iterations: 3,
    appearance: { weight: 4, sigmaSpace: 20, sigmaColour: 30 },
    smoothness: { weight: 1, sigmaSpace: defaultCrf.smoothness.sigmaSpace },
  });
  const refuses = (grid: Partial<SurfaceGrid>, sentence: RegExp) =>
    assert.throws(
      () => gridPoints({ ...GRID, ...grid }),
      (error) => error instanceof UsageError && sentence.test(error.message),
    );
  refuses(
    { y: { name: "appearance-sigma-colour", values: [1, 2] } },
    /over appearance-sigma-colour twice; give/,
  );
  refuses(
    { x: { name: "appearance-weight", values: [3] }, y: { name: "smoothness-weight", values: [0] } },
    /a grid of one point, appearance-weight 3 and smoothness-weight 0; give/,
  );
});

Deno.test("photoSurface() is F1 of the labels that each point gives", async () => {
  await using folder = await temporaryFolder();
  await writeBandSet(folder.path, { train: 1 });
  const { samples: [sample] } = await photosOf(paperSet("dcd", folder.path), { split: "train" });
  using compute = await openCompute();
  const classifier = new FakeClassifier();
  const points = gridPoints(GRID);
  const { name, f1 } = await photoSurface(sample, points, { compute, classifier });
  assert.ok(name.endsWith("0"));
  const { image, mask: truth } = await readMasked(sample);
  for (const [i, parameters] of points.entries()) {
    const { mask } = await camCrfLabel(compute, image, { classifier, parameters, solver: "device" });
    let both = 0, called = 0, crack = 0;
    for (const [pixel, one] of mask.entries()) {
      both += one * truth.data[pixel];
      called += one;
      crack += truth.data[pixel];
    }
    assert.ok(Math.abs(f1[i] - 2 * both / (called + crack)) < 1e-12, `${i}: ${f1[i]}`);
  }
  assert.ok(new Set(f1).size > 1, "parameters matter");
  assert.deepEqual(meanSurface([{ name: "a", f1: [0, 1] }, { name: "b", f1: [0.5, 0] }]), [0.25, 0.5]);
});

Deno.test("surfacePicture() shows each value at its place, and a frame around the best", () => {
  const picture = surfacePicture("F1", GRID, [0.1, 0.2, 0.3, 0.7, 0.5, 0.6]);
  assert.equal(picture.match(/<rect /g)!.length, 1 + 6 + 1);
  for (const text of [">0.7000<", ">30<", ">down: smoothness-weight; across: appearance-sigma-colour<"]) {
    assert.ok(picture.includes(text), text);
  }
  const [, x, y] = picture.match(/x="(\d+)" y="(\d+)" width="\d+" height="\d+" fill="none"/)!;
  const [, left, top] = picture.match(
    /x="(\d+)" y="(\d+)" width="84" height="44" fill="rgb\(30, 64, 175\)"/,
  )!;
  assert.deepEqual([Number(x), Number(y)], [Number(left) + 1, Number(top) + 1]);
  // Of one value: no share of nothing.
  assert.ok(!surfacePicture("F1", GRID, new Array(6).fill(0)).includes("NaN"));
});

Deno.test("KeptSurfaces join parts in the order of the photos, and skip what the whole knows", async () => {
  await using folder = await temporaryFolder();
  const identity = { photos: ["a", "b", "c"] };
  const first = await KeptSurfaces.open(folder.path, identity, { index: 1, count: 2 });
  first.add({ name: "c", f1: [0.3] });
  await first.save();
  const second = await KeptSurfaces.open(folder.path, identity, { index: 2, count: 2 });
  assert.ok(!second.has("c"), "another part's");
  second.add({ name: "a", f1: [0.1] });
  await second.save();
  const whole = await KeptSurfaces.open(folder.path, identity);
  assert.deepEqual(whole.among(["a", "b", "c"]).map(({ name }) => name), ["a", "c"]);
  whole.add({ name: "b", f1: [0.2] });
  await whole.save();
  await whole.removeParts();
  for (const index of [1, 2]) {
    assert.equal(await statOrNull(join(folder.path, `photos-${index}-of-2.json`)), null);
  }
  const again = await KeptSurfaces.open(folder.path, identity, { index: 1, count: 3 });
  assert.ok(again.has("b"));
  assert.deepEqual(
    again.among(["a", "b", "c"]),
    [{ name: "a", f1: [0.1] }, { name: "b", f1: [0.2] }, { name: "c", f1: [0.3] }],
  );
  await again.save();
  const { photos } = JSON.parse(await Deno.readTextFile(join(folder.path, "photos-1-of-3.json")));
  assert.deepEqual(photos, [], "of the whole's, none twice");
  await assert.rejects(
    KeptSurfaces.open(folder.path, { photos: ["a"] }),
    /^UsageError: Cannot go on with .*photos\.json: it is of another grid/,
  );
});

Deno.test("label:search-crf writes the surface, goes on where it stopped, and refuses what it cannot search on", async () => {
  await using folder = await temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  await writeBandSet(at("dcd"), { train: 2 });
  const run = (...args: string[]) =>
    runScript("tasks/label/search_crf.ts", [at("dcd"), "--out", at("out"), "--quiet", ...args], {
      permissions: ["--allow-read", `--allow-write=${folder.path}`, "--allow-env=XDG_RUNTIME_DIR"],
    });
  const grid = [
    "--x",
    "appearance-sigma-colour=5,30",
    "--y",
    "smoothness-weight=0,3",
    "--crf-iterations",
    "2",
  ];
  const first = await run(...grid);
  assert.equal(first.code, 0, first.err);
  assert.match(
    first.out,
    /^F1 of CRF labels, 2 of 2 photos; across: appearance-sigma-colour, down: smoothness-weight\n/,
  );
  assert.match(
    first.out,
    /Best: F1 [01]\.\d{4}, by label --method cam-crf --appearance-sigma-colour \d+ --smoothness-weight \d\n$/,
  );
  const { f1, best } = JSON.parse(await Deno.readTextFile(at("out/surface.json")));
  assert.equal(f1.length, 4);
  assert.equal(best.f1, Math.max(...f1));
  assert.equal(best.parameters.iterations, 2);
  assert.match(await Deno.readTextFile(at("out/surface.svg")), /^<svg /);
  // Nothing is labelled again: figures that are kept are taken as they are.
  const kept = JSON.parse(await Deno.readTextFile(at("out/photos.json")));
  kept.photos[0].f1.fill(1);
  kept.photos[1].f1.fill(0.5);
  await Deno.writeTextFile(at("out/photos.json"), JSON.stringify(kept));
  const again = await run(...grid, "--json");
  assert.deepEqual([again.code, JSON.parse(again.out).f1], [0, [0.75, 0.75, 0.75, 0.75]]);
  // A part has its own figures and no surface; the whole takes it up and comes to what one run came to.
  await Deno.remove(at("out"), { recursive: true });
  const part = await run(...grid, "--shard", "1/2");
  assert.deepEqual([part.code, part.err], [0, ""]);
  const { photos: ofPart } = JSON.parse(await Deno.readTextFile(at("out/photos-1-of-2.json")));
  assert.equal(part.out, `Searched on ${ofPart.length} photos of part 1/2.\n`);
  assert.equal(await statOrNull(at("out/surface.json")), null);
  assert.equal((await run(...grid)).code, 0);
  assert.deepEqual(JSON.parse(await Deno.readTextFile(at("out/surface.json"))).f1, f1);
  assert.equal(await statOrNull(at("out/photos-1-of-2.json")), null);
  const other = await run(...grid, "--smoothness-sigma-space", "2");
  assert.equal(other.code, 2);
  assert.match(
    other.err,
    /^Error: Cannot go on with .*photos\.json: it is of another grid, classifier or photos; /m,
  );
});
