import { tf } from "../tfjs.ts";
import { sgd, type SgdSchedule, type SgdStep } from "../training/sgd.ts";
import type { BareClassifier } from "./bare_classifier.ts";
import { type ClassificationCounts, countClassified } from "./evaluate_classifier.ts";
import { type ClassifierGradients, classifierGradients, type HostBatch, hostGradients } from "./gradients.ts";
import { batchTensor, type PatchFeed, prepareBatch, type PreparedBatch } from "./patch_feed.ts";

/** What one step of a training did. Its loss is the mean cross-entropy of its batch, in nats. */
export interface TrainingStep extends SgdStep {
  /** Side of its patches, in pixels. */
  readonly size: number;
  /** How the patches of its batch were classified, before the step. */
  readonly counts: ClassificationCounts;
}

/** Options of {@linkcode trainClassifier}. */
export interface TrainClassifierOptions extends PatchFeed, SgdSchedule {
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
 * @throws {RangeError} if the memory does not hold a batch, naming one that it holds.
 */
export async function trainClassifier(
  classifier: BareClassifier,
  options: TrainClassifierOptions,
): Promise<void> {
  const { onStep, gradients = (batch) => hostGradients(classifier, batch) } = options;
  await sgd({
    trainable: classifier.trainable,
    prepare: (step) => prepareBatch(step, options),
    fetch: async (batch) =>
      tf.getBackend() === "webgpu" ? batch : { ...batch, pixels: await batch.patches.read() },
    gradients: (input) => "pixels" in input ? gradients(input) : deviceGradients(classifier, input),
    check: () => options.compute.check(),
    count: ({ crack }) => crack.length,
    first: firstPatches,
    onStep: (step, { scores }, { size, crack }) =>
      onStep?.({ ...step, size, counts: countClassified(scores, crack) }),
  }, options);
}

/** The gradients of a batch on the shared device, read there without a copy. */
async function deviceGradients(
  classifier: BareClassifier,
  batch: PreparedBatch,
): Promise<ClassifierGradients> {
  const x = await batchTensor(batch);
  try {
    return await classifierGradients(classifier, { x, crack: batch.crack });
  } finally {
    x.dispose();
  }
}

/** The first patches of a batch; they share its memory. */
function firstPatches<Batch extends HostBatch | PreparedBatch>(batch: Batch, count: number): Batch {
  const pixels = "pixels" in batch ? { pixels: batch.pixels.subarray(0, count * batch.size ** 2 * 3) } : {};
  return { ...batch, ...pixels, crack: batch.crack.subarray(0, count) };
}
