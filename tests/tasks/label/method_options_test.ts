import assert from "node:assert/strict";
import { openCompute } from "../../../core/gpu/open_compute.ts";
import { defaultCrf } from "../../../core/label/cam_crf/cam_crf_label.ts";
import type { Labeller } from "../../../core/label/labeller.ts";
import { labellers } from "../../../core/label/labellers.ts";
import { recipes } from "../../../core/label/recipe.ts";
import { UsageError } from "../../../tasks/cli/errors.ts";
import { parse } from "../../../tasks/cli/optique.ts";
import { chooseLabeller, methodOptions } from "../../../tasks/label/method_options.ts";
import { FakeClassifier } from "../../core/label/fake_classifier.ts";

async function choose(...args: string[]): Promise<Labeller> {
  const result = parse(methodOptions, args);
  assert.ok(result.success, `${args} is refused`);
  const labeller = chooseLabeller(result.value);
  using compute = await openCompute();
  return labeller(compute, { classifier: new FakeClassifier() });
}

Deno.test("chooseLabeller() takes the paper's recipe by default", async () => {
  const { name, ...settings } = recipes.paper;
  const { id, title, settings: chosen, minCrackPixels } = await choose();
  assert.deepEqual([id, title, chosen, minCrackPixels], ["paper", name, settings, 100]);
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
    ["--appearance-sigma-colour", "7"],
    "Cannot label by the method paper with --appearance-sigma-colour, which is an option of cam-crf; leave it out, or give --method cam-crf.",
  );
});
