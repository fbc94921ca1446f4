import assert from "node:assert/strict";
import type { RowRange } from "../../../core/gpu/bands.ts";
import { centredCropSampler } from "../../../core/sampling/centred_crops.ts";
import { countParameters } from "../../../models/layers/parameters.ts";
import { defaultAdversarial } from "../../../models/segmenter/adversarial/settings.ts";
import { directionsOf } from "../../../models/segmenter/crack_direction.ts";
import { fanPatches } from "../../../models/segmenter/fan_patches.ts";
import { segmenterGradients } from "../../../models/segmenter/gradients.ts";
import { inouePatches } from "../../../models/segmenter/inoue_patches.ts";
import { runAround } from "../../../models/segmenter/patch_network.ts";
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

/** One of four directions, by the eigenvector of the greater eigenvalue of the covariance; zeros where both are alike. */
function nearestDirection(mask: readonly number[]): number[] {
  const at: [x: number, y: number][] = [];
  for (let y = -7; y <= 7; y++) {
    for (let x = -7; x <= 7; x++) if (mask[(y + 13) * SIDE + x + 13]) at.push([x, -y]);
  }
  const mean = [0, 1].map((axis) => at.reduce((sum, p) => sum + p[axis], 0) / at.length);
  const variance = (a: 0 | 1, b: 0 | 1) =>
    at.reduce((sum, p) => sum + (p[a] - mean[a]) * (p[b] - mean[b]), 0);
  const [xx, xy, yy] = [variance(0, 0), variance(0, 1), variance(1, 1)];
  const none = [0, 0, 0, 0];
  const root = Math.hypot((xx - yy) / 2, xy);
  if (mask[13 * SIDE + 13] === 0 || !(root > 1e-9)) return none;
  // (λ − c_yy, c_xy) or (c_xy, λ − c_xx), whichever is longer.
  const largest = (xx + yy) / 2 + root;
  const [vx, vy] = xx > yy ? [largest - yy, xy] : [xy, largest - xx];
  const degrees = (Math.atan2(vy, vx) * 180 / Math.PI + 180) % 180;
  none[Math.round(degrees / 45) % 4] = 1;
  return none;
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

Deno.test("inouePatches() has two heads on the layers of fanPatches()", () => {
  assert.equal(countParameters(inouePatches().specs), 96_233 - 65 * 25 + 65 * (1 + 4));
});

for (const backend of BACKENDS) {
  Deno.test(`patches_inoue marks each pixel and says which way cracks go, as the oracle: ${backend}`, async () => {
    await use(backend);
    using segmenter = scrambledSegmenter("patches_inoue");
    const values = await valuesOf(segmenter);
    const compute = await shared();
    const [h, w] = [3, 5];
    const { data } = randomBatch(1, h, w);
    const features = patchFeaturesOracle(patchesOracle({ h, w, data }), values);
    using image = compute.upload({ width: w, height: h, channels: 3, data: Float32Array.from(data) });
    using found = await segmenter.predict(image);
    assertClose(
      await found.read(),
      features.map((row) => sigmoid(dense(row, "crack", values)[0])),
      1e-5,
      "crack",
    );
    using directions = await segmenter.predictDirections(image);
    const expected = features.map((row) => {
      const odds = dense(row, "direction", values).map(Math.exp);
      const [x, y] = [odds[0] - odds[2], odds[1] - odds[3]];
      return (Math.atan2(y, x) / 2 * 180 / Math.PI + 180) % 180;
    });
    assertClose(await directions.read(), expected, 0.01, "directions");
    assert.ok(segmenter.tellsDirections);
    const mask = Uint8Array.from(expected, (_, i) => Number([0, 6, 14].includes(i)));
    using some = await segmenter.predictDirections(image, { mask });
    assertClose(await some.read(), expected.map((value, i) => value * mask[i]), 0.01, "of a mask");
    using none = await segmenter.predictDirections(image, { mask: new Uint8Array(h * w) });
    assert.deepEqual(await none.read(), new Float32Array(h * w));
    await assert.rejects(
      () => segmenter.predictDirections(image, { mask: new Uint8Array(2) }),
      /^RangeError: Cannot say which way cracks go in an image of 5 × 3: its mask has 2 values, 15 are wanted\.$/,
    );
    using grey = compute.upload({ width: 1, height: 1, channels: 1, data: new Float32Array(1) });
    await assert.rejects(() => segmenter.predictDirections(grey), /a plane of 1 × 1 × 1: 3 channels/);
    using other = createSegmenter({ arch: "patches_fan", width: WIDTH });
    assert.ok(!other.tellsDirections);
    await assert.rejects(() => other.predictDirections(image), {
      name: "RangeError",
      message: /^Cannot say which way cracks go with patches_fan × 0\.0625: .*; patches_inoue tells\.$/,
    });
  });

  Deno.test(`directionsOf() takes the nearest of four directions of the crack around the middle: ${backend}`, async () => {
    await use(backend);
    const random = seeded(7);
    // Lines through the middle, y downwards, and what no direction can be said of.
    const drawn: ((x: number, y: number) => boolean)[] = [
      (_, y) => y === 0,
      (x, y) => x === -y,
      (x) => x === 0,
      (x, y) => x === y,
      (x, y) => x === 0 && y === 0,
      (x, y) => x === 0 && y !== 0,
      (x, y) => Math.abs(x) <= 3 && Math.abs(y) <= 3,
      // Beyond the window another way.
      (x, y) => y === 0 && Math.abs(x) <= 7 || Math.abs(x) > 7,
      // 30° is nearer to 45°, 15° to 0°.
      (x, y) => Math.abs(y + x * Math.tan(Math.PI / 6)) < 0.7,
      (x, y) => Math.abs(y + x * Math.tan(Math.PI / 12)) < 0.7,
      ...Array.from({ length: 6 }, () => {
        const noise = Array.from({ length: SIDE ** 2 }, () => random() < 0.2);
        return (x: number, y: number) => x === 0 && y === 0 || noise[(y + 13) * SIDE + x + 13];
      }),
    ];
    const masks = drawn.map((crack) =>
      Array.from({ length: SIDE ** 2 }, (_, i) => Number(crack(i % SIDE - 13, Math.floor(i / SIDE) - 13)))
    );
    const expected = masks.map(nearestDirection);
    assert.deepEqual(expected.slice(0, 10).map((one) => one.indexOf(1)), [0, 1, 2, 3, -1, -1, -1, 0, 1, 0]);
    const found = tf.tidy(() => directionsOf(tf.tensor4d(masks.flat(), [masks.length, SIDE, SIDE, 1])));
    assert.deepEqual([...await found.data()], expected.flat());
    found.dispose();
  });

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

Deno.test("patches_fan says the same of bands of rows as of the whole image", async () => {
  await use("wasm");
  using segmenter = scrambledSegmenter("patches_fan");
  const [height, width] = [9, 4];
  const x = batchTensor(randomBatch(1, height, width));
  const bands: RowRange[] = [[0, 1], [1, 5], [5, 9]];
  const [whole, ...parts] = tf.tidy(() =>
    [undefined, ...bands].map((rows) => segmenter.confidences(x, { rows })[0].dataSync<"float32">())
  );
  assert.deepEqual(parts.map(({ length }) => length), [width, 4 * width, 4 * width]);
  assertClose(parts.flatMap((part) => [...part]), [...whole], 1e-6, "bands");
  x.dispose();
});

Deno.test("runAround() gives, to the bit, what the network says of each patch by itself", async () => {
  await use("wasm");
  for (const arch of ["patches_fan", "patches_inoue"] as const) {
    using segmenter = scrambledSegmenter(arch);
    const { network, parameters } = segmenter;
    for (const [height, width] of [[1, 1], [2, 7], [30, 3]]) {
      const [together, apart] = tf.tidy(() => {
        const around = batchTensor(randomBatch(1, height + SIDE - 1, width + SIDE - 1));
        const patches = Array.from(
          { length: height * width },
          (_, i) => around.slice([0, Math.floor(i / width), i % width, 0], [1, SIDE, SIDE, 3]),
        );
        const [logits] = network.run(tf.concat(patches), { parameters, training: false, auxiliary: false });
        return [runAround(around, network, { parameters, side: SIDE }), logits].map((said) =>
          said.dataSync<"float32">()
        );
      });
      assert.deepEqual(together, apart, `${arch}, ${height} × ${width}`);
    }
  }
});

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

Deno.test("patches_inoue has the loss of the oracle, directions included, and the gradients of finite differences", async () => {
  await use("wasm");
  using segmenter = scrambledSegmenter("patches_inoue");
  const values = await valuesOf(segmenter);
  const count = 4, batch = randomBatch(count, SIDE, SIDE), random = seeded(9);
  // Cracks of different ways through the middles of all but the last.
  const masks = Array.from({ length: count }, (_, n) =>
    Array.from({ length: SIDE ** 2 }, (_, i) => {
      const x = i % SIDE - 13, y = Math.floor(i / SIDE) - 13;
      return Number([y === 0, x === 0, x === y, x === 2][n]);
    }));
  const oracle = () => {
    let crackLoss = 0, directionLoss = 0, known = 0;
    for (const [n, row] of patchFeaturesOracle(batch, values).entries()) {
      const [z] = dense(row, "crack", values);
      crackLoss += (Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - z * masks[n][13 * SIDE + 13]) /
        count;
      const logits = dense(row, "direction", values), sum = logits.reduce((sum, z) => sum + Math.exp(z), 0);
      nearestDirection(masks[n]).forEach((one, k) => {
        known += one;
        directionLoss += one * (Math.log(sum) - logits[k]);
      });
    }
    assert.equal(known, 3);
    return crackLoss + directionLoss / known;
  };
  const x = batchTensor(batch), truth = tf.tensor4d(masks.flat(), [count, SIDE, SIDE, 1]);
  const { loss, gradients } = await segmenterGradients(segmenter, { x, truth }, { loss: "bce" });
  assertClose([loss], [oracle()], 1e-5, "loss");
  for (
    const name of ["direction/kernel", "direction/bias", "crack/kernel", "dense2/kernel", "conv1_1/kernel"]
  ) {
    const found = await gradients[name].data<"float32">();
    const { data } = values.get(name)!;
    const largest = found.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    assert.ok(largest > 0, name);
    const i = Math.floor(random() * data.length), value = data[i], step = 1e-6;
    data[i] = value + step;
    const above = oracle();
    data[i] = value - step;
    const below = oracle();
    data[i] = value;
    assertClose([found[i]], [(above - below) / (2 * step)], 1e-3 * largest + 1e-7, `${name}[${i}]`);
  }
  tf.dispose([x, truth, gradients]);
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
