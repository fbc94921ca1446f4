import assert from "node:assert/strict";
import { augment } from "../../../../core/kernels/augment.ts";
import type { DecodedPhoto, PhotoSource } from "../../../../core/sampling/decoded_photo.ts";
import { cropSampler } from "../../../../core/sampling/random_crops.ts";
import {
  loadAdversarialPair,
  saveAdversarialPair,
} from "../../../../models/segmenter/adversarial/checkpoint.ts";
import { Discriminator } from "../../../../models/segmenter/adversarial/discriminator.ts";
import {
  adversarialGradientModel,
  adversarialGradients,
} from "../../../../models/segmenter/adversarial/gradients.ts";
import { PairOptimiser } from "../../../../models/segmenter/adversarial/optimiser.ts";
import { AdversarialPair } from "../../../../models/segmenter/adversarial/pair.ts";
import {
  type AdversarialLoss,
  defaultAdversarial,
} from "../../../../models/segmenter/adversarial/settings.ts";
import {
  trainAdversarially,
  type TrainAdversariallyOptions,
} from "../../../../models/segmenter/adversarial/train_adversarially.ts";
import { segmenterGradients } from "../../../../models/segmenter/gradients.ts";
import { createSegmenter, type Segmenter } from "../../../../models/segmenter/segmenter.ts";
import { tf } from "../../../../models/tfjs.ts";
import { GradientThreads } from "../../../../models/training/gradient_threads.ts";
import { assertClose, seeded } from "../../../core/testing.ts";
import { randomTensor, shared, use } from "../../testing.ts";

/** A grey photo with noise and a dark line at a place. */
function photos(at: number): PhotoSource<Uint8Array> {
  const random = seeded(9 + at), width = 70, height = 66;
  const pixels = new Uint8Array(width * height * 3), truth = new Uint8Array(width * height);
  for (let i = 0; i < truth.length; i++) {
    const crack = Math.abs(i % width - at - Math.floor(i / width) / 4) < 2;
    truth[i] = crack ? 255 : 0;
    pixels.fill((crack ? 30 : 160) + 40 * random(), i * 3, i * 3 + 3);
  }
  const photo: DecodedPhoto<Uint8Array> = { width, height, pixels, truth };
  return { count: 1, photo: () => photo };
}

function newPair(): AdversarialPair<Segmenter> {
  const segmenter = createSegmenter({ arch: "unet", width: 0.05, trainingSize: 32, seed: 4 });
  return new AdversarialPair({ segmenter, discriminator: new Discriminator({ width: 1 / 32, seed: 5 }) });
}

const SETTINGS = { ...defaultAdversarial, discriminatorWidth: 1 / 32, semiStart: 2, discriminatorRate: 1e-3 };
const LOSS: AdversarialLoss = { ...SETTINGS, loss: "bce" };

/** What steps found, their times aside. */
type Figures = readonly [loss: number, discriminatorLoss: number, chosen: number];

async function train(
  { pair, ...options }: Partial<TrainAdversariallyOptions> & { readonly pair?: AdversarialPair } = {},
): Promise<Figures[]> {
  const compute = await shared();
  const feed = async (at: number, seed: number) => ({
    compute,
    sampler: await cropSampler(photos(at), { size: 32, batch: 4, seed }),
    augment: (crops: Parameters<typeof augment>[0], of: { size: number; rows: number; step: number }) =>
      augment(crops, { ...of, seed }),
  });
  using fresh = newPair();
  using optimiser = new PairOptimiser({ momentum: 0.9 });
  const figures: Figures[] = [];
  await trainAdversarially(pair ?? fresh, {
    labelled: await feed(14, 6),
    unlabelled: await feed(30, 7),
    settings: SETTINGS,
    loss: "bce",
    optimiser,
    learningRate: () => 0.05,
    steps: 6,
    onStep: ({ loss, discriminatorLoss, chosen }) => void figures.push([loss, discriminatorLoss, chosen]),
    ...options,
  });
  return figures;
}

Deno.test("trainAdversarially() goes on from a checkpoint as if it had never stopped, to the last bit", async () => {
  await use("wasm");
  const whole = await train();
  assert.ok(whole.flat().every((figure) => Number.isFinite(figure) && figure >= 0), `${whole}`);
  using pair = newPair();
  using optimiser = new PairOptimiser({ momentum: 0.9 });
  const first = await train({ pair, optimiser, steps: 6, onStep: undefined });
  assert.deepEqual(first, []);

  using begun = newPair();
  using first3 = new PairOptimiser({ momentum: 0.9 });
  const found: Figures[] = [];
  const stop = new Error("enough");
  await assert.rejects(
    train({
      pair: begun,
      optimiser: first3,
      onStep({ step, loss, discriminatorLoss, chosen }) {
        found.push([loss, discriminatorLoss, chosen]);
        if (step === 2) throw stop;
      },
    }),
    stop,
  );
  const bytes = await saveAdversarialPair(begun, {
    optimiserState: first3.state(),
    training: { epoch: 0, step: 3, options: {} },
  });
  const loaded = await loadAdversarialPair(bytes);
  using resumed = loaded.pair;
  assert.equal(loaded.training?.step, 3);
  using restored = new PairOptimiser({ momentum: 0.9 });
  loaded.restoreOptimiser!(restored);
  const rest = await train({ pair: resumed, optimiser: restored, firstStep: 3 });
  assert.deepEqual([...found, ...rest], whole);
  for (const [name, value] of resumed.parameters) {
    assert.deepEqual(value.dataSync(), pair.parameters.get(name)!.dataSync(), name);
  }
});

Deno.test("trainAdversarially() finds in threads what one thread finds in turn, and leaves nothing behind", async () => {
  await use("wasm");
  const before = tf.memory().numTensors;
  const outcome = async (inThreads: boolean) => {
    using pair = newPair();
    const model = adversarialGradientModel(pair, LOSS);
    using threads = inThreads ? await GradientThreads.open(model, 2) : GradientThreads.alone(model, 2);
    assert.equal(threads.working, inThreads, threads.reason);
    const figures = await train({ pair, steps: 3, gradients: (batch) => threads.gradients(batch) });
    return { figures, values: [...pair.parameters].map(([name, value]) => [name, [...value.dataSync()]]) };
  };
  assert.deepEqual(await outcome(true), await outcome(false));
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("trainAdversarially() takes the steps of wasm on webgpu, too", async () => {
  const outcome = async (backend: "wasm" | "webgpu") => {
    await use(backend);
    return await train({ steps: 1 });
  };
  const expected = await outcome("wasm"), actual = await outcome("webgpu");
  for (const [step, figures] of actual.entries()) {
    assertClose(figures.slice(0, 2), expected[step].slice(0, 2), 3e-3, `step ${step}`);
  }
});

/** Gradients, and the losses that they are of, for one batch of noise. */
async function gradientsOf(pair: AdversarialPair, settings: AdversarialLoss, selfTaught: boolean) {
  const shape: [number, number, number, number] = [2, 32, 64, 3];
  const x = randomTensor<tf.Rank.R4>(shape, { low: 0, high: 255 });
  const unlabelled = randomTensor<tf.Rank.R4>(shape, { low: 0, high: 255, seed: 6 });
  const noise = randomTensor<tf.Rank.R4>([2, 32, 64, 1], { low: 0, seed: 7 });
  const truth = noise.greater(0.8).cast<tf.Tensor4D>("float32");
  const tensors = { x, truth, unlabelled };
  const { gradients, ...figures } = await adversarialGradients(pair, tensors, {
    settings,
    selfTaught,
    momentum: 1,
  });
  const alone = await segmenterGradients(pair.segmenter, tensors, { loss: settings.loss, momentum: 1 });
  const values = new Map<string, Float32Array>();
  for (const [name, gradient] of Object.entries(gradients)) {
    values.set(name, (await gradient.data<"float32">()).slice());
  }
  const own = new Map<string, Float32Array>();
  for (const [name, gradient] of Object.entries(alone.gradients)) {
    own.set(name, (await gradient.data<"float32">()).slice());
  }
  tf.dispose([x, noise, truth, unlabelled, gradients, alone.gradients]);
  return { figures, values, own, loss: alone.loss };
}

Deno.test("adversarialGradients() with weights of 0 are those of the masks alone, and of both networks else", async () => {
  await use("wasm");
  using pair = newPair();
  const none = { ...LOSS, adversarialWeight: 0, unlabelledWeight: 0, semiWeight: 0 };
  const plain = await gradientsOf(pair, none, true);
  assert.ok(Math.abs(plain.figures.loss - plain.loss) < 1e-6);
  for (const [name, gradient] of plain.own) assertClose(plain.values.get(name)!, gradient, 1e-6, name);
  const judging = [...plain.values].filter(([name]) => name.startsWith("discriminator"));
  assert.equal(judging.length, 10);
  for (const [name, gradient] of judging) assert.ok(gradient.some((value) => value !== 0), name);

  // Its own judgement has nothing to do with what deceiving it counts.
  const full = await gradientsOf(
    pair,
    { ...LOSS, adversarialWeight: 1, unlabelledWeight: 1, semiWeight: 1 },
    true,
  );
  for (const [name, gradient] of judging) assert.deepEqual(full.values.get(name), gradient, name);
  assert.deepEqual(full.figures.chosen, plain.figures.chosen);
  assert.ok(full.figures.loss > plain.figures.loss + 1);
  const early = await gradientsOf(
    pair,
    { ...LOSS, adversarialWeight: 1, unlabelledWeight: 1, semiWeight: 1 },
    false,
  );
  assert.ok(
    early.figures.loss < full.figures.loss,
    "nothing is learnt from its own predictions before the start",
  );
  const sure = await gradientsOf(pair, { ...LOSS, confidence: 1, semiWeight: 1 }, true);
  assert.equal(sure.figures.chosen, 0);
});

for (const levels of [1, 3]) {
  Deno.test(`adversarialGradients() are the slopes of their losses at ${levels} levels`, async () => {
    await use("wasm");
    using pair = newPair();
    // The lowest level of the network has a few pixels, for its batch norms to be smooth.
    const settings: AdversarialLoss = {
      ...LOSS,
      levels,
      adversarialWeight: 0.5,
      unlabelledWeight: 0.5,
      semiWeight: 0.5,
      confidence: 0,
    };
    const side = levels === 1 ? 64 : 128;
    const shape: [number, number, number, number] = [2, side, side, 3];
    const x = randomTensor<tf.Rank.R4>(shape, { low: 0, high: 255 });
    const unlabelled = randomTensor<tf.Rank.R4>(shape, { low: 0, high: 255, seed: 6 });
    const truth = randomTensor<tf.Rank.R4>([2, side, side, 1], { low: 0, seed: 7 });
    const find = () =>
      adversarialGradients(pair, { x, truth, unlabelled }, { settings, selfTaught: true, momentum: 1 });
    const { gradients } = await find();
    for (const network of [pair.segmenter, pair.discriminator] as const) {
      const lossOf = async () => {
        const found = await find();
        tf.dispose(found.gradients);
        return network === pair.segmenter ? found.loss : found.discriminatorLoss;
      };
      // Along the gradient itself, whose square the slope is.
      const moved = [...network.trainable];
      const square = moved.reduce(
        (sum, [name]) => sum + tf.tidy(() => gradients[name].square().sum().dataSync()[0]),
        0,
      );
      const step = 2e-4 / Math.sqrt(square);
      const move = (by: number) => {
        for (const [name, variable] of moved) {
          tf.tidy(() => variable.assign(variable.add(gradients[name].mul(by))));
        }
      };
      move(step);
      const up = await lossOf();
      move(-2 * step);
      const down = await lossOf();
      move(step);
      const slope = (up - down) / (2 * step);
      assert.ok(
        Math.abs(slope / square - 1) < 0.03,
        `${network.name}: ${slope} along a gradient of ${square}`,
      );
    }
    tf.dispose([x, unlabelled, truth, gradients]);
  });
}
