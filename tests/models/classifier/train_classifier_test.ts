import assert from "node:assert/strict";
import {
  crackPixels,
  type DecodedPhoto,
  type PatchTruth,
  type PhotoSource,
} from "../../../core/sampling/decoded_photo.ts";
import { randomSampler } from "../../../core/sampling/random_patches.ts";
import { openBackend } from "../../../models/backend.ts";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { classifierGradientModel } from "../../../models/classifier/gradients.ts";
import {
  trainClassifier,
  type TrainClassifierOptions,
  type TrainingStep,
} from "../../../models/classifier/train_classifier.ts";
import { tf } from "../../../models/tfjs.ts";
import { GradientThreads } from "../../../models/training/gradient_threads.ts";
import { MomentumSgd } from "../../../models/training/momentum.ts";
import { seeded, sharedCompute } from "../../core/testing.ts";
import { runScript } from "../../tasks/run_script.ts";

const opened = sharedCompute();

/** Grey photos with noise, all but one with a dark line. */
function photos(): PhotoSource<PatchTruth> {
  const random = seeded(9);
  const all = Array.from({ length: 4 }, (_, index): DecodedPhoto<PatchTruth> => {
    const width = 50 + index, height = 40;
    const mask = new Uint8Array(width * height), pixels = new Uint8Array(width * height * 3);
    for (let i = 0; i < mask.length; i++) {
      mask[i] = index < 3 && Math.abs(i % width - 20 - index) < 2 ? 1 : 0;
      pixels.fill((mask[i] ? 30 : 160) + 40 * random(), i * 3, i * 3 + 3);
    }
    return { width, height, pixels, truth: crackPixels(mask) };
  });
  return { count: all.length, photo: (index) => all[index] };
}

const TINY = { arch: "resnet18", width: 0.125, seed: 4 } as const;

/** Trains the tiny network and gives all its steps. */
async function train(
  { classifier, ...options }: Partial<TrainClassifierOptions> & {
    classifier?: ReturnType<typeof createClassifier>;
  } = {},
): Promise<TrainingStep[]> {
  const compute = await opened();
  await openBackend({ backend: "wasm" });
  using fresh = createClassifier(TINY);
  using optimiser = new MomentumSgd({ momentum: 0.9 });
  const steps: TrainingStep[] = [];
  await trainClassifier(classifier ?? fresh, {
    compute,
    sampler: await randomSampler(photos(), { sizes: [12, 16], batch: 8, patches: 80, seed: 6 }),
    optimiser,
    learningRate: () => 0.02,
    steps: 12,
    onStep: (step) => void steps.push(step),
    ...options,
  });
  return steps;
}

const losses = (steps: readonly TrainingStep[]) => steps.map(({ loss }) => loss);

Deno.test("trainClassifier() learns to distinguish dark lines from noise, and says so", async () => {
  const steps = await train({ steps: 60 });
  assert.deepEqual(steps.map(({ step }) => step), Array.from({ length: 60 }, (_, i) => i));
  const mean = (part: readonly TrainingStep[]) => losses(part).reduce((a, b) => a + b) / part.length;
  assert.ok(mean(steps.slice(-10)) < 0.5 * mean(steps.slice(0, 10)), `${losses(steps)}`);
  let right = 0;
  for (const { counts, learningRate, size, dataTime } of steps.slice(-10)) {
    right += counts.truePositives + counts.trueNegatives;
    assert.equal(counts.truePositives + counts.falseNegatives, 4);
    assert.equal(learningRate, 0.02);
    assert.ok(size === 12 || size === 16);
    assert.ok(dataTime >= 0);
  }
  assert.ok(right >= 72, `${right} of 80`);
});

Deno.test("trainClassifier() repeats itself to the last bit", async () => {
  assert.deepEqual(losses(await train()), losses(await train()));
});

Deno.test("trainClassifier() goes on from a step as if it had never stopped", async () => {
  const whole = losses(await train());
  const compute = await opened();
  using classifier = createClassifier(TINY);
  using optimiser = new MomentumSgd({ momentum: 0.9 });
  const first = await train({ compute, classifier, optimiser, steps: 7 });
  // What a checkpoint holds: values and velocities.
  const values = [...classifier.parameters].map(([name, value]) => [name, value.arraySync()] as const);
  const state = new Map([...optimiser.state()].map(([name, value]) => [name, value.clone()]));
  using resumed = createClassifier({ ...TINY, seed: 99 });
  for (const [name, value] of values) resumed.parameters.get(name)?.assign(tf.tensor(value));
  using restored = new MomentumSgd({ momentum: 0.9 });
  restored.restore(state);
  const second = await train({ compute, classifier: resumed, optimiser: restored, firstStep: 7 });
  assert.deepEqual(second.map(({ step }) => step), [7, 8, 9, 10, 11]);
  assert.deepEqual([...losses(first), ...losses(second)], whole);
});

Deno.test("trainClassifier() alters patches where asked to, and says when it diverges", async () => {
  const seen: string[] = [];
  const same = await train({
    augment: (patches, { size, step }) => {
      seen.push(`${step}: ${patches.width} × ${patches.height} of ${size}`);
      return patches;
    },
  });
  assert.deepEqual(losses(same), losses(await train()));
  assert.deepEqual(seen, same.map(({ size, step }) => `${step}: ${size} × ${8 * size} of ${size}`));
  const black = await train({
    augment: (patches) => {
      const { compute, width, height } = patches;
      return compute.create({ width, height, channels: 3 }, { zero: true });
    },
  });
  // All patches alike: one half is right, whatever the network says.
  for (const { counts } of black) assert.equal(counts.truePositives + counts.trueNegatives, 4);
  await assert.rejects(
    train({ learningRate: () => 1e38 }),
    /Cannot go on training: the loss of step \d+ is (NaN|Infinity);/,
  );
});

Deno.test("trainClassifier() leaves no tensor behind", async () => {
  await train({ steps: 2 });
  const before = tf.memory().numTensors;
  await train({ steps: 4 });
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("trainClassifier() takes the steps of wasm on webgpu, too, batches staying on the device", async () => {
  const compute = await opened();
  // Patches of 32: smaller ones leave batch norm single pixels, which blow rounding errors up.
  const sampler = await randomSampler(photos(), { sizes: [32], batch: 8, patches: 16, seed: 6 });
  const outcome = async (backend: "wasm" | "webgpu") => {
    await openBackend({ backend, compute });
    using classifier = createClassifier(TINY);
    using optimiser = new MomentumSgd({ momentum: 0.9 });
    const steps: TrainingStep[] = [];
    await trainClassifier(classifier, {
      compute,
      sampler,
      optimiser,
      learningRate: () => 0.02,
      steps: 2,
      onStep: (step) => void steps.push(step),
      ...(backend === "webgpu" && { gradients: () => assert.fail("a batch went through the host") }),
    });
    return losses(steps);
  };
  const expected = await outcome("wasm"), actual = await outcome("webgpu");
  for (const [step, loss] of actual.entries()) {
    assert.ok(Math.abs(loss - expected[step]) < 1e-3, `step ${step}: ${loss}, ${expected[step]}`);
  }
});

const BATCH = {
  pixels: Float32Array.from({ length: 7 * 8 * 8 * 3 }, seeded(3)).map((value) => 255 * value),
  size: 8,
  crack: Uint8Array.of(1, 0, 1, 1, 0, 0, 1),
};

Deno.test("classifierGradientModel() cuts a batch into even parts that make up the whole", () => {
  const { split } = classifierGradientModel(createClassifier(TINY));
  for (const parts of [1, 2, 3, 7, 9]) {
    const cut = split(BATCH, parts);
    assert.deepEqual(cut.flatMap(({ crack }) => [...crack]), [...BATCH.crack]);
    assert.deepEqual(cut.flatMap(({ pixels }) => [...pixels]), [...BATCH.pixels]);
    const sizes = cut.map(({ crack }) => crack.length);
    assert.ok(Math.min(...sizes) >= 1 && Math.max(...sizes) - Math.min(...sizes) <= 1, String(sizes));
  }
});

Deno.test("classifierGradientModel() weighs parts by their patches", async () => {
  await openBackend({ backend: "wasm" });
  using classifier = createClassifier(TINY);
  const model = classifierGradientModel(classifier);
  const [a, b] = model.split(BATCH, 2);
  const found = [await model.gradients(a), await model.gradients(b)];
  const expected = new Map(
    Object.keys(found[0].gradients).map((name) => {
      const [first, second] = found.map(({ gradients }) => gradients[name].dataSync());
      return [name, Array.from(first, (value, i) => (3 * value + 4 * second[i]) / 7)];
    }),
  );
  const loss = (3 * found[0].loss + 4 * found[1].loss) / 7;
  const joined = model.join(found);
  assert.ok(Math.abs(joined.loss - loss) < 1e-6);
  assert.equal(joined.scores.length, 7);
  for (const [name, values] of expected) {
    for (const [i, value] of joined.gradients[name].dataSync().entries()) {
      assert.ok(Math.abs(value - values[i]) <= 1e-5 * (1 + Math.abs(values[i])), `${name} ${i}`);
    }
  }
  tf.dispose(joined.gradients);
});

Deno.test("GradientThreads finds in workers what one thread finds in turn, and moves the same statistics", async () => {
  const outcome = async (inWorkers: boolean) => {
    await openBackend({ backend: "wasm" });
    using classifier = createClassifier(TINY);
    const parts = 2;
    using threads = inWorkers
      ? await GradientThreads.open(classifierGradientModel(classifier), parts)
      : GradientThreads.alone(classifierGradientModel(classifier), parts);
    const steps = [];
    using optimiser = new MomentumSgd({ momentum: 0.9 });
    for (let step = 0; step < 3; step++) {
      const { gradients, loss, scores } = await threads.gradients(BATCH);
      optimiser.step(gradients, classifier.trainable, 0.1);
      tf.dispose(gradients);
      steps.push({ loss, scores: [...scores] });
    }
    const values = [...classifier.parameters].map(([name, value]) => [name, [...value.dataSync()]]);
    return { steps, values, reason: threads.reason };
  };
  const together = await outcome(true), alone = await outcome(false);
  assert.equal(together.reason, undefined);
  assert.deepEqual(together.steps, alone.steps);
  assert.deepEqual(together.values, alone.values);
});

Deno.test("GradientThreads works alone, with the same result and a reason, where it may not start workers", async () => {
  const outcomes = [];
  for (const permissions of [["--allow-read"], []]) {
    const { code, out, err } = await runScript("tests/models/classifier/fixture_threads.ts", [], {
      permissions,
    });
    assert.equal(code, 0, err);
    assert.equal(err, "");
    outcomes.push(JSON.parse(out));
  }
  const [together, alone] = outcomes;
  assert.deepEqual([together.working, together.reason], [true, undefined]);
  assert.equal(alone.working, false);
  assert.match(alone.reason, /may not read .*, where the others start/);
  assert.equal(alone.loss, together.loss);
});
