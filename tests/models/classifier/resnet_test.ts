import assert from "node:assert/strict";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { describeResnet, type ResnetArch } from "../../../models/classifier/resnet.ts";
import { countParameters } from "../../../models/layers/parameters.ts";
import { tf } from "../../../models/tfjs.ts";
import { assertClose } from "../../core/testing.ts";
import { headOracle, resnetOracle } from "../../oracles/resnet.ts";
import { BACKENDS, use } from "../testing.ts";
import { batchTensor, oracleValues, randomBatch, scrambledClassifier } from "./networks.ts";

/** Keras' counts without the top; for 18 and 34, torchvision's without `fc`, plus a bias and two running statistics a channel. */
const COUNTS: Record<ResnetArch, number> = {
  resnet18: 11_689_512 - 513_000 + 3 * (64 + 4 * 64 + 5 * 128 + 5 * 256 + 5 * 512),
  resnet34: 21_797_672 - 513_000 + 3 * (64 + 6 * 64 + 9 * 128 + 13 * 256 + 7 * 512),
  resnet50: 23_587_712,
  resnet101: 42_658_176,
  resnet152: 58_370_944,
};

for (const [arch, count] of Object.entries(COUNTS) as [ResnetArch, number][]) {
  Deno.test(`describeResnet() gives ${arch} the parameters of Keras and torchvision`, () => {
    assert.equal(countParameters(describeResnet({ arch }).specs), count);
    assert.equal(
      countParameters(describeResnet({ arch, strideAt: "middle" }).specs),
      count,
    );
  });
}

Deno.test("createClassifier() gives ResNet-50 with the authors' head 25,638,714 parameters", () => {
  assert.equal(countParameters(createClassifier({ arch: "resnet50", head: "reference" }).specs), 25_638_714);
});

Deno.test("describeResnet() names and shapes layers as Keras does", () => {
  const { specs } = describeResnet({ arch: "resnet50" });
  const shape = (name: string) => specs.get(name)?.shape;
  assert.deepEqual(shape("conv1_conv/kernel"), [7, 7, 3, 64]);
  assert.deepEqual(shape("conv2_block1_0_conv/kernel"), [1, 1, 64, 256]);
  assert.deepEqual(shape("conv3_block1_1_conv/kernel"), [1, 1, 256, 128]);
  assert.deepEqual(shape("conv4_block6_2_conv/kernel"), [3, 3, 256, 256]);
  assert.deepEqual(shape("conv5_block3_3_bn/moving_variance"), [2048]);
  assert.equal(shape("conv5_block2_0_conv/kernel"), undefined);
  assert.equal([...specs.keys()].filter((name) => name.endsWith("_conv/bias")).length, 53);
});

Deno.test("describeResnet() rounds scaled channels to multiples of 8, at least 8", () => {
  const outputs = (arch: ResnetArch, width: number) => {
    const { specs } = describeResnet({ arch, width });
    return [...specs].filter(([name]) => /^conv1_conv\/kernel$|_1_conv\/kernel$/.test(name))
      .map(([, { shape }]) => shape[3]);
  };
  assert.deepEqual(outputs("resnet18", 0.5), [32, 32, 32, 64, 64, 128, 128, 256, 256]);
  assert.deepEqual(outputs("resnet18", 0.3), [16, 16, 16, 40, 40, 80, 80, 152, 152]);
  assert.deepEqual(outputs("resnet18", 0.001), [8, 8, 8, 8, 8, 8, 8, 8, 8]);
  assert.equal(describeResnet({ arch: "resnet50", width: 0.125 }).channels, 256);
});

Deno.test("describeResnet() refuses what it cannot lay out in one sentence", () => {
  const arch = "resnet18";
  assert.throws(() => describeResnet({ arch: "resnet19" as ResnetArch }), {
    name: "RangeError",
    message: /"resnet19".*must be one of "resnet18"/,
  });
  for (const width of [0, -1, 1.01, NaN]) {
    assert.throws(() => describeResnet({ arch, width }), { name: "RangeError", message: /above 0/ });
  }
  assert.throws(() => describeResnet({ arch, strideAt: "last" as "first" }), /"first" or "middle"/);
});

Deno.test("createClassifier() starts kernels with He's variance, and γ at 0 where asked", async () => {
  await use("cpu");
  using classifier = createClassifier({ arch: "resnet18", width: 0.25, zeroInitResidual: true });
  const kernel = await classifier.parameters.get("conv5_block2_2_conv/kernel")!.data<"float32">();
  const variance = kernel.reduce((sum, v) => sum + v * v, 0) / kernel.length;
  const expected = 2 / (9 * 128);
  assertClose([variance], [expected], expected * 0.02, "variance");
  assert.ok((await classifier.parameters.get("conv3_block1_2_bn/gamma")!.data()).every((v) => v === 0));
  assert.ok((await classifier.parameters.get("conv3_block1_1_bn/gamma")!.data()).every((v) => v === 1));
  assert.ok((await classifier.parameters.get("conv3_block1_0_bn/gamma")!.data()).every((v) => v === 1));
});

Deno.test("createClassifier() repeats its values for a seed and changes them with it", async () => {
  await use("cpu");
  const kernelOf = async (seed: number) => {
    using classifier = createClassifier({ arch: "resnet18", width: 0.01, seed });
    return (await classifier.parameters.get("conv4_block2_1_conv/kernel")!.data()).slice();
  };
  assert.deepEqual(await kernelOf(4), await kernelOf(4));
  assert.notDeepEqual(await kernelOf(4), await kernelOf(5));
});

const LAYOUTS = [
  { arch: "resnet18", blocks: [2, 2, 2, 2], bottleneck: false, strideAt: "first" },
  { arch: "resnet50", blocks: [3, 4, 6, 3], bottleneck: true, strideAt: "first" },
  { arch: "resnet50", blocks: [3, 4, 6, 3], bottleneck: true, strideAt: "middle" },
] as const;

for (const backend of BACKENDS) {
  for (const { arch, blocks, bottleneck, strideAt } of LAYOUTS) {
    // Compiling WebGPU's shaders costs seconds on a software adapter: there one layout stands for all.
    if (backend === "webgpu" && strideAt === "first") continue;
    const title = `${arch}, stride at the ${strideAt}, on ${backend}`;
    const layout = { blocks: [...blocks], bottleneck, strideAt };

    Deno.test(`NetworkClassifier.logits() equals the oracle at odd sizes: ${title}`, async () => {
      await use(backend);
      using classifier = scrambledClassifier({ arch, width: 0.01, strideAt, head: "reference" });
      const values = await oracleValues(classifier);
      for (const [h, w] of [[1, 1], [1, 7], [5, 3], [33, 17], [64, 41]]) {
        const batch = randomBatch(2, h, w);
        const { features } = resnetOracle(batch, { ...layout, statistics: "running", values });
        const expected = headOracle(features, values).flat();
        const x = batchTensor(batch);
        const logits = classifier.logits(x);
        const scale = Math.max(1, ...expected.map(Math.abs));
        assertClose(await logits.data(), expected, 2e-5 * scale, `${h} × ${w}`);
        tf.dispose([x, logits]);
      }
    });

    Deno.test(`NetworkClassifier.trainingLogits() normalises by the batch and keeps its statistics: ${title}`, async () => {
      await use(backend);
      using classifier = scrambledClassifier({ arch, width: 0.01, strideAt });
      const values = await oracleValues(classifier);
      const batch = randomBatch(3, 70, 65);
      const { features, seen } = resnetOracle(batch, { ...layout, statistics: "batch", values });
      const x = batchTensor(batch);
      const logits = classifier.trainingLogits(x, { momentum: 0.75 });
      assertClose(await logits.data(), headOracle(features, values).flat(), 2e-3, "logits");
      for (const [name, { mean, variance, count }] of seen) {
        const moved = (which: string, batchValue: (c: number) => number) => {
          const before = values.get(`${name}_bn/${which}`)!.data;
          return Array.from(before, (value, c) => 0.75 * value + 0.25 * batchValue(c));
        };
        const means = await classifier.parameters.get(`${name}_bn/moving_mean`)!.data();
        assertClose(means, moved("moving_mean", (c) => mean[c]), 1e-3, `${name} mean`);
        const variances = await classifier.parameters.get(`${name}_bn/moving_variance`)!.data();
        const expected = moved("moving_variance", (c) => variance[c] * count / (count - 1));
        expected.forEach((value, c) =>
          assertClose([variances[c]], [value], 2e-3 * Math.max(1, value), `${name} variance of channel ${c}`)
        );
      }
      tf.dispose([x, logits]);
    });
  }
}
