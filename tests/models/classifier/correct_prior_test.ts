import assert from "node:assert/strict";
import { createClassifier } from "../../../models/classifier/classifier.ts";
import { correctPrior } from "../../../models/classifier/correct_prior.ts";
import { tf } from "../../../models/tfjs.ts";
import { assertClose } from "../../core/testing.ts";
import { batchTensor, randomBatch, use } from "./networks.ts";

Deno.test("correctPrior() multiplies the odds of crack by those of the share, and its opposite undoes it", async () => {
  await use("cpu");
  using classifier = createClassifier({ arch: "resnet18", width: 0.01 });
  const x = batchTensor(randomBatch(4, 32, 32));
  const odds = async () => {
    const scores = await tf.tidy(() => classifier.logits(x).softmax()).data();
    return Array.from({ length: 4 }, (_, i) => scores[2 * i] / scores[2 * i + 1]);
  };
  const before = await odds();
  correctPrior(classifier, 0.5);
  assert.deepEqual(await odds(), before);
  correctPrior(classifier, 0.2);
  const after = await odds();
  for (const [i, value] of after.entries()) {
    assertClose([value], [before[i] / 4], 1e-5 * before[i], `patch ${i}`);
  }
  correctPrior(classifier, 0.8);
  for (const [i, value] of (await odds()).entries()) {
    assertClose([value], [before[i]], 1e-5 * before[i], `patch ${i}`);
  }
  x.dispose();
});
