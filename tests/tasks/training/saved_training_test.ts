import assert from "node:assert/strict";
import { join } from "node:path";
import { loadTraining, requireSame, trainingFile } from "../../../tasks/training/saved_training.ts";
import type { SettingsOf, TrainingKind } from "../../../tasks/training/training_task.ts";
import { temporaryFolder } from "../../temporary_folder.ts";

Deno.test("loadTraining() says in a sentence what is wrong with a saved position", async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, "network");
  await Deno.writeTextFile(trainingFile(out), "a checkpoint");
  const figures = { loss: [1, 2] };
  const good = {
    settings: {},
    data: { photos: ["a"], validationPhotos: [] },
    log: { points: [{ step: 1, loss: 2 }], open: { steps: 1, figures }, time: 1, dataTime: 0 },
    validation: [],
  };
  const load = (options: object) =>
    loadTraining(out, () =>
      Promise.resolve({
        network: {} as TrainingKind["network"],
        restoreOptimiser: () => {},
        training: { epoch: 1, step: 2, options: options as Record<string, unknown> },
      }));
  assert.deepEqual((await load(good))?.position, { ...good, epoch: 1, step: 2 });
  const bad: [object, RegExp][] = [
    [{ ...good, settings: null }, /settings is null, an object is wanted/],
    [
      { ...good, data: { photos: "a", validationPhotos: [] } },
      /data\.photos is "a", a list of photos is wanted/,
    ],
    [{ ...good, log: { ...good.log, time: "1" } }, /log\.time is "1", a number is wanted/],
    [{ ...good, log: { ...good.log, points: [null] } }, /log\.points\.0 is null, an object is wanted/],
    [{}, /settings is missing, an object is wanted/],
  ];
  for (const [options, message] of bad) {
    await assert.rejects(load(options), (error) => {
      assert.ok(error instanceof Error);
      assert.match(
        error.message,
        /^Cannot read .*network\.training: [^\n]*; give --restart to start again\.$/,
      );
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("requireSame() names what differs, settings that one of both lacks among it", () => {
  const data = { photos: ["a"], validationPhotos: [], imported: null };
  const settingsOf = (settings: object) => ({ data, settings: settings as SettingsOf<TrainingKind> });
  const [plain, fat] = [{ epochs: 3 }, { epochs: 3, fatten: 2 }].map(settingsOf);
  requireSame<TrainingKind>(fat, fat, "out");
  assert.throws(
    () => requireSame<TrainingKind>(plain, fat, "out"),
    /it has fatten undefined instead of 2; give/,
  );
  assert.throws(
    () => requireSame<TrainingKind>(fat, plain, "out"),
    /it has fatten 2 instead of undefined; give/,
  );
  const others = { ...fat, data: { ...data, unlabelledPhotos: ["b"] } };
  assert.throws(() => requireSame<TrainingKind>(fat, others, "out"), /it has other photos; give/);
});
