import {
  argumentsSchema,
  callback,
  checkArguments,
  instanceOf,
  NUMBER,
  optional,
  optionsSchema,
} from "../../core/arguments.ts";
import { openBackend } from "../backend.ts";
import { tf } from "../tfjs.ts";
import { recomputeBatchNorm } from "../training/recompute_batch_norm.ts";
import { SCHEDULE_OPTIONS, sgd, type SgdSchedule, type SgdStep } from "../training/sgd.ts";
import { NetworkClassifier } from "./classifier.ts";
import { type ClassificationCounts, countClassified } from "./evaluate_classifier.ts";
import { type ClassifierGradients, classifierGradients, type HostBatch, hostGradients } from "./gradients.ts";
import { correctPrior } from "./head.ts";
import {
  batchTensor,
  FEED_OPTIONS,
  patchBatches,
  type PatchFeed,
  prepareBatch,
  type PreparedBatch,
} from "./patch_feed.ts";

/** What one step of a training did. Its loss is the mean cross-entropy of its batch, in nats. */
export interface TrainingStep extends SgdStep {
  /** Side of its patches, in pixels. */
  readonly size: number;
  /** How the patches of its batch were classified, before the step. */
  readonly counts: ClassificationCounts;
}

/** Options of {@linkcode trainClassifier}. */
export interface TrainClassifierOptions extends PatchFeed, SgdSchedule {
  /**
   * Computes gradients of a batch on the host, where the backend is not `webgpu`. Default: this thread, the batch as a whole.
   *
   * @internal
   */
  readonly gradients?: (batch: HostBatch) => Promise<ClassifierGradients>;
  /** Called after each step, and waited for: the place to report and to save the classifier and the optimiser. */
  readonly onStep?: (step: TrainingStep) => void | Promise<void>;
}

/** Options of {@linkcode prepareClassifierForInference}. */
export interface PrepareClassifierOptions {
  /** The first of the steps whose batches are looked at: one that was not trained on, such as the number of steps. */
  readonly firstStep: number;
  /**
   * The share of a photo's patches that show crack, above 0 and below 1, where half of those that it was trained on did. Default 0.5: it
   * is left as it is.
   */
  readonly crackShare?: number;
}

const TRAIN = argumentsSchema({
  classifier: instanceOf(NetworkClassifier),
  options: optionsSchema<TrainClassifierOptions>({
    ...FEED_OPTIONS,
    ...SCHEDULE_OPTIONS,
    gradients: optional(callback<NonNullable<TrainClassifierOptions["gradients"]>>()),
    onStep: optional(callback<NonNullable<TrainClassifierOptions["onStep"]>>()),
  }),
});

const PREPARE = argumentsSchema({
  classifier: instanceOf(NetworkClassifier),
  feed: optionsSchema<PatchFeed>(FEED_OPTIONS),
  options: optionsSchema<PrepareClassifierOptions>({ firstStep: NUMBER, crackShare: optional(NUMBER) }),
});

/**
 * Trains a classifier by stochastic gradient descent on the cross-entropy of its two classes.
 *
 * A step depends on the classifier, the optimiser's velocities and the number of the step: with the two restored, `firstStep` goes
 * on as if nothing had happened. Afterwards {@linkcode prepareClassifierForInference} readies the classifier for photos.
 *
 * @example A dark line, drawn, in four steps: far too few, but the way of any training
 * ```ts
 * import {
 *   createClassifier,
 *   MomentumSgd,
 *   openCompute,
 *   prepareClassifierForInference,
 *   randomSampler,
 *   saveCheckpoint,
 *   stepSchedule,
 *   trainClassifier,
 * } from "../../mod.ts";
 *
 * const [width, height, seed, steps] = [64, 48, 1, 4];
 * const truth = Uint32Array.from({ length: height }, (_, y) => y * width + 20); // the crack pixels
 * const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.floor(i / 3) % width === 20 ? 30 : 160);
 * const source = { count: 1, photo: () => ({ width, height, pixels, truth }) };
 *
 * using compute = await openCompute();
 * using classifier = createClassifier({ arch: "resnet18", width: 1 / 16, trainingSize: 16, seed });
 * using optimiser = new MomentumSgd({ momentum: 0.9 });
 * const sampler = await randomSampler(source, { sizes: [16], batch: 4, patches: 16, seed });
 * const feed = { compute, sampler };
 * await trainClassifier(classifier, {
 *   ...feed,
 *   ...{ optimiser, steps, learningRate: stepSchedule({ rate: 0.01, every: 2 }) },
 *   onStep: ({ step, loss }) => console.log(`step ${step + 1}: loss ${loss}`),
 * });
 * await prepareClassifierForInference(classifier, feed, { firstStep: steps, crackShare: 0.2 });
 * const checkpoint = await saveCheckpoint(classifier);
 * console.log(`${classifier.name}: ${checkpoint.length} bytes`);
 * ```
 *
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {Error} if the loss is no longer finite: then the learning rate is too high.
 * @throws {RangeError} if the memory does not hold a batch, naming one that it holds.
 */
export async function trainClassifier(
  classifier: NetworkClassifier,
  options: TrainClassifierOptions,
): Promise<void> {
  checkArguments("train a classifier", TRAIN, { classifier, options });
  const { onStep, gradients = (batch) => hostGradients(classifier, batch) } = options;
  await openBackend({ compute: options.compute });
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

/**
 * Readies a classifier that was just trained for photos: its batch norms are given the mean statistics of 200 batches, or of an epoch if it
 * has fewer, in place of those that followed the last steps, and its scores are set for the share of patches that show crack.
 *
 * @param feed what it was trained on.
 * @throws {TypeError} if an argument is missing, of the wrong type or unknown.
 * @throws {RangeError} for a share outside (0, 1).
 */
export async function prepareClassifierForInference(
  classifier: NetworkClassifier,
  feed: PatchFeed,
  options: PrepareClassifierOptions,
): Promise<void> {
  checkArguments("ready a classifier for photos", PREPARE, { classifier, feed, options });
  const { firstStep, crackShare = 0.5 } = options;
  if (!(crackShare > 0 && crackShare < 1)) {
    throw new RangeError(
      `Cannot ready a classifier for a crack share of ${crackShare}: a number between 0 and 1 is wanted.`,
    );
  }
  await openBackend({ compute: feed.compute });
  await recomputeBatchNorm(classifier, patchBatches(feed), { firstStep });
  correctPrior(classifier, crackShare);
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

/** The first patches of a batch; they share its memory. */
function firstPatches<Batch extends HostBatch | PreparedBatch>(batch: Batch, count: number): Batch {
  const pixels = "pixels" in batch ? { pixels: batch.pixels.subarray(0, count * batch.size ** 2 * 3) } : {};
  return { ...batch, ...pixels, crack: batch.crack.subarray(0, count) };
}
