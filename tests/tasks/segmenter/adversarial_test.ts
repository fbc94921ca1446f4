import assert from "node:assert/strict";
import { join } from "node:path";
import { decodeSafetensors } from "../../../models/checkpoint/safetensors.ts";
import { defaultAdversarial } from "../../../models/segmenter/adversarial/settings.ts";
import { UsageError } from "../../../tasks/cli/errors.ts";
import { parse } from "../../../tasks/cli/optique.ts";
import type { AdversarialCard } from "../../../tasks/segmenter/adversarial_card.ts";
import { adversarialOptions, chooseAdversarial } from "../../../tasks/segmenter/adversarial_options.ts";
import { adversarialTask } from "../../../tasks/segmenter/adversarial_task.ts";
import type { SegmenterTrainingOptions } from "../../../tasks/segmenter/training_options.ts";
import { runScript } from "../run_script.ts";
import {
  killTraining,
  PERMISSIONS,
  readCard,
  resultOf,
  trainingArgs,
  withTrainingPhotos,
} from "../training/trainings.ts";

const SCRIPT = "tasks/segmenter/train.ts";

function choose(...args: string[]) {
  const result = parse(adversarialOptions, args);
  assert.ok(result.success, `${args} is refused`);
  return result.value;
}

Deno.test("adversarialOptions are none unless they are given, and the source's by default", () => {
  assert.equal(choose(), undefined);
  const plain = chooseAdversarial(choose("--adversarial", "--unlabelled", "more")!);
  assert.deepEqual(plain, { unlabelled: ["more"], settings: defaultAdversarial });
  const changed = chooseAdversarial(
    choose(
      ...["--adversarial", "--unlabelled", "a", "--unlabelled", "b", "--adversarial-weight", "0.02"],
      ...["--unlabelled-weight", "0", "--semi-weight", "0.3", "--confidence", "0.4", "--semi-start", "5"],
      ...["--discriminator-rate", "0.006", "--discriminator-width", "0.7", "--levels", "3"],
    )!,
  );
  assert.deepEqual(changed.unlabelled, ["a", "b"]);
  assert.deepEqual(Object.values(changed.settings), [0.02, 0, 0.3, 0.4, 5, 0.006, 0.7, 3]);
  const bad = [["--confidence", "1.1"], ["--semi-weight", "-1"], ["--discriminator-rate", "0"], [
    "--levels",
    "0",
  ]];
  for (const args of bad) assert.equal(parse(adversarialOptions, args).success, false, args.join(" "));
});

Deno.test("an adversarial training says in a sentence what it lacks", async () => {
  const refuses = (args: string[], message: string) =>
    assert.throws(() => chooseAdversarial(choose(...args)!), (error) => {
      return error instanceof UsageError && error.message === message;
    });
  refuses(
    ["--unlabelled", "more"],
    "Cannot use --unlabelled without --adversarial: give both, or leave it out.",
  );
  refuses(
    ["--semi-start", "9"],
    "Cannot use --semi-start without --adversarial: give both, or leave it out.",
  );
  refuses(
    ["--adversarial", "--levels", "2"],
    "Cannot train with --adversarial on photos with masks alone: give a folder of others with --unlabelled.",
  );
  const choice = chooseAdversarial(choose("--adversarial", "--unlabelled", "more", "--levels", "3")!);
  for (const [crop, named] of [[96, "crops of 96 pixels"], ["whole", "whole photos"]] as const) {
    // Those that nothing is read of before the network is chosen.
    const options = { crop, zoom: 1, epochs: 1, seed: 0, loss: "bce" } as SegmenterTrainingOptions;
    await assert.rejects(adversarialTask(options, choice).chooseNetwork(), {
      message:
        `Cannot train unet with --adversarial at 3 levels on ${named}: a --crop that is a multiple of 64 is wanted.`,
    });
  }
});

Deno.test("segmenter:train --adversarial goes on after a kill and ends with the same network as an unbroken run", async () => {
  await withTrainingPhotos({ count: 3, withCrack: 3, width: 44, height: 40 }, async (folder) => {
    const args = (out: string, changes: Record<string, string> = {}) => [
      ...trainingArgs(folder, out, {
        ...{ "--width": "0.05", "--crop": "32", "--batch": "2", "--epochs": "2", "--crops": "12" },
        ...{ "--learning-rate": "0.05", "--threads": "1", "--seed": "3", "--validation": "0.34" },
        ...{ "--unlabelled": join(folder, "images"), "--semi-start": "3", "--discriminator-width": "0.03" },
        ...changes,
      }),
      "--adversarial",
    ];
    const whole = await runScript(SCRIPT, args("whole"), { permissions: PERMISSIONS });
    assert.equal(whole.code, 0, whole.err);
    assert.match(whole.err, /Step 12 of 12: loss \d.*, discriminator \d.*, \d+ % convincing/);
    assert.match(whole.out, /Against a discriminator, on 3 photos without masks: from step 4 on /);
    const card = await readCard<AdversarialCard>(folder, "whole");
    assert.deepEqual(card.data.photos, ["0", "1"]);
    assert.deepEqual(card.data.unlabelledPhotos, ["0", "1", "2"]);
    assert.equal(card.settings.semiStart, 3);
    assert.ok(
      card.curve.every(({ loss, discriminatorLoss, chosen }) =>
        loss > 0 && discriminatorLoss > 0 && chosen >= 0
      ),
    );
    // The network alone: the discriminator has done its work.
    const { tensors, metadata } = decodeSafetensors(await Deno.readFile(join(folder, "whole")));
    assert.equal(metadata.format, "hairline-segmenter");
    assert.deepEqual([...tensors.keys()].filter((name) => name.includes("discriminator")), []);
    assert.match(await Deno.readTextFile(join(folder, "whole.svg")), /loss of the discriminator/);

    const broken = args("broken", { "--save-every": "0.05" });
    await killTraining(SCRIPT, broken, { permissions: PERMISSIONS, out: join(folder, "broken") });
    const other = await runScript(SCRIPT, args("broken", { "--semi-start": "4" }), {
      permissions: PERMISSIONS,
    });
    assert.equal(other.code, 2, other.err);
    assert.match(other.err, /Cannot go on .* semiStart 3 instead of 4; /);
    const resumed = await runScript(SCRIPT, broken, { permissions: PERMISSIONS });
    assert.equal(resumed.code, 0, resumed.err);
    assert.match(resumed.err, /Going on after step \d+ of 12/);
    assert.deepEqual(resultOf(await readCard<AdversarialCard>(folder, "broken")), resultOf(card));
    for (const suffix of ["", ".last"]) {
      const [expected, actual] = await Promise.all(
        ["whole", "broken"].map((name) => Deno.readFile(join(folder, name + suffix))),
      );
      assert.deepEqual(actual, expected, suffix);
    }
  });
});
