import { type ClassificationCounts, countClassified } from "./classification_metrics.ts";
import { type ClassifierGradients, classifierGradients } from "./classifier_gradients.ts";
import { type HostBatch, hostGradients } from "./gradient_parts.ts";
import type { LearningRate } from "./learning_rate.ts";
import type { MomentumSgd } from "./momentum.ts";
import type { NetworkClassifier } from "./network_classifier.ts";
import { batchTensor, type PatchFeed, prepareBatch, type PreparedBatch } from "./patch_feed.ts";
import { tf } from "./tfjs.ts";

/** What one step of a training did. */
export interface TrainingStep {
  /** From 0 over all epochs. */
  readonly step: number;
  /** Side of its patches, in pixels. */
  readonly size: number;
  readonly learningRate: number;
  /** Mean cross-entropy of its batch, in nats, before the step. */
  readonly loss: number;
  /** How the patches of its batch were classified, before the step. */
  readonly counts: ClassificationCounts;
  /** Milliseconds spent on cutting, altering and fetching patches. */
  readonly dataTime: number;
}

/** Options of {@linkcode trainClassifier}. */
export interface TrainClassifierOptions extends PatchFeed {
  readonly optimiser: MomentumSgd;
  readonly learningRate: LearningRate;
  /** Steps of the whole training. */
  readonly steps: number;
  /** Where to go on. Default 0. */
  readonly firstStep?: number;
  /** Computes gradients of a batch on the host, where the backend is not `webgpu`. Default: this thread, the batch as a whole. */
  readonly gradients?: (batch: HostBatch) => Promise<ClassifierGradients>;
  /** Called after each step, and waited for: the place to report and to save the classifier and the optimiser. */
  readonly onStep?: (step: TrainingStep) => void | Promise<void>;
}

/**
 * Trains a classifier by stochastic gradient descent on the cross-entropy of its two classes.
 *
 * A step depends on the classifier, the optimiser's velocities and the number of the step: with the two restored, `firstStep` goes
 * on as if nothing had happened.
 *
 * @throws {Error} if the loss is no longer finite: then the learning rate is too high.
 */
export async function trainClassifier(
  classifier: NetworkClassifier,
  options: TrainClassifierOptions,
): Promise<void> {
  const { optimiser, learningRate, steps, firstStep = 0, onStep } = options;
  const { gradients = (batch) => hostGradients(classifier, batch) } = options;
  let next = firstStep < steps ? await prepareBatch(firstStep, options) : undefined;
  for (let step = firstStep; step < steps; step++) {
    const batch = next as PreparedBatch;
    const start = performance.now();
    // On a software adapter the kernels run in threads of their own, meanwhile.
    next = step + 1 < steps ? await prepareBatch(step + 1, options) : undefined;
    const host = tf.getBackend() === "webgpu" ? undefined : await batch.patches.read();
    const dataTime = performance.now() - start;
    const found = host === undefined
      ? await deviceGradients(classifier, batch)
      : await gradients({ ...batch, pixels: host });
    batch.patches.dispose();
    const { loss, scores } = found;
    if (!Number.isFinite(loss)) {
      throw new Error(
        `Cannot go on training: the loss of step ${step + 1} is ${loss}; choose a learning rate below ${
          learningRate(step)
        }.`,
      );
    }
    const rate = learningRate(step);
    optimiser.step(found.gradients, classifier.trainable, rate);
    tf.dispose(found.gradients);
    const counts = countClassified(scores, batch.crack);
    await onStep?.({ step, size: batch.size, learningRate: rate, loss, counts, dataTime });
  }
}

/** The gradients of a batch on the shared device, read there without a copy. */
async function deviceGradients(
  classifier: NetworkClassifier,
  batch: PreparedBatch,
): Promise<ClassifierGradients> {
  const x = await batchTensor(batch);
  try {
    return await classifierGradients(classifier, { x, crack: batch.crack });
  } finally {
    x.dispose();
  }
}
