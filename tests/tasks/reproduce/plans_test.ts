import assert from "node:assert/strict";
import { UsageError } from "../../../tasks/cli/errors.ts";
import { scaleOf } from "../../../tasks/reproduce/plans.ts";

Deno.test("a scale trains on what it says, unless other amounts are named", () => {
  const patchesOf = (scale: ReturnType<typeof scaleOf>) =>
    scale.classifiers.map(({ settings }) => settings.patches);
  const small = scaleOf("small"), named = scaleOf("small", { patches: 5, trainingPhotos: 7 });
  assert.deepEqual(patchesOf(small), [96_000, 32_000, 32_000]);
  assert.equal(small.segmentation.trainingPhotos, 100);
  assert.deepEqual(patchesOf(named), [5, 5, 5]);
  assert.equal(named.segmentation.trainingPhotos, 7);
  assert.equal(named.classifiers[0].settings.start, "shipped", "all else is the scale's");
  assert.deepEqual({ ...named, classifiers: [], segmentation: 0 }, {
    ...small,
    classifiers: [],
    segmentation: 0,
  });

  assert.equal(scaleOf("full").segmentation.trainingPhotos, undefined, "all of them");
  assert.equal(scaleOf("full", { trainingPhotos: 7 }).segmentation.trainingPhotos, 7);
});

Deno.test("random patches cannot be asked for where all patches of a grid are seen", () => {
  assert.throws(
    () => scaleOf("full", { patches: 5 }),
    (error) =>
      error instanceof UsageError &&
      /^Cannot train on 5 patches at the scale full, which/.test(error.message),
  );
});
