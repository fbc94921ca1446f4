import assert from "node:assert/strict";
import { join } from "node:path";
import { encodePng } from "../../../core/images/encode_png.ts";
import { decodeSafetensors } from "../../../models/checkpoint/safetensors.ts";
import { sha256 } from "../../../tasks/files/sha256.ts";
import type { SegmenterCard } from "../../../tasks/segmenter/segmenter_card.ts";
import { openTrainingData, type TrainingDataOptions } from "../../../tasks/segmenter/photos.ts";
import { type Outcome, runScript } from "../run_script.ts";
import {
  killTraining,
  PERMISSIONS,
  readCard,
  resultOf,
  trainingArgs,
  withTrainingPhotos,
} from "../training/trainings.ts";

function withPhotos(test: (folder: string) => Promise<void>): Promise<void> {
  return withTrainingPhotos({ count: 4, withCrack: 4, width: 36, height: 34 }, test);
}

/** Makes a folder look as if label had written it for the photos of `images/`. */
async function writeLabels(
  folder: string,
  name: string,
  { names, usable }: { names: readonly string[]; usable: (name: string) => boolean },
): Promise<void> {
  const labels = join(folder, name);
  for (const kind of ["masks", "confidence"]) {
    await Deno.mkdir(join(labels, kind), { recursive: true });
    for (const photo of names) {
      const width = 36 + Number(photo), height = 34;
      const data = new Uint8Array(width * height).fill(kind === "masks" ? 255 : 51);
      await Deno.writeFile(
        join(labels, kind, `${photo}.png`),
        await encodePng({ width, height, channels: 1, data }),
      );
    }
  }
  const photos = await Promise.all(names.map(async (name) => {
    const path = join(folder, "images", `${name}.png`);
    return {
      ...{
        name,
        path,
        sha256: await sha256(await Deno.readFile(path)),
        width: 36 + Number(name),
        height: 34,
      },
      ...{ crackPixels: 0, crackShare: 0, usableForTraining: usable(name), stages: [], seconds: 0 },
      labelledAt: "2026-01-01T00:00:00.000Z",
    };
  }));
  await Deno.writeTextFile(
    join(labels, "manifest.json"),
    JSON.stringify({ program: "hairline", version: "0.1.0", task: "label", photos, failures: [] }),
  );
}

/** Options of a training of seconds on the photos of a folder. */
function small(folder: string, out: string, changes: Record<string, string> = {}): string[] {
  return trainingArgs(folder, out, {
    ...{ "--width": "0.05", "--crop": "16", "--batch": "2", "--epochs": "2", "--crops": "8" },
    ...{ "--learning-rate": "0.05", "--threads": "1", "--seed": "3" },
    ...changes,
  });
}

function train(args: readonly string[]): Promise<Outcome> {
  return runScript("tasks/segmenter/train.ts", args, { permissions: PERMISSIONS });
}

function cardOf(folder: string, out: string): Promise<SegmenterCard> {
  return readCard(folder, out);
}

function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

const NONE: TrainingDataOptions = {
  ...{ images: [], masks: [], datasets: [], labels: [], extraLabels: [], photos: [], soft: false },
};

Deno.test("segmenter:train goes on after a kill and ends with the same network as an unbroken run", async () => {
  await withPhotos(async (folder) => {
    const changes = { "--validation": "0.25", "--epochs": "3", "--crops": "12", "--zoom": "1.5" };
    const whole = await train(small(folder, "whole", changes).concat("--json"));
    assert.equal(whole.code, 0, whole.err);
    const card = await cardOf(folder, "whole");
    assert.deepEqual(JSON.parse(whole.out), card);
    assert.equal(card.settings.zoom, 1.5);
    assert.ok(!("fatten" in card.settings));
    assert.deepEqual([card.steps, card.crops, card.curve.length], [18, 36, 18]);
    assert.deepEqual(card.data.photos, ["0", "1", "2"]);
    assert.deepEqual(card.data.validationPhotos, ["3"]);
    assert.deepEqual(card.validation.map(({ epoch, step }) => [epoch, step]), [[1, 6], [2, 12], [3, 18]]);
    const best = Math.max(...card.validation.map(({ ods }) => ods));
    assert.equal(card.validation.find(({ ods }) => ods === best)?.epoch, card.bestEpoch);
    assert.match(whole.err, /^Epoch 1: ODS 0\.\d{4} on photos held back\.$/m);
    assert.match(whole.err, /Step 18 of 18: loss \d/);
    assert.match(
      await Deno.readTextFile(join(folder, "whole.svg")),
      /^<svg .*ODS on held-back photos.*<\/svg>\s*$/s,
    );

    const broken = small(folder, "broken", { ...changes, "--save-every": "0.05" });
    await killTraining("tasks/segmenter/train.ts", broken, {
      permissions: PERMISSIONS,
      out: join(folder, "broken"),
    });

    const other = await train(small(folder, "broken", { ...changes, "--loss": "own" }));
    assert.equal(other.code, 2, other.err);
    assert.match(other.err, /Cannot go on .* loss "bce" instead of "own"; .*--restart to start again/);
    const resumed = await train(broken);
    assert.equal(resumed.code, 0, resumed.err);
    assert.match(resumed.err, /Going on after step \d+ of 18/);
    assert.deepEqual(resultOf(await cardOf(folder, "broken")), resultOf(await cardOf(folder, "whole")));
    for (const suffix of ["", ".last"]) {
      const files = ["whole", "broken"].map((name) => Deno.readFile(join(folder, name + suffix)));
      const [expected, actual] = await Promise.all(files);
      assert.deepEqual(actual, expected, suffix);
    }
    assert.deepEqual(list(folder).filter((name) => /training|best|part/.test(name)), []);
    const again = await train(broken);
    assert.equal(again.code, 2);
    assert.match(again.err, /Cannot train into .*broken: it is there already; give --restart to replace it/);
  });
});

Deno.test("segmenter:train stops where it diverges, and leaves the last good state", async () => {
  await withPhotos(async (folder) => {
    const diverging = { "--learning-rate": "1e30", "--epochs": "4" };
    const { code, err } = await train(small(folder, "a", diverging));
    assert.equal(code, 1, err);
    assert.match(
      err,
      /^Error: Cannot go on training: .* (?:loss of )?step \d+ .*; choose a (?:lower )?learning rate/m,
    );
    assert.ok(!list(folder).includes("a"));
  });
});

Deno.test("segmenter:train starts from another network, and with its layers", async () => {
  await withPhotos(async (folder) => {
    const whole = { "--crop": "whole", "--batch": "1", "--crops": "2", "--epochs": "1", "--fatten": "2" };
    const first = await train(small(folder, "first", whole));
    assert.equal(first.code, 0, first.err);
    assert.equal((await cardOf(folder, "first")).settings.fatten, 2);
    const start = {
      "--start": join(folder, "first"),
      "--learning-rate": "1e-9",
      "--crops": "2",
      "--epochs": "1",
    };
    const second = await train(small(folder, "second", start));
    assert.equal(second.code, 0, second.err);
    const kernels = async (name: string) => {
      const { tensors } = decodeSafetensors(await Deno.readFile(join(folder, name)));
      return [...tensors].filter(([name]) => name.endsWith("/kernel")).map(([, { data }]) =>
        Array.from(data as Float32Array, (value) => value.toFixed(5))
      );
    };
    assert.deepEqual(await kernels("second"), await kernels("first"));
    assert.match((await cardOf(folder, "second")).settings.start ?? "", /^[0-9a-f]{64}$/);
    const other = await train(small(folder, "third", { ...start, "--arch": "oed_b0" }));
    assert.equal(other.code, 2);
    assert.match(
      other.err,
      /^Error: Cannot start from .*first: its arch is unet and --arch says oed_b0; leave out/m,
    );
  });
});

Deno.test("segmenter:train names what is missing or does not fit, in a sentence", async () => {
  await withPhotos(async (folder) => {
    const cases: [args: string[], message: RegExp][] = [
      [["-o", join(folder, "x")], /Cannot train without photos: give --images and --masks/],
      [small(folder, "x", { "--crop": "24" }), /Cannot train unet on crops of 24 pixels: a multiple of 16/],
      [small(folder, "x", { "--crop": "half" }), /--crop/],
      [
        small(folder, "x", { "--crop": "whole", "--zoom": "2" }),
        /Cannot zoom whole photos by up to 2: leave/,
      ],
      [small(folder, "x", { "--validation": "1.5" }), /a share of 1\.5 .*: a number between 0 and 1/],
    ];
    for (const [args, message] of cases) {
      const outcome = await train(args);
      assert.equal(outcome.code, 2, outcome.err);
      assert.match(outcome.err, message);
    }
  });
});

Deno.test("openTrainingData() takes labels, leaves out those of too little crack, and adds extra ones", async () => {
  await withPhotos(async (folder) => {
    const labels = join(folder, "labels"), extra = join(folder, "extra");
    await writeLabels(folder, "labels", { names: ["0", "1", "2"], usable: (name) => name !== "1" });
    await writeLabels(folder, "extra", { names: ["3"], usable: () => true });
    await writeLabels(folder, "poor", { names: ["0", "1"], usable: () => false });
    const notes: string[] = [];
    const open = (changes: Partial<Parameters<typeof openTrainingData>[0]>) =>
      openTrainingData({ ...NONE, labels: [labels], ...changes }, (line) => void notes.push(line));
    const { training, heldBack, rejected, failures } = await open({
      extraLabels: [extra],
      validation: "0.5",
    });
    assert.deepEqual(training.samples.map(({ name, extra }) => [name, extra]), [["0", false], ["3", true]]);
    assert.deepEqual(heldBack?.samples.map(({ name }) => name), ["2"]);
    assert.deepEqual([rejected, failures], [1, 0]);
    assert.deepEqual(notes, ["1 label has too few crack pixels to be usable for training: left out."]);
    assert.deepEqual([...new Set((await training.photo(0)).truth as Uint8Array)], [255]);
    const soft = await open({ soft: true });
    assert.deepEqual([...new Set((await soft.training.photo(0)).truth as Uint8Array)], [51]);

    // Another photo in the place of the one that was labelled.
    const first = join(folder, "images/0.png");
    const photo = await Deno.readFile(first);
    await Deno.writeFile(
      first,
      await encodePng({ width: 36, height: 34, channels: 1, data: new Uint8Array(36 * 34) }),
    );
    notes.length = 0;
    const replaced = await open({});
    assert.deepEqual([replaced.failures, replaced.training.samples.map(({ name }) => name)], [1, ["2"]]);
    assert.match(
      notes.join("\n"),
      /^Cannot use .*0\.png: it is not the photo that .*masks\/0\.png was made of; label it again, /m,
    );
    assert.equal((await open({ photos: [join(folder, "images")] })).training.samples[0].name, "0");
    await Deno.writeFile(first, photo);

    // Photos elsewhere, one of them without a label, one label without its photo.
    await Deno.mkdir(join(folder, "moved"));
    for (const name of ["0", "3"]) {
      await Deno.rename(join(folder, "images", `${name}.png`), join(folder, "moved", `${name}.png`));
    }
    notes.length = 0;
    const moved = await open({ photos: [join(folder, "moved")] });
    assert.deepEqual(moved.training.samples.map(({ name }) => name), ["0"]);
    assert.equal(moved.failures, 2);
    assert.deepEqual(notes.slice(0, 2).map((note) => note.replaceAll(folder, "")), [
      "Cannot use the label 2 of /labels: there is no photo of that name in /moved.",
      "Cannot use /moved/3.png: there is no label of the name 3.",
    ]);

    await assert.rejects(
      open({ labels: [join(folder, "poor")] }),
      /^Error: Cannot train on the labels in .*poor: none of the 2 has enough crack pixels to be usable for training; /,
    );
    await assert.rejects(
      open({ labels: [join(folder, "images")] }),
      /there is no manifest\.json; give the folder/,
    );
    await assert.rejects(open({ validation: "0.1" }), /of 1 photos: that leaves 1 to train on and 0 to try/);
  });
});
