import assert from "node:assert/strict";
import type { NetworkClassifier } from "../../../models/classifier/classifier.ts";
import { tf } from "../../../models/tfjs.ts";
import { assertClose, seeded } from "../../core/testing.ts";
import { type Batch, headOracle, resnetOracle, type ResnetOracleOptions } from "../../oracles/resnet.ts";
import { BACKENDS, use } from "../testing.ts";
import { batchTensor, oracleValues, randomBatch, scrambledClassifier } from "./networks.ts";

const LAYOUTS = [
  { arch: "resnet18", blocks: [2, 2, 2, 2], bottleneck: false },
  { arch: "resnet50", blocks: [3, 4, 6, 3], bottleneck: true },
] as const;

/** Whether each image shows crack. */
const CRACK = [true, false, true];

/** Mean cross-entropy in float64. */
function oracleLoss(batch: Batch, options: ResnetOracleOptions): number {
  const logits = headOracle(resnetOracle(batch, options).features, options.values);
  const losses = logits.map(([crack, none], i) =>
    Math.log1p(Math.exp(CRACK[i] ? none - crack : crack - none))
  );
  return losses.reduce((sum, loss) => sum + loss) / losses.length;
}

async function gradientsOf(classifier: NetworkClassifier, batch: Batch): Promise<Map<string, Float32Array>> {
  const trainable = [...classifier.trainable];
  const { grads, value } = tf.tidy(() => {
    const x = batchTensor(batch);
    const classes = tf.tensor2d(CRACK.map((crack) => crack ? [1, 0] : [0, 1]));
    return tf.variableGrads(
      () => tf.losses.softmaxCrossEntropy(classes, classifier.trainingLogits(x)).asScalar(),
      trainable.map(([, variable]) => variable),
    );
  });
  const gradients = new Map<string, Float32Array>();
  for (const [name, variable] of trainable) {
    gradients.set(name, (await grads[variable.name].data<"float32">()).slice());
  }
  tf.dispose([grads, value]);
  return gradients;
}

for (const backend of BACKENDS) {
  for (const { arch, blocks, bottleneck } of LAYOUTS) {
    // Compiling WebGPU's shaders costs seconds on a software adapter: the deeper layout has all kinds of layers.
    if (backend === "webgpu" && !bottleneck) continue;

    Deno.test(`trainingLogits() has the gradients of finite differences: ${arch}, ${backend}`, async () => {
      await use(backend);
      const before = tf.memory().numTensors;
      {
        using classifier = scrambledClassifier({ arch, width: 0.01, head: "reference" });
        const values = await oracleValues(classifier);
        const batch = randomBatch(CRACK.length, 70, 65);
        const gradients = await gradientsOf(classifier, batch);
        assert.equal(gradients.size, classifier.trainable.size);
        const options = {
          blocks: [...blocks],
          bottleneck,
          strideAt: "first",
          statistics: "batch",
          values,
        } as const;
        const random = seeded(11);
        for (
          const name of [
            "conv1_conv/kernel",
            "conv1_bn/gamma",
            "conv2_block1_1_conv/kernel",
            "conv3_block1_0_conv/kernel",
            "conv4_block2_2_conv/kernel",
            "conv4_block2_1_bn/beta",
            "conv5_block2_2_bn/gamma",
            "hidden/kernel",
            "predictions/bias",
          ]
        ) {
          const found = gradients.get(name)!;
          const data = values.get(name)!.data;
          const largest = found.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
          assert.ok(largest > 0, `${name} has a gradient`);
          for (let sample = 0; sample < 2; sample++) {
            const i = Math.floor(random() * data.length);
            const value = data[i], step = 1e-7;
            data[i] = value + step;
            const above = oracleLoss(batch, options);
            data[i] = value - step;
            const below = oracleLoss(batch, options);
            data[i] = value;
            // A value that float32 puts on the other side of a ReLU's kink than float64 moves a gradient by about a percent.
            assertClose([found[i]], [(above - below) / (2 * step)], 2e-2 * largest, `${name}[${i}]`);
          }
        }
      }
      assert.equal(tf.memory().numTensors, before, "everything is freed");
    });
  }
}
