import assert from "node:assert/strict";
import { join } from "node:path";
import { loadClassifier } from "../../../models/classifier/checkpoint.ts";
import { decodeSafetensors } from "../../../models/checkpoint/safetensors.ts";
import type { ClassifierCard } from "../../../tasks/classifier/classifier_card.ts";
import { type Outcome, runScript } from "../run_script.ts";
import {
  killTraining,
  PERMISSIONS,
  readCard,
  resultOf,
  trainingArgs,
  withTrainingPhotos,
} from "../training/trainings.ts";
import { assertClose } from "../../core/testing.ts";

/** Four photos with a crack and one without; more than a patch in size. */
function withPhotos(test: (folder: string) => Promise<void>): Promise<void> {
  return withTrainingPhotos({ count: 5, withCrack: 4, width: 52, height: 44 }, test);
}

/** Options of a training of seconds on the photos of a folder. */
function small(folder: string, out: string, changes: Record<string, string> = {}): string[] {
  return trainingArgs(folder, out, {
    ...{ "--arch": "resnet18", "--width": "0.125", "--patch-sizes": "16", "--batch": "8" },
    ...{ "--learning-rate": "0.02", "--threads": "1", "--seed": "3" },
    ...changes,
  });
}

const RANDOM = { "--patches": "160", "--epochs": "2", "--schedule": "one-cycle" };

function train(args: readonly string[], permissions = PERMISSIONS): Promise<Outcome> {
  return runScript("tasks/classifier/train.ts", args, { permissions });
}

function cardOf(folder: string, out: string): Promise<ClassifierCard> {
  return readCard(folder, out);
}

Deno.test("classifier:train writes a classifier that classifier:evaluate finds good, a card and a learning curve", async () => {
  await withPhotos(async (folder) => {
    const outcome = await train(
      small(folder, "a.safetensors", {
        // One size: batch norm's statistics over several sizes are no sure thing in so small a network.
        ...{ "--patch-sizes": "16", "--batch": "16", "--patches": "1600", "--epochs": "2" },
        ...{ "--schedule": "one-cycle", "--validation": "0.4" },
      }).concat("--json"),
    );
    assert.equal(outcome.code, 0, outcome.err);
    const card = await cardOf(folder, "a.safetensors");
    assert.deepEqual(JSON.parse(outcome.out), card);
    assert.equal(card.steps, 200);
    assert.equal(card.patches, 3200);
    assert.deepEqual(card.data.photos, ["0", "1", "2"]);
    assert.deepEqual(card.data.validationPhotos, ["3", "4"]);
    assert.deepEqual(card.validation.map(({ epoch, step }) => [epoch, step]), [[1, 100], [2, 200]]);
    assert.equal(card.curve.length, 200);
    assert.ok(card.curve.slice(-8).every(({ accuracy }) => accuracy >= 0.8), JSON.stringify(card.curve));
    assert.match(
      await Deno.readTextFile(join(folder, "a.safetensors.svg")),
      /^<svg .*<path d="M.*<\/svg>\s*$/s,
    );
    assert.match(outcome.err, /Step 200 of 200: loss \d/);

    const evaluation = await runScript("tasks/classifier/evaluate.ts", [
      ...[
        join(folder, "a.safetensors"),
        "--images",
        join(folder, "images"),
        "--masks",
        join(folder, "masks"),
      ],
      ...["--skip", "3", "--patch-sizes", "16", "--json", "-q"],
    ], { permissions: ["--allow-read"] });
    assert.equal(evaluation.code, 0, evaluation.err);
    const { sizes, photos } = JSON.parse(evaluation.out);
    assert.equal(photos, 2);
    // Through float32 on disk the classifier is the same: so are its figures on the photos held back.
    assert.deepEqual(sizes, card.validation[1].sizes);
    assert.ok(sizes[0].balancedAccuracy > 0.8, evaluation.out);
  });
});

Deno.test("classifier:train starts from the weights of another classifier, and with its network", async () => {
  await withPhotos(async (folder) => {
    const first = { "--patches": "16", "--patch-sizes": "12" };
    assert.equal((await train(small(folder, "first", first))).code, 0);
    const start = join(folder, "first");
    const second = small(folder, "second", { "--patches": "8", "--start": start, "--learning-rate": "1e-9" });
    const named = await train(second);
    assert.equal(named.code, 0, named.err);
    const weights = async (name: string) => {
      const { tensors } = decodeSafetensors(await Deno.readFile(join(folder, name)));
      return [...tensors].filter(([name]) => !name.includes("_bn/")).map(([, { data }]) =>
        Float32Array.from(data as Float32Array)
      );
    };
    const [before, after] = [await weights("first"), await weights("second")];
    // A rate of next to nothing moves next to nothing.
    for (const [i, values] of before.entries()) assertClose(after[i], values, 1e-6, `tensor ${i}`);
    const { settings, classifier } = await cardOf(folder, "second");
    assert.match(settings.start ?? "", /^[0-9a-f]{64}$/);
    assert.equal(classifier.name, "resnet18 × 0.125");

    const other = await train(small(folder, "third", { "--start": start, "--arch": "resnet34" }));
    assert.match(
      other.err,
      /^Error: Cannot start from .*first: its arch is resnet18 and --arch says resnet34; leave out --arch\.$/m,
    );
    assert.equal(other.code, 2);
    const none = await train(small(folder, "third", { "--start": join(folder, "none") }));
    assert.match(none.err, /^Error: Cannot read .*none: there is no such file/m);
    assert.equal(none.code, 2);
  });
});

Deno.test("classifier:train sets the classifier for the share of patches with crack, and for nothing else", async () => {
  await withPhotos(async (folder) => {
    const load = async (out: string, changes: Record<string, string>) => {
      const outcome = await train(small(folder, out, { "--patches": "24", ...changes }));
      assert.equal(outcome.code, 0, outcome.err);
      return decodeSafetensors(await Deno.readFile(join(folder, out))).tensors;
    };
    const even = await load("even", {}), rare = await load("rare", { "--crack-share": "0.2" });
    for (const [name, { data }] of even) {
      const expected = Float64Array.from(data as Float32Array);
      if (name === "predictions/bias") expected[0] += Math.log(0.25);
      assertClose(Float32Array.from(rare.get(name)!.data as Float32Array), expected, 1e-6, name);
    }
    assert.equal((await cardOf(folder, "rare")).settings.crackShare, 0.2);
    const grid = await train(small(folder, "grid", { "--crack-share": "0.2" }));
    assert.match(
      grid.err,
      /^Error: Cannot set the classifier for a share of 0\.2 with crack: .*give --patches/m,
    );
    assert.equal(grid.code, 2);
  });
});

Deno.test("classifier:train starts from the classifier that ships", async () => {
  await withPhotos(async (folder) => {
    const options = small(folder, "own", { "--patches": "8", "--start": "shipped" })
      .filter((_, i, all) => !["--arch", "--width"].some((name) => [all[i], all[i - 1]].includes(name)));
    const outcome = await train(options);
    assert.equal(outcome.code, 0, outcome.err);
    using shipped = await loadClassifier();
    assert.equal((await cardOf(folder, "own")).classifier.name, shipped.name);
  });
});

Deno.test("classifier:train goes on after a kill and ends with the same losses as an unbroken run", async () => {
  await withPhotos(async (folder) => {
    const whole = await train(small(folder, "whole", RANDOM));
    assert.equal(whole.code, 0, whole.err);
    const broken = small(folder, "broken", { ...RANDOM, "--save-every": "0.05" });
    await killTraining("tasks/classifier/train.ts", broken, {
      permissions: PERMISSIONS,
      out: join(folder, "broken"),
    });

    const other = await train(small(folder, "broken", { ...RANDOM, "--batch": "4" }));
    assert.equal(other.code, 2, other.err);
    assert.match(other.err, /Cannot go on .* batch 8 instead of 4; .*--restart to start again/);
    const resumed = await train(broken);
    assert.equal(resumed.code, 0, resumed.err);
    assert.match(resumed.err, /Going on after step \d+ of 40/);
    assert.deepEqual(resultOf(await cardOf(folder, "broken")), resultOf(await cardOf(folder, "whole")));
    const bytes = await Promise.all(["whole", "broken"].map((name) => Deno.readFile(join(folder, name))));
    assert.deepEqual(bytes[0], bytes[1]);
    const left = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    assert.deepEqual(left.filter((name) => /training|part/.test(name)), []);

    const again = await train(broken);
    assert.equal(again.code, 2);
    assert.match(again.err, /Cannot train into .*broken: it is there already; give --restart to replace it/);
  });
});

Deno.test("classifier:train takes folders of photos with and without crack, by the paper's grid and steps", async () => {
  await withPhotos(async (folder) => {
    for (const label of ["crack", "no_crack"]) await Deno.mkdir(join(folder, label));
    await Deno.rename(join(folder, "images", "0.png"), join(folder, "crack", "0.png"));
    await Deno.rename(join(folder, "images", "4.png"), join(folder, "no_crack", "4.png"));
    await Deno.writeTextFile(join(folder, "no_crack", "bad.jpg"), "no photo");
    const { code, err, out } = await train([
      ...[folder, "-o", join(folder, "c"), "--arch", "resnet18", "--width", "0.125", "--epochs", "2"],
      ...["--patch-sizes", "48", "--stride", "8", "--threads", "1", "--augment", "off", "--json"],
    ]);
    // The bad file is reported, the others are used.
    assert.equal(code, 1, err);
    assert.match(err, /no_crack\/bad\.jpg/);
    const card: ClassifierCard = JSON.parse(out);
    assert.deepEqual(card.data.photos, ["crack/0", "no_crack/4"]);
    // Two places across, one (mirrored) down, eight orientations, two photos; batches of 16.
    assert.equal(card.patches, 2 * (2 * 8 * 2));
    assert.equal(card.steps, 4);
    assert.equal(card.settings.learningRate, 1e-3);
  });
});

Deno.test("classifier:train names what is missing or does not fit, in a sentence", async () => {
  await withPhotos(async (folder) => {
    const cases: [args: string[], code: number, message: RegExp][] = [
      [["-o", join(folder, "x")], 2, /Cannot train without photos/],
      [["--images", folder, "-o", join(folder, "x")], 2, /Cannot pair 1 folders of photos with 0 of masks/],
      [small(folder, "x", { "--skip": "9" }), 2, /Cannot use the photos from number 10 on: there are 5/],
      [small(folder, "x", { "--stride": "0" }), 2, /--stride/],
    ];
    for (const [args, code, message] of cases) {
      const outcome = await train(args);
      assert.equal(outcome.code, code, outcome.err);
      assert.match(outcome.err, message);
    }
    const denied = await train(small(folder, "x"), [`--allow-read=${folder}`]);
    assert.equal(denied.code, 2, denied.err);
  });
});
