import assert from "node:assert/strict";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { defaultCrf } from "../../../core/label/cam_crf/cam_crf_label.ts";
import { defaultHairline, type HairlineSettings } from "../../../core/label/hairline/settings.ts";
import type { Labeller } from "../../../core/label/labeller.ts";
import { classicalLabellers, labellers } from "../../../core/label/labellers.ts";
import { recipes } from "../../../core/label/recipe.ts";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { createSegmenter } from "../../../models/segmenter/segmenter.ts";
import { UsageError } from "../../../tasks/cli/errors.ts";
import { parse } from "../../../tasks/cli/optique.ts";
import { optionName } from "../../../tasks/cli/values.ts";
import { chooseLabeller, chooseMethod, methodOptions } from "../../../tasks/label/method_options.ts";

/** The labeller that options ask for, and the networks that it asked for. */
async function open(...args: string[]): Promise<{ readonly labeller: Labeller; readonly asked: string[] }> {
  const result = parse(methodOptions, args);
  assert.ok(result.success, `${args} is refused`);
  const openLabeller = chooseLabeller(result.value);
  using compute = await openCompute();
  // Untrained: nothing is shown to them.
  const classifier = createClassifier({ arch: "resnet18", width: 1 / 16 });
  const segmenter = createSegmenter({ arch: "unet", width: 1 / 64 });
  const asked: string[] = [];
  const labeller = await openLabeller(compute, {
    classifier: () => {
      asked.push("classifier");
      return Promise.resolve(classifier);
    },
    segmenter: () => {
      asked.push("segmenter");
      return Promise.resolve(segmenter);
    },
  });
  return { labeller, asked: asked.sort() };
}

async function choose(...args: string[]): Promise<Labeller> {
  return (await open(...args)).labeller;
}

Deno.test("chooseLabeller() takes the method hairline by default, and the paper's at a word", async () => {
  assert.equal((await choose()).id, "hairline");
  const { name, ...settings } = recipes.paper;
  for (const word of [["--method", "paper"], ["--recipe", "paper"]]) {
    const { id, title, settings: chosen, minCrackPixels } = await choose(...word);
    assert.deepEqual([id, title, chosen, minCrackPixels], ["paper", name, settings, 100]);
  }
  const changed = await choose("--method", "paper", "--recipe", "reference", "--min-crack-pixels", "7");
  assert.deepEqual([changed.title, changed.minCrackPixels], ["reference, minCrackPixels 7", 7]);
});

Deno.test("chooseLabeller() takes every method by its id, with defaults", async () => {
  for (const id of Object.keys(labellers)) assert.equal((await choose("--method", id)).id, id);
  assert.deepEqual((await choose("--method", "cam-crf")).settings, defaultCrf);
});

Deno.test("chooseLabeller() changes each parameter of the random field", async () => {
  const { settings } = await choose(
    ...["--method", "cam-crf", "--crf-iterations", "0", "--appearance-weight", "1.5"],
    ...["--appearance-sigma-space", "2", "--appearance-sigma-colour", "3"],
    ...["--smoothness-weight", "4", "--smoothness-sigma-space", "5"],
  );
  assert.deepEqual(settings, {
    iterations: 0,
    appearance: { weight: 1.5, sigmaSpace: 2, sigmaColour: 3 },
    smoothness: { weight: 4, sigmaSpace: 5 },
  });
});

Deno.test("chooseLabeller() changes each setting of the methods inoue and fan", async () => {
  const { id, settings } = await choose("--inoue-threshold", "0.25");
  assert.deepEqual([id, settings], ["inoue", { threshold: 0.25 }]);
  const fan = await choose(
    ...["--fan-patch-size", "64", "--fan-gate", "0.7", "--fan-radius", "0"],
    ...["--fan-sigma-space", "5", "--fan-sigma-range", "0.2"],
  );
  assert.equal(fan.id, "fan");
  assert.deepEqual(fan.settings, { patchSize: 64, gate: 0.7, radius: 0, sigmaSpace: 5, sigmaRange: 0.2 });
});

Deno.test("chooseLabeller() refuses options of another method in one sentence", async () => {
  const refuses = async (args: string[], sentence: string): Promise<void> => {
    await assert.rejects(
      choose(...args),
      (error) => error instanceof UsageError && error.message === sentence,
    );
  };
  await refuses(
    ["--method", "cam-crf", "--erosion-iterations", "0"],
    "Cannot label by the method cam-crf with --erosion-iterations, which is an option of paper; leave it out, or give --method paper.",
  );
  await refuses(
    ["--method", "cam-crf", "--recipe", "paper"],
    "Cannot label by the method cam-crf with --recipe, which is an option of paper; leave it out, or give --method paper.",
  );
  await refuses(
    ["--method", "paper", "--appearance-sigma-colour", "7"],
    "Cannot label by the method paper with --appearance-sigma-colour, which is an option of cam-crf; leave it out, or give --method cam-crf.",
  );
  await refuses(
    ["--method", "sato", "--min-crack-pixels", "7"],
    "Cannot label by the method sato with --min-crack-pixels, which is an option of paper; leave it out, or give --method paper.",
  );
  await refuses(
    ["--flips", "both", "--patch-size", "64"],
    "Cannot label by the method hairline with --patch-size, which is an option of paper; leave it out, or give --method paper.",
  );
  await refuses(
    ["--method", "cam-crf", "--label-threshold", "0.4"],
    "Cannot label by the method cam-crf with --label-threshold, which is an option of paper; leave it out, or give --method paper.",
  );
});

Deno.test("chooseLabeller() takes the method that an option is of, where none is named", async () => {
  for (
    const [args, id] of [
      [["--recipe", "paper"], "paper"],
      [["--recipe", "reference", "--label-threshold", "0.1"], "paper"],
      [["--patch-size", "64", "--patch-stride", "32"], "paper"],
      [["--smoothness-weight", "0"], "cam-crf"],
      [["--localisation", "none"], "hairline"],
      [["--guided-radius", "3"], "hairline"],
    ] as const
  ) assert.equal((await choose(...args)).id, id, args.join(" "));
  assert.equal((await choose("--label-threshold", "0.4", "--min-crack-pixels", "7")).id, "hairline");
});

Deno.test("chooseMethod() goes on by the method that labels were begun by, unless the options are of another", () => {
  const method = (args: string[], begun?: string) => {
    const result = parse(methodOptions, args);
    assert.ok(result.success);
    return chooseMethod(result.value, begun);
  };
  for (const begun of Object.keys(labellers)) {
    assert.equal(method([], begun), begun);
    assert.equal(method(["--label-threshold", "0.5"], begun), begun);
    assert.equal(method(["--recipe", "paper"], begun), "paper");
    assert.equal(method(["--method", "cam-crf"], begun), "cam-crf");
  }
  // One that a later version may have had.
  assert.equal(method([], "of-tomorrow"), method([]));
});

Deno.test("chooseMethod() takes a classifier that is named alone for the paper's method, whatever else is said first", () => {
  const method = (args: string[], networks: { classifier?: string; segmenter?: string }, begun?: string) => {
    const result = parse(methodOptions, args);
    assert.ok(result.success);
    return chooseMethod({ ...result.value, ...networks }, begun);
  };
  const classifier = "mine.safetensors", segmenter = "unet.safetensors";
  assert.equal(method([], {}), "hairline");
  assert.equal(method([], { classifier }), "paper");
  assert.equal(method([], { segmenter }), "hairline");
  assert.equal(method([], { classifier, segmenter }), "hairline");
  assert.equal(method(["--localisation", "dense"], { classifier }), "hairline");
  assert.equal(method(["--method", "cam-crf"], { classifier }), "cam-crf");
  assert.equal(method([], { classifier }, "hairline"), "hairline");
});

Deno.test("chooseLabeller() asks for those networks only that the method works with", async () => {
  for (
    const [args, networks] of [
      [["--method", "paper"], ["classifier"]],
      [["--method", "cam-crf"], ["classifier"]],
      [["--method", "inoue"], ["segmenter"]],
      [["--method", "fan"], ["classifier"]],
      [["--method", "hairline", "--localisation", "dense"], ["classifier", "segmenter"]],
      [["--method", "hairline", "--localisation", "none"], ["segmenter"]],
      [["--method", "sato"], []],
      [["--method", "multi-otsu"], []],
    ] as const
  ) assert.deepEqual((await open(...args)).asked, networks, args.join(" "));
});

/** Another value for each setting of the method hairline that has an option of its own name. */
const OTHER: { [K in keyof HairlineSettings]?: [typed: string, read: HairlineSettings[K]] } = {
  localisationWindow: ["32", 32],
  localisationTile: ["768", 768],
  flips: ["both", "both"],
  pieces: ["all", "all"],
  shade: ["keep", "keep"],
  continuation: ["0.25", 0.25],
  fitShare: ["0.25", 0.25],
  unsureShare: ["0.25", 0.25],
  confidences: ["raw", "raw"],
  guidedRadius: ["4", 4],
  guidedEpsilon: ["0.02", 0.02],
  fusion: ["mean", "mean"],
  stretchPercentile: ["99.5", 99.5],
  stretchOffset: ["0.2", 0.2],
  labelThreshold: ["0.4", 0.4],
  minCrackPixels: ["0", 0],
};

Deno.test("chooseLabeller() changes each setting of the method hairline, and says so in its title", async () => {
  const { name, ...settings } = defaultHairline;
  const plain = await choose("--method", "hairline");
  assert.deepEqual([plain.title, plain.settings], [name, settings]);
  const others = {
    ...OTHER,
    localisation: settings.localisation === "none" ? ["dense", "dense"] : ["none", "none"],
  };
  assert.deepEqual(new Set([...Object.keys(others), "scales"]), new Set(Object.keys(settings)));
  for (const [field, [typed, read]] of Object.entries(others)) {
    assert.notDeepEqual(read, settings[field as keyof typeof settings], field);
    const changed = await choose("--method", "hairline", optionName(field), String(typed));
    assert.deepEqual(changed.settings, { ...settings, [field]: read });
    assert.equal(changed.title, `${name}, ${field} ${read}`);
  }
});

Deno.test("chooseLabeller() takes the scales of the method hairline", async () => {
  const { name, scales } = defaultHairline;
  for (
    const [args, change, title] of [
      [["--scale", "1,0.5"], { start: 1, levels: 2 }, "scale 1,0.5"],
      [["--scale", "0.25"], { start: 0.25, levels: 1 }, "scale 0.25"],
      [["--scale", "auto"], { start: "auto", levels: scales.levels }, "scale auto"],
      [["--scale-selectivity", "0"], { selectivity: 0 }, "scaleSelectivity 0"],
      [["--scale-enlargement", "1"], { enlargement: 1 }, "scaleEnlargement 1"],
    ] as const
  ) {
    const chosen = await choose(...args);
    assert.deepEqual((chosen.settings as HairlineSettings).scales, { ...scales, ...change });
    assert.deepEqual([chosen.id, chosen.title], ["hairline", `${name}, ${title}`]);
  }
});

Deno.test("chooseLabeller() refuses settings of the method hairline that are out of range", async () => {
  for (
    const args of [
      ["--localisation", "cam"],
      ["--localisation-window", "0"],
      ["--flips", "vertical"],
      ["--scale", "0"],
      ["--scale", "1,0.3"],
      ["--scale-selectivity", "-1"],
      ["--scale-enlargement", "0.5"],
      ["--guided-radius", "-1"],
      ["--guided-epsilon", "0"],
      ["--stretch-percentile", "101"],
      ["--stretch-offset", "-1"],
    ]
  ) assert.equal(parse(methodOptions, args).success, false, args.join(" "));
  await assert.rejects(choose("--localisation-tile", "400"), (error) => {
    return error instanceof UsageError && /with localisationTile 400: a multiple of 32/.test(error.message);
  });
});

/** Another value for each setting of the methods that ask no network. */
const CLASSICAL: Readonly<Record<string, Readonly<Record<string, [typed: string, read: unknown]>>>> = {
  "sato": { sigmas: ["1,2.5", [1, 2.5]] },
  "frangi": { sigmas: ["4", [4]], beta: ["0.3", 0.3] },
  "otsu": {},
  "multi-otsu": {},
  "niblack": { windowSize: ["15", 15], k: ["1.5", 1.5] },
  "sauvola": { windowSize: ["101", 101], k: ["0.5", 0.5], r: ["64", 64] },
  "tanaka": { smoothing: ["0", 0], width: ["9", 9], length: ["31", 31], least: ["0", 0] },
  "oliveira": { blockSize: ["8", 8], openingSize: ["1", 1] },
  "a-trous": { width: ["5", 5] },
  "canny": { width: ["9", 9], low: ["0", 0] },
};

Deno.test("chooseLabeller() changes each setting of the methods without a network by an option of the method's name", async () => {
  assert.deepEqual(Object.keys(CLASSICAL), Object.keys(classicalLabellers));
  for (const [id, others] of Object.entries(CLASSICAL)) {
    const { settings } = await choose("--method", id);
    if (Object.keys(others).length > 0) assert.deepEqual(Object.keys(settings), Object.keys(others), id);
    for (const [field, [typed, read]] of Object.entries(others)) {
      const name = `--${id}${optionName(field[0].toUpperCase() + field.slice(1)).slice(2)}`;
      const changed = await choose(name, typed);
      assert.deepEqual([changed.id, changed.settings], [id, { ...settings, [field]: read }], name);
    }
  }
  await assert.rejects(
    choose("--method", "sato", "--canny-low", "0.2"),
    /^UsageError: Cannot label by the method sato with --canny-low, which is an option of canny; /,
  );
});

Deno.test("methodOptions refuse settings of the methods without a network that are out of range, in a sentence", () => {
  for (
    const [args, sentence] of [
      [["--sato-sigmas", "3,0"], /Expected numbers greater than 0 such as .*3,5,7.*3,0/],
      [["--frangi-sigmas", ""], /Expected numbers greater than 0/],
      [["--frangi-beta", "0"], /greater than 0/],
      [["--niblack-window-size", "32"], /Expected an odd number of pixels, but got .*32/],
      [["--niblack-k", "-1"], /greater than 0/],
      [["--sauvola-r", "0"], /greater than 0/],
      [["--tanaka-smoothing", "65"], /64/],
      [["--tanaka-width", "4"], /odd/],
      [["--tanaka-least", "-1"], /0/],
      [["--oliveira-block-size", "0"], /1/],
      [["--oliveira-opening-size", "2"], /odd/],
      [["--a-trous-width", "1.5"], /integer/],
      [["--canny-low", "1.1"], /1/],
    ] as const
  ) {
    const result = parse(methodOptions, [...args]);
    assert.ok(!result.success, args.join(" "));
    assert.match(JSON.stringify(result.error), sentence, args.join(" "));
  }
});
