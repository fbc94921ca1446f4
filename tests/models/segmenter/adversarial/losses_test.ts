import assert from "node:assert/strict";
import {
  classProbabilities,
  convincing,
  judgementLoss,
  selfTaughtLoss,
} from "../../../../models/segmenter/adversarial/losses.ts";
import { tf } from "../../../../models/tfjs.ts";
import { assertClose, seeded } from "../../../core/testing.ts";
import { BACKENDS, use } from "../../testing.ts";

const random = seeded(4);
const SHAPE: [number, number, number, number] = [2, 3, 2, 1];
const LOGITS = [0, 30, -30, ...Array.from({ length: 9 }, () => 6 * random() - 3)];
const CHOSEN = [1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 1];
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

for (const backend of BACKENDS) {
  Deno.test(`the losses of adversarial training are their definitions: ${backend}`, async () => {
    await use(backend);
    const before = tf.memory().numTensors;
    const [z, chosen] = [LOGITS, CHOSEN].map((values) => tf.tensor4d(values, SHAPE));
    const both = classProbabilities(z);
    assertClose(await both.data(), LOGITS.flatMap((z) => [sigmoid(-z), sigmoid(z)]), 1e-6, "probabilities");

    const picked = LOGITS.filter((_, i) => CHOSEN[i] === 1);
    const taught = tf.valueAndGrad((z) => selfTaughtLoss(z as tf.Tensor4D, chosen))(z);
    const expected = picked.map((z) => -Math.log(sigmoid(Math.abs(z)))).reduce((a, b) => a + b) /
      picked.length;
    assertClose(await taught.value.data(), [expected], 1e-5, "self-taught");
    assertClose(
      await taught.grad.data(),
      LOGITS.map((z, i) => CHOSEN[i] * (sigmoid(z) - (z > 0 ? 1 : 0)) / picked.length),
      1e-6,
      "its gradient",
    );
    const none = tf.zerosLike(chosen);
    const silent = tf.valueAndGrad((z) => selfTaughtLoss(z as tf.Tensor4D, none))(z);
    assert.deepEqual([...await silent.value.data(), ...new Set(await silent.grad.data())], [0, 0]);

    // σ(z) ≥ ¼ where z ≥ −log 3.
    const bold = convincing(z, 0.25);
    assert.deepEqual([...await bold.data()], LOGITS.map((z) => z >= -Math.log(3) ? 1 : 0));

    const half = chosen.mul<tf.Tensor4D>(0.5);
    for (const truth of [true, false]) {
      const loss = judgementLoss(z, truth, half);
      const terms = LOGITS.map((z, i) => 0.5 * CHOSEN[i] * Math.log1p(Math.exp(truth ? -z : z)));
      assertClose(await loss.data(), [terms.reduce((a, b) => a + b) / terms.length], 1e-5, `judged ${truth}`);
      loss.dispose();
    }
    tf.dispose([z, chosen, both, taught.value, taught.grad, none, silent.value, silent.grad, bold, half]);
    assert.equal(tf.memory().numTensors, before, "everything is freed");
  });
}
