import assert from "node:assert/strict";
import { join } from "node:path";
import { pairPredictions } from "../../../tasks/evaluate/pair_predictions.ts";
import type { ReviewUse } from "../../../tasks/studio/review.ts";
import { mask, photo, truthOf, writeFiles } from "../../core/datasets/dataset_fixtures.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

Deno.test("pairPredictions() takes the truth of a dataset by name, and distinguishes splits", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, {
    "set/train_img/a.jpg": photo(1),
    "set/train_lab/a.png": mask(1),
    "set/test_img/a.jpg": photo(2),
    "set/test_lab/a.png": mask(2),
    "flat/a.png": mask(2),
    "split/test/a.png": mask(2),
    "split/train/a.png": mask(1),
  });
  const truth = join(folder.path, "set");
  const names = async (predictions: string, split?: string) => {
    const { pairs, problems } = await pairPredictions({
      predictions: join(folder.path, predictions),
      truth,
      split,
    });
    const seeds = await Promise.all(pairs.map(async ({ truth }) => {
      const read = await truth.truth();
      return typeof read === "boolean"
        ? undefined
        : [1, 2].find((seed) => `${read.data}` === `${truthOf(seed)}`);
    }));
    return { pairs: pairs.map(({ name }, i) => [name, seeds[i]]), problems: problems.length };
  };
  assert.deepEqual(await names("split"), { pairs: [["test/a", 2], ["train/a", 1]], problems: 0 });
  assert.deepEqual(await names("flat", "test"), { pairs: [["a", 2]], problems: 0 });
  assert.deepEqual(await names("split", "test"), { pairs: [["a", 2]], problems: 1 });
  await assert.rejects(
    names("flat"),
    /none of the 1 confidence maps \(such as a\) bears the name of one of the 2 truths/,
  );
  await assert.rejects(names("flat", "val"), /Cannot use the split val/);
});

Deno.test("pairPredictions() takes corrected masks of a run for truth, and none that was rejected", async () => {
  await using folder = await temporaryFolder();
  const decided = (name: string, decision: string) => ({
    name,
    decision,
    at: "2026-01-01T00:00:00Z",
    seconds: 1,
  });
  const photos = [decided("day/b", "corrected"), decided("c", "rejected"), decided("d", "accepted")];
  const review = JSON.stringify({ program: "hairline", version: "0.1.0", photos });
  await writeFiles(folder.path, {
    ...Object.fromEntries(
      ["a", "day/b", "c", "d"].flatMap((
        name,
      ) => [[`run/masks/${name}.png`, mask(1)], [`maps/${name}.png`, mask(1)]]),
    ),
    "run/review/masks/day/b.png": mask(2),
    "run/review/review.json": Promise.resolve(new TextEncoder().encode(review)),
  });
  const pair = async (reviewed?: ReviewUse) => {
    const [predictions, truth] = ["maps", "run"].map((name) => join(folder.path, name));
    const { pairs, problems, notes } = await pairPredictions({ predictions, truth, reviewed });
    assert.deepEqual(problems, []);
    const drawn = pairs.map((
      { name, truth: { truthPath } },
    ) => [name, truthPath?.includes("/review/masks/")]);
    return { drawn, note: notes.find((note) => note.includes("studio")) };
  };
  assert.deepEqual(await pair(), {
    drawn: [["a", false], ["d", false], ["day/b", true]],
    note: `1 mask of ${join(folder.path, "run")} left out, as was decided in the studio.`,
  });
  assert.deepEqual((await pair("only")).drawn, [["d", false], ["day/b", true]]);
  const { drawn, note } = await pair("ignore");
  assert.deepEqual(drawn, [["a", false], ["c", false], ["d", false], ["day/b", false]]);
  assert.equal(note, undefined);
});
