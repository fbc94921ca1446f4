import assert from "node:assert/strict";
import { augment } from "../../../core/kernels/augment.ts";
import type { DecodedPhoto, PhotoSource } from "../../../core/sampling/decoded_photo.ts";
import { cropSampler } from "../../../core/sampling/random_crops.ts";
import type { NetworkRun } from "../../../models/layers/network.ts";
import { loadSegmenterCheckpoint, saveSegmenter } from "../../../models/segmenter/checkpoint.ts";
import { cropBatches } from "../../../models/segmenter/crop_feed.ts";
import { segmenterGradientModel } from "../../../models/segmenter/gradients.ts";
import { createSegmenter, Segmenter } from "../../../models/segmenter/segmenter.ts";
import { trainSegmenter, type TrainSegmenterOptions } from "../../../models/segmenter/train_segmenter.ts";
import { tf } from "../../../models/tfjs.ts";
import { GradientThreads } from "../../../models/training/gradient_threads.ts";
import { MomentumSgd } from "../../../models/training/momentum.ts";
import { recomputeBatchNorm } from "../../../models/training/recompute_batch_norm.ts";
import { requireFinite } from "../../../models/training/sgd.ts";
import { seeded } from "../../core/testing.ts";
import { shared, use } from "../testing.ts";

/** A grey photo with noise and a dark line. */
function photos(): PhotoSource<Uint8Array> {
  const random = seeded(9), width = 40, height = 36;
  const pixels = new Uint8Array(width * height * 3), truth = new Uint8Array(width * height);
  for (let i = 0; i < truth.length; i++) {
    const crack = Math.abs(i % width - 14 - Math.floor(i / width) / 4) < 2;
    truth[i] = crack ? 255 : 0;
    pixels.fill((crack ? 30 : 160) + 40 * random(), i * 3, i * 3 + 3);
  }
  const photo: DecodedPhoto<Uint8Array> = { width, height, pixels, truth };
  return { count: 1, photo: () => photo };
}

const TINY = { arch: "unet", width: 0.05, seed: 4 } as const;

/** Trains a tiny network and gives the losses of all steps. */
async function train(
  { segmenter, ...options }: Partial<TrainSegmenterOptions> & { segmenter?: Segmenter } = {},
): Promise<number[]> {
  using fresh = createSegmenter(TINY);
  using optimiser = new MomentumSgd({ momentum: 0.9 });
  const losses: number[] = [];
  await trainSegmenter(segmenter ?? fresh, {
    compute: await shared(),
    sampler: await cropSampler(photos(), { size: 16, batch: 4, seed: 6 }),
    augment: (crops, of) => augment(crops, { ...of, seed: 6 }),
    optimiser,
    learningRate: () => 0.05,
    loss: "bce",
    steps: 8,
    onStep: ({ loss }) => void losses.push(loss),
    ...options,
  });
  return losses;
}

Deno.test("trainSegmenter() learns to mark a dark line, and its prediction by recomputed batch norms shows it", async () => {
  await use("wasm");
  const compute = await shared();
  using segmenter = createSegmenter(TINY);
  const sampler = await cropSampler(photos(), { size: 32, batch: 4, seed: 6 });
  const losses = await train({ segmenter, sampler, augment: undefined, learningRate: () => 0.2, steps: 40 });
  const mean = (part: readonly number[]) => part.reduce((a, b) => a + b) / part.length;
  assert.ok(mean(losses.slice(-5)) < 0.4 * mean(losses.slice(0, 5)), `${losses}`);
  await recomputeBatchNorm(segmenter, cropBatches({ compute, sampler }), { firstStep: 40, steps: 4 });
  const { pixels, truth, width, height } = await photos().photo(0);
  using image = compute.upload({ width, height, channels: 3, data: pixels });
  using map = await segmenter.predict(image);
  const confidence = await map.read();
  const right = confidence.filter((value, i) => value > 0.5 === truth[i] > 0).length;
  assert.ok(right > 0.93 * truth.length, `${right} of ${truth.length}`);
});

Deno.test("trainSegmenter() goes on from a checkpoint as if it had never stopped, to the last bit", async () => {
  await use("wasm");
  const whole = await train();
  using segmenter = createSegmenter(TINY);
  using optimiser = new MomentumSgd({ momentum: 0.9 });
  const first = await train({ segmenter, optimiser, steps: 5 });
  const bytes = await saveSegmenter(segmenter, { optimiserState: optimiser.state() });
  const { segmenter: loaded, restoreOptimiser } = await loadSegmenterCheckpoint(bytes);
  using resumed = loaded;
  using restored = new MomentumSgd({ momentum: 0.9 });
  restoreOptimiser!(restored);
  const second = await train({ segmenter: resumed, optimiser: restored, firstStep: 5 });
  assert.deepEqual([...first, ...second], whole);
});

Deno.test("trainSegmenter() stops at the step whose loss is no longer finite, and keeps the weights before it", async () => {
  await use("wasm");
  using segmenter = createSegmenter(TINY);
  const before = tf.memory().numTensors;
  let steps = 0;
  await assert.rejects(
    train({
      segmenter,
      learningRate: (step) => step === 2 ? 1e38 : 0.01,
      onStep: () => void steps++,
    }),
    /^Error: Cannot go on training: the loss of step 4 is (NaN|Infinity); choose a learning rate below 0\.01\.$/,
  );
  assert.equal(steps, 3);
  await assert.rejects(
    requireFinite(segmenter.parameters, 3),
    /after step 3 some weights are no longer finite/,
  );
  using other = createSegmenter(TINY);
  await requireFinite(other.parameters, 0);
  segmenter.dispose();
  other.dispose();
  assert.ok(tf.memory().numTensors <= before, "nothing is left");
});

for (const backend of ["wasm", "webgpu"] as const) {
  Deno.test(`trainSegmenter() names a batch that the memory holds, having tried it: ${backend}`, async () => {
    await use(backend);
    const compute = await shared();
    using inner = createSegmenter(TINY);
    const { network, seed, trainingSize } = inner;
    /** Fails as backends do that are out of memory, for more than so many crops, midway. */
    const forgetful = (most: number) => ({
      ...network,
      run(x: tf.Tensor4D, run: NetworkRun): tf.Tensor4D[] {
        const logits = network.run(x, run);
        if (x.shape[0] <= most) return logits;
        if (backend === "wasm") throw new RangeError("Cannot allocate 9 bytes.");
        compute.device.createBuffer({ size: 2 ** 50, usage: GPUBufferUsage.STORAGE });
        return logits;
      },
    });
    const inMemoryOf = async (most: number): Promise<void> => {
      using segmenter = new Segmenter({ network: forgetful(most), seed, trainingSize });
      await train({ segmenter });
    };
    const reason = backend === "wasm" ? "Cannot allocate 9 bytes\\." : "Cannot compute on .*";
    await inMemoryOf(4);
    const before = tf.memory().numTensors;
    await assert.rejects(
      inMemoryOf(2),
      new RegExp(`^RangeError: Cannot train on a batch of 4, but on one of 2: ${reason}`),
    );
    await assert.rejects(
      inMemoryOf(1),
      new RegExp(`Cannot train on a batch of 4, but on one of 1: ${reason}`),
    );
    await assert.rejects(inMemoryOf(0), new RegExp(`^[a-zA-Z]*Error: ${reason}`));
    assert.equal(tf.memory().numTensors, before, "nothing is left of what failed");
  });
}

Deno.test("GradientThreads reports what one thread failed for once all are done", async () => {
  await use("wasm");
  using segmenter = createSegmenter(TINY);
  const model = segmenterGradientModel(segmenter, { loss: "bce" });
  using threads = await GradientThreads.open(model, 2);
  // Half the pixels are missing.
  const crops = { pixels: new Float32Array(2 * 16 * 16 * 3 / 2), truth: new Uint8Array(512) };
  await assert.rejects(threads.gradients({ ...crops, count: 2, width: 16, height: 16 }), /Error/);
  const whole = { ...crops, pixels: new Float32Array(2 * 16 * 16 * 3) };
  const { gradients, loss } = await threads.gradients({ ...whole, count: 2, width: 16, height: 16 });
  tf.dispose(gradients);
  assert.ok(Number.isFinite(loss), "and goes on");
});

Deno.test("trainSegmenter() leaves no tensor behind, whatever the network and its loss", async () => {
  await use("wasm");
  for (const arch of ["unet", "deepcrack_liu", "deepcrack_zou", "oed_b0"] as const) {
    const sampler = await cropSampler(photos(), { size: 32, batch: 2, seed: 1 });
    const run = async (steps: number) => {
      using segmenter = createSegmenter({ arch, width: 0.03 });
      const losses = await train({ segmenter, sampler, loss: "own", learningRate: () => 1e-3, steps });
      assert.ok(losses.every((loss) => Number.isFinite(loss) && loss > 0), `${arch}: ${losses}`);
    };
    await run(1);
    const before = tf.memory().numTensors;
    await run(2);
    assert.equal(tf.memory().numTensors, before, arch);
  }
});

Deno.test("trainSegmenter() finds in threads what one thread finds in turn", async () => {
  await use("wasm");
  const outcome = async (inThreads: boolean) => {
    using segmenter = createSegmenter(TINY);
    const model = segmenterGradientModel(segmenter, { loss: "own" });
    using threads = inThreads ? await GradientThreads.open(model, 2) : GradientThreads.alone(model, 2);
    assert.equal(threads.working, inThreads, threads.reason);
    const losses = await train({ segmenter, steps: 3, gradients: (batch) => threads.gradients(batch) });
    return {
      losses,
      values: [...segmenter.parameters].map(([name, value]) => [name, [...value.dataSync()]]),
    };
  };
  assert.deepEqual(await outcome(true), await outcome(false));
});

Deno.test("trainSegmenter() takes the steps of wasm on webgpu, too, batches staying on the device", async () => {
  const outcome = async (backend: "wasm" | "webgpu") => {
    await use(backend);
    using segmenter = createSegmenter(TINY);
    return await train({
      segmenter,
      steps: 2,
      ...(backend === "webgpu" && { gradients: () => assert.fail("a batch went through the host") }),
    });
  };
  const expected = await outcome("wasm"), actual = await outcome("webgpu");
  for (const [step, loss] of actual.entries()) {
    assert.ok(Math.abs(loss - expected[step]) < 2e-3, `step ${step}: ${loss}, ${expected[step]}`);
  }
});
