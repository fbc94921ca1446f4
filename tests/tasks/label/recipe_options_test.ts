import assert from "node:assert/strict";
import { type Recipe, recipes } from "../../../core/label/recipe.ts";
import { maskOptions } from "../../../tasks/label/mask_options.ts";
import { chooseRecipe, recipeOptions } from "../../../tasks/label/recipe_options.ts";
import { merge, parse } from "../../../tasks/cli/optique.ts";
import { UsageError } from "../../../tasks/cli/errors.ts";

const options = merge(recipeOptions, maskOptions);

function choose(...args: string[]): Recipe {
  const result = parse(options, args);
  assert.ok(result.success, `${args} is refused`);
  return chooseRecipe(result.value);
}

/** Another value for each parameter, as it is typed and as it is read. */
const OTHER: { [K in Exclude<keyof Recipe, "name">]: [typed: string, read: Recipe[K]] } = {
  patchSize: ["64", 64],
  patchStride: ["8", 8],
  patchGrid: ["stretched", "stretched"],
  patchFilter: ["nearest", "nearest"],
  patchRound: ["yes", true],
  cam: ["none", "none"],
  camClass: ["winner", "winner"],
  camGradient: ["probability", "probability"],
  camTile: ["512", 512],
  localisationThreshold: ["0.25", 0.25],
  erosionSize: ["5", 5],
  erosionIterations: ["0", 0],
  bilateralRadius: ["0", 0],
  bilateralSigmaSpace: ["3.5", 3.5],
  bilateralSigmaRange: ["25", 25],
  bilateralWindow: ["disc", "disc"],
  bilateralDistance: ["l1", "l1"],
  bilateralRound: ["yes", true],
  greyWeights: ["0.2126,0.7152,0.0722", [0.2126, 0.7152, 0.0722]],
  thresholdPatchSize: ["64", 64],
  thresholdStride: ["16", 16],
  thresholdClasses: ["2", 2],
  closingSize: ["5", 5],
  closingIterations: ["0", 0],
  labelThreshold: ["0.4", 0.4],
  minCrackPixels: ["0", 0],
};

Deno.test("chooseRecipe() takes a named recipe as it is", () => {
  assert.deepEqual(choose(), recipes.paper);
  assert.deepEqual(choose("--recipe", "reference"), recipes.reference);
});

Deno.test("recipeOptions lets every parameter of a recipe be changed, and nothing else with it", () => {
  assert.deepEqual(
    new Set(Object.keys(OTHER)),
    new Set(Object.keys(recipes.paper).filter((field) => field !== "name")),
  );
  for (const [field, [typed, read]] of Object.entries(OTHER)) {
    const name = `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const changed = choose(name, typed);
    const { name: recipeName, ...parameters } = changed;
    const { name: _, ...before } = recipes.paper;
    assert.notDeepEqual(read, before[field as keyof typeof before], field);
    assert.deepEqual(parameters, { ...before, [field]: read });
    assert.match(recipeName, new RegExp(`^paper, ${field} `));
  }
});

Deno.test("recipeOptions can say no to what a recipe says yes to", () => {
  assert.equal(choose("--recipe", "reference", "--patch-round", "no").patchRound, false);
});

Deno.test("chooseRecipe() refuses strides that do not divide their patches", () => {
  assert.throws(() => choose("--patch-stride", "12"), (error) => {
    return error instanceof UsageError && /side 32 at a distance of 12/.test(error.message);
  });
  assert.throws(() => choose("--threshold-patch-size", "12"), /side 12 at a distance of 8/);
  assert.equal(choose("--patch-size", "96", "--patch-stride", "48").patchSize, 96);
});

Deno.test("recipeOptions refuses values out of range", () => {
  for (
    const args of [
      ["--patch-size", "0"],
      ["--erosion-size", "4"],
      ["--closing-size", "-1"],
      ["--bilateral-sigma-range", "0"],
      ["--threshold-classes", "4"],
      ["--threshold-patch-size", "257"],
      ["--label-threshold", "1.5"],
      ["--grey-weights", "1,2"],
      ["--grey-weights", "1,2,x"],
      ["--grey-weights", "1,2,"],
      ["--grey-weights", "1,2,3,4"],
      ["--patch-round", "maybe"],
    ]
  ) assert.equal(parse(options, args).success, false, args.join(" "));
});
