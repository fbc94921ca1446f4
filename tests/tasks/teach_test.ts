import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeImage } from "../../core/images/decode_image.ts";
import { saveCheckpoint } from "../../models/classifier/checkpoint.ts";
import { createClassifier } from "../../models/classifier/classifier.ts";
import { loadSegmenter, saveSegmenter } from "../../models/segmenter/checkpoint.ts";
import { createSegmenter } from "../../models/segmenter/segmenter.ts";
import type { TeachSummary } from "../../tasks/teach/teach_rounds.ts";
import { use } from "../models/testing.ts";
import { type Outcome, runScript } from "./run_script.ts";
import { PERMISSIONS, withTrainingPhotos } from "./training/trainings.ts";

/** Photos of a few pixels, of which patches of eight are labelled; a third of them are without a crack. */
function withPhotos(test: (folder: string) => Promise<void>): Promise<void> {
  return withTrainingPhotos({ count: 3, withCrack: 2, width: 40, height: 36 }, test);
}

/** Teaching in seconds. */
function teach(
  folder: string,
  changes: Record<string, string> = {},
  ...flags: string[]
): Promise<Outcome> {
  const options = {
    ...{
      "--images": join(folder, "images"),
      "--masks": join(folder, "masks"),
      "--out": join(folder, "taught"),
    },
    ...{
      "--grid": "8/4",
      "--arch": "unet",
      "--width": "0.05",
      "--crop": "16",
      "--batch": "2",
      "--crops": "8",
    },
    ...{ "--rounds": "1", "--threads": "1", "--seed": "3" },
    ...changes,
  };
  return runScript("tasks/teach.ts", [...Object.entries(options).flat(), ...flags, "--json"], {
    permissions: PERMISSIONS,
  });
}

Deno.test("teach makes networks round by round, and labels that keep to the patches", async () => {
  await withPhotos(async (folder) => {
    const { code, out, err } = await teach(folder);
    assert.equal(code, 0, err);
    const { rounds, cost, segmenter, average, failures }: TeachSummary = JSON.parse(out);
    assert.deepEqual([cost.photos, cost.crackPhotos, average, failures], [3, 2, 1, 0]);
    assert.ok(cost.crackPatches > 0 && cost.crackPatches < cost.patches, JSON.stringify(cost));
    assert.deepEqual(rounds.map(({ round, card }) => [round, card.crops, card.settings.round]), [[0, 4, 0], [
      1,
      8,
      1,
    ]]);
    assert.equal(rounds[0].card.settings.mix.labelled, 0);
    assert.ok(rounds[1].card.settings.mix.labelled > 0);
    await use("cpu");
    using network = await loadSegmenter(await Deno.readFile(segmenter));
    assert.equal(network.trainingSize, 16);
    const labels = rounds[1].labels ?? assert.fail("no labels");
    assert.ok((await Deno.readTextFile(join(labels, "report.html"))).includes("Pseudo labels of round 1"));
    const grey = async (kind: string, name: string) =>
      (await decodeImage(await Deno.readFile(join(labels, kind, `${name}.png`)))).data.filter((_, i) =>
        i % 4 === 0
      );
    for (const name of ["0", "1", "2"]) {
      const [mask, weight] = [await grey("masks", name), await grey("weights", name)];
      // The crack is four pixels wide, at 14 and at 17; patches of eight reach no further than seven beyond it.
      const width = 40 + Number(name), crack = 14 + 3 * Number(name);
      for (const [i, value] of mask.entries()) {
        const near = Number(name) < 2 && Math.abs(i % width - crack) <= 9;
        if (!near) assert.deepEqual([value, weight[i]], [0, 255], `${name} at ${i}`);
      }
    }
    const again = await teach(folder);
    assert.equal(again.code, 0, again.err);
    assert.deepEqual(JSON.parse(again.out), JSON.parse(out));
    const refused = async (changes: Record<string, string>, pattern: RegExp) => {
      const other = await teach(folder, changes);
      assert.equal(other.code, 2);
      assert.match(other.err, pattern);
      assert.match(JSON.parse(other.out).error.replaceAll('\\"', '"'), pattern);
    };
    await refused(
      { "--learning-rate": "0.01" },
      /it was trained with learningRate 0\.05, not 0\.01; give the same options, another --out, or --restart\./,
    );
    // Other labels, or another network, would give other rounds.
    await refused(
      { "--grid": "8/8" },
      /it was trained with grid \{"size":8,"stride":4\}, not \{"size":8,"stride":8\};/,
    );
    await refused({ "--width": "0.06" }, /it was trained with width 0\.05, not 0\.06;/);
    await refused({ "--start": segmenter }, /it was trained with from null, not "[0-9a-f]{64}";/);
  });
});

Deno.test("teach begins anew where it is told to, and says nothing of photos without crack patches", async () => {
  await withPhotos(async (folder) => {
    assert.equal((await teach(folder)).code, 0);
    const anew = await teach(folder, { "--learning-rate": "0.01" }, "--restart");
    assert.equal(anew.code, 0, anew.err);
    const { rounds }: TeachSummary = JSON.parse(anew.out);
    assert.deepEqual(rounds.map(({ card }) => card.settings.learningRate), [0.01, 0.01]);
    const { photos } = JSON.parse(await Deno.readTextFile(join(rounds[1].labels!, "manifest.json")));
    assert.deepEqual(photos.map(({ name }: { name: string }) => name), ["0", "1", "2"]);
    assert.equal(photos[2].crackPixels, 0);
  });
});

Deno.test("teach --average gives the mean of the networks of the last rounds, and refuses more than there are", async () => {
  await withPhotos(async (folder) => {
    const rounds = { "--rounds": "2", "--crops": "4" };
    const { code, out, err } = await teach(folder, {
      ...rounds,
      "--average": "2",
    });
    assert.equal(code, 0, err);
    const { segmenter, average, rounds: done }: TeachSummary = JSON.parse(out);
    assert.equal(average, 2);
    await use("cpu");
    const [mean, ...trained] = await Promise.all(
      [segmenter, done[1].segmenter, done[2].segmenter].map(async (path) => {
        using network = await loadSegmenter(await Deno.readFile(path));
        return Promise.all([...network.parameters.values()].map((variable) => variable.data()));
      }),
    );
    for (const [i, values] of mean.entries()) {
      for (const [k, value] of values.entries()) {
        assert.ok(Math.abs(value - (trained[0][i][k] + trained[1][i][k]) / 2) < 1e-6);
      }
    }
    const refused = await teach(folder, { ...rounds, "--average": "3" });
    assert.equal(refused.code, 2);
    assert.match(
      refused.err,
      /Cannot average the networks of 3 rounds: after the first network there are 2 rounds; give at most 2, or more --rounds\./,
    );
  });
});

Deno.test("teach begins with a classifier as the encoder, which labels nothing itself, but a teacher does", async () => {
  await withPhotos(async (folder) => {
    const start = join(folder, "classifier.safetensors");
    await use("cpu");
    using classifier = createClassifier({ arch: "mobilenet_v2", width: 0.05, seed: 4 });
    await Deno.writeFile(start, await saveCheckpoint(classifier));
    const teacher = join(folder, "teacher.safetensors");
    using unet = createSegmenter({ arch: "unet", width: 0.04 });
    await Deno.writeFile(teacher, await saveSegmenter(unet));
    const network = {
      ...{ "--arch": "unet_mobilenet", "--crops": "2" },
      ...{ "--start": start, "--teacher": teacher },
    };
    const { code, out, err } = await teach(folder, network);
    assert.equal(code, 0, err);
    const { rounds: [, { labels, card }] }: TeachSummary = JSON.parse(out);
    assert.equal(card.segmenter.name, "unet_mobilenet × 0.05");
    const { segmenters } = JSON.parse(await Deno.readTextFile(join(labels!, "manifest.json")));
    const names = segmenters.map(({ name }: { name: string }) => name);
    assert.deepEqual(names, ["unet × 0.04", "unet_mobilenet × 0.05"]);
  });
});

Deno.test("teach refuses labels that say nothing, and options that cannot be", async () => {
  await withPhotos(async (folder) => {
    const all = await teach(folder, {
      "--grid": "64/64",
      "--out": join(folder, "all"),
      "--images": join(folder, "images"),
    });
    assert.equal(all.code, 0, all.err);
    for (const name of ["0", "1"]) await Deno.remove(join(folder, "images", `${name}.png`));
    for (const name of ["0", "1"]) await Deno.remove(join(folder, "masks", `${name}.png`));
    const none = await teach(folder);
    assert.equal(none.code, 1);
    assert.match(none.err, /Cannot learn from \d+ labelled patches: 0 show crack and \d+ do not/);
    const grid = await teach(folder, { "--grid": "16/32" });
    assert.equal(grid.code, 2);
    assert.match(
      grid.err.replaceAll(/\s+/g, " "),
      /Expected a side and a stride of at most that such as "128\/64", but got "16\/32"/,
    );
  });
});
