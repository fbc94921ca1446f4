import assert from "node:assert/strict";
import { centredCropSampler } from "../../../core/sampling/centred_crops.ts";
import { countParameters } from "../../../models/layers/parameters.ts";
import { defaultAdversarial } from "../../../models/segmenter/adversarial/settings.ts";
import { fanPatches } from "../../../models/segmenter/fan_patches.ts";
import { segmenterGradients } from "../../../models/segmenter/gradients.ts";
import type { SegmentationArch } from "../../../models/segmenter/segmentation_network.ts";
import { createSegmenter, Segmenter } from "../../../models/segmenter/segmenter.ts";
import { trainSegmenter } from "../../../models/segmenter/train_segmenter.ts";
import { MomentumSgd } from "../../../models/training/momentum.ts";
import { tf } from "../../../models/tfjs.ts";
import { adversarialTask } from "../../../tasks/segmenter/adversarial_task.ts";
import { segmenterTask } from "../../../tasks/segmenter/segmenter_task.ts";
import type { SegmenterTrainingOptions } from "../../../tasks/segmenter/training_options.ts";
import { assertClose, seeded } from "../../core/testing.ts";
import {
  dense,
  meanOfBlocksOracle,
  patchesOracle,
  patchFeaturesOracle,
  SIDE,
} from "../../oracles/patch_network.ts";
import type { Batch, ResnetOracleOptions } from "../../oracles/resnet.ts";
import { batchTensor, randomBatch } from "../classifier/networks.ts";
import { BACKENDS, scrambledParameters, shared, use } from "../testing.ts";

const WIDTH = 1 / 16;

/** A network whose every parameter differs from its neutral start, so that none can be forgotten unnoticed. */
function scrambledSegmenter(arch: SegmentationArch): Segmenter {
  const { network } = createSegmenter({ arch, width: WIDTH });
  return new Segmenter({ network, seed: 1, trainingSize: SIDE, parameters: scrambledParameters });
}

async function valuesOf(segmenter: Segmenter): Promise<ResnetOracleOptions["values"]> {
  const values: ResnetOracleOptions["values"] = new Map();
  for (const [name, variable] of segmenter.parameters) {
    values.set(name, { shape: variable.shape, data: Float64Array.from(await variable.data()) });
  }
  return values;
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

/** Mean binary cross-entropy of the blocks in the middle, in float64. */
function blockLoss(batch: Batch, truth: Uint8Array, values: ResnetOracleOptions["values"]): number {
  const losses = patchFeaturesOracle(batch, values).flatMap((row, n) =>
    dense(row, "crack", values).map((z, i) => {
      const at = (n * SIDE + 11 + Math.floor(i / 5)) * SIDE + 11 + i % 5;
      return Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - z * truth[at];
    })
  );
  return losses.reduce((sum, loss) => sum + loss) / losses.length;
}

Deno.test("fanPatches() holds the 96,233 parameters of the published network", () => {
  const network = fanPatches();
  assert.equal(countParameters(network.specs), 96_233);
  const [height, width] = [4, 5];
  const lines = network.summary({ height, width });
  assert.equal(lines.reduce((sum, { parameters }) => sum + parameters, 0), 96_233);
  const [first] = lines;
  assert.equal(first.multiplyAdds, height * width * SIDE ** 2 * 27 * 16, "a patch for each pixel");
});

for (const backend of BACKENDS) {
  Deno.test(`patches_fan marks each pixel by the mean of the blocks of the oracle: ${backend}`, async () => {
    await use(backend);
    using segmenter = scrambledSegmenter("patches_fan");
    const values = await valuesOf(segmenter);
    const compute = await shared();
    for (const [h, w] of [[1, 1], [4, 7]]) {
      const { data } = randomBatch(1, h, w);
      const blocks = patchFeaturesOracle(patchesOracle({ h, w, data }), values)
        .map((row) => dense(row, "crack", values).map(sigmoid));
      using image = compute.upload({ width: w, height: h, channels: 3, data: Float32Array.from(data) });
      using found = await segmenter.predict(image);
      assertClose(await found.read(), meanOfBlocksOracle(blocks, { h, w, side: 5 }), 1e-5, `${h} × ${w}`);
    }
  });
}

Deno.test("patches_fan has the loss of the oracle over the middles of crops, and the gradients of finite differences", async () => {
  await use("wasm");
  const before = tf.memory().numTensors;
  {
    using segmenter = scrambledSegmenter("patches_fan");
    const values = await valuesOf(segmenter);
    const batch = randomBatch(3, SIDE, SIDE), random = seeded(3);
    const mask = Uint8Array.from({ length: 3 * SIDE ** 2 }, () => Number(random() < 0.3));
    const x = batchTensor(batch), truth = tf.tensor4d(Float32Array.from(mask), [3, SIDE, SIDE, 1]);
    const { loss, gradients } = await segmenterGradients(segmenter, { x, truth }, { loss: "bce" });
    assertClose([loss], [blockLoss(batch, mask, values)], 1e-5, "loss");
    for (const [name, gradient] of Object.entries(gradients)) {
      const found = await gradient.data<"float32">();
      const { data } = values.get(name)!;
      const largest = found.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
      const i = Math.floor(random() * data.length), value = data[i], step = 1e-6;
      data[i] = value + step;
      const above = blockLoss(batch, mask, values);
      data[i] = value - step;
      const below = blockLoss(batch, mask, values);
      data[i] = value;
      assertClose([found[i]], [(above - below) / (2 * step)], 1e-3 * largest + 1e-7, `${name}[${i}]`);
    }
    tf.dispose([x, truth, gradients]);
  }
  assert.equal(tf.memory().numTensors, before, "everything is freed");
});

Deno.test("patches_fan learns a drawn line from crops around pixels", async () => {
  await use("wasm");
  const compute = await shared();
  const [width, height] = [60, 50];
  const truth = Uint8Array.from({ length: width * height }, (_, i) => i % width === 20 ? 255 : 0);
  const random = seeded(1);
  const pixels = Uint8Array.from(
    { length: truth.length * 3 },
    (_, i) => (truth[Math.floor(i / 3)] ? 40 : 150) + 20 * random(),
  );
  using segmenter = createSegmenter({ arch: "patches_fan", width: 0.25, trainingSize: SIDE, seed: 2 });
  using optimiser = new MomentumSgd({ momentum: 0.9 });
  const photo = { width, height, pixels, truth };
  const sampler = await centredCropSampler({ count: 1, photo: () => photo }, {
    ...{ size: SIDE, batch: 16, crops: 16, seed: 1 },
  });
  const losses: number[] = [];
  await trainSegmenter(segmenter, {
    ...{ compute, sampler, optimiser, loss: "bce", steps: 60, learningRate: () => 0.05 },
    onStep: ({ loss }) => void losses.push(loss),
  });
  const mean = (of: number[]) => of.reduce((sum, loss) => sum + loss) / of.length;
  assert.ok(mean(losses.slice(-10)) < 0.5 * mean(losses.slice(0, 10)), `${losses}`);
});

Deno.test("segmenter:train refuses other crops than the patches that a network sees", async () => {
  const common = { datasets: [], arch: "patches_fan", width: 0.25, zoom: 1, seed: 0 };
  const create = async (changes: object) => {
    const options = { ...common, ...changes } as unknown as SegmenterTrainingOptions;
    const { create } = await segmenterTask(options).chooseNetwork();
    using made = create();
    return made.trainingSize;
  };
  for (
    const [crop, what] of [[256, "crops of 256 pixels"], [54, "crops of 54 pixels"], [
      "whole",
      "whole photos",
    ]]
  ) {
    await assert.rejects(() => create({ crop }), {
      name: "UsageError",
      message:
        `Cannot train patches_fan on ${what}: it sees patches of 27; give --crop 27, and a --batch of some hundred.`,
    });
  }
  await assert.rejects(() => create({ crop: 27, zoom: 2 }), {
    name: "UsageError",
    message: "Cannot zoom the patches of patches_fan by up to 2: leave out --zoom.",
  });
  assert.equal(await create({ crop: 27 }), 27);
  const adversarial = adversarialTask({ ...common, crop: 27 } as unknown as SegmenterTrainingOptions, {
    unlabelled: [],
    settings: defaultAdversarial,
  });
  await assert.rejects(() => adversarial.chooseNetwork(), {
    name: "UsageError",
    message: /^Cannot train patches_fan with --adversarial: .*; choose another --arch\.$/,
  });
});
