import { openBackend } from "../../backend.ts";
import { tf } from "../../tfjs.ts";
import { polynomialSchedule } from "../../training/learning_rate.ts";
import { recomputeBatchNorm } from "../../training/recompute_batch_norm.ts";
import { sgd, type SgdSchedule, type SgdStep } from "../../training/sgd.ts";
import {
  cropBatches,
  type CropFeed,
  cropTensors,
  fetchCrops,
  firstCrops,
  type HostCrops,
  prepareCrops,
  type PreparedCrops,
} from "../crop_feed.ts";
import type { SegmentationLoss } from "../losses.ts";
import { type AdversarialCrops, type AdversarialGradients, adversarialGradients } from "./gradients.ts";
import type { PairOptimiser } from "./optimiser.ts";
import type { AdversarialPair } from "./pair.ts";
import type { AdversarialSettings } from "./settings.ts";

/** The power that the discriminator's learning rate falls by: that of Hung et al. 2018 (arXiv:1802.07934). */
const POWER = 0.9;

/** What a step of an adversarial training did. */
export interface AdversarialStep
  extends SgdStep, Pick<AdversarialGradients, "discriminatorLoss" | "chosen"> {}

/** Options of {@linkcode trainAdversarially}. */
export interface TrainAdversariallyOptions extends Omit<SgdSchedule, "optimiser"> {
  /** Crops with masks. */
  readonly labelled: CropFeed;
  /** Crops of the same size and number, whose masks are not looked at. */
  readonly unlabelled: CropFeed;
  readonly settings: AdversarialSettings;
  /** The loss of the masks. */
  readonly loss: SegmentationLoss;
  readonly optimiser: PairOptimiser;
  /** Computes gradients of a batch on the host, where the backend is not `webgpu`. Default: this thread, the batch as a whole. */
  readonly gradients?: (batch: AdversarialCrops) => Promise<AdversarialGradients>;
  /** Called after each step, and waited for. */
  readonly onStep?: (step: AdversarialStep) => void | Promise<void>;
}

/** Crops with masks and without, where they were altered. */
interface PreparedPair extends Disposable {
  readonly labelled: PreparedCrops;
  readonly unlabelled: PreparedCrops;
  readonly step: number;
}

/** The same where gradients are computed. */
interface FetchedPair {
  readonly labelled: HostCrops | PreparedCrops;
  readonly unlabelled: HostCrops | PreparedCrops;
  readonly selfTaught: boolean;
}

/**
 * Trains a segmentation network on photos with masks and on others without, against a discriminator that learns to tell its maps from true
 * ones: the semi-supervised training of Hung et al. 2018 (arXiv:1802.07934), as Li et al. 2020 (doi:10.1109/ACCESS.2020.2980086) and Shim
 * et al. 2020 use it on cracks. {@linkcode adversarialGradients} has the equations; both networks take their step after both gradients are found.
 *
 * A step depends on the values of both networks, the state of the optimiser and the number of the step: with them restored, `firstStep` goes
 * on as if nothing had happened.
 *
 * @throws {Error} if the loss is no longer finite: then a learning rate is too high.
 * @throws {RangeError} if the memory does not hold a batch, naming one that it holds.
 */
export async function trainAdversarially(
  pair: AdversarialPair,
  options: TrainAdversariallyOptions,
): Promise<void> {
  const { labelled, unlabelled, settings, loss, optimiser, gradients, onStep, ...schedule } = options;
  const discriminatorRate = polynomialSchedule({
    rate: settings.discriminatorRate,
    steps: schedule.steps,
    power: POWER,
  });
  await openBackend({ compute: labelled.compute });
  let step = schedule.firstStep ?? 0;
  await sgd<PreparedPair, FetchedPair, AdversarialGradients>({
    trainable: pair.trainable,
    prepare: (step) => preparePair(step, { labelled, unlabelled }),
    fetch: async (batch) => ({
      labelled: await fetchCrops(batch.labelled),
      unlabelled: await fetchCrops(batch.unlabelled),
      selfTaught: batch.step >= settings.semiStart,
    }),
    gradients: async (batch) => {
      const { labelled, unlabelled, selfTaught } = batch;
      if (gradients !== undefined && "pixels" in labelled && "pixels" in unlabelled) {
        return await gradients({ ...labelled, unlabelled: unlabelled.pixels, selfTaught });
      }
      using tensors = cropTensors(labelled);
      using others = cropTensors(unlabelled);
      return await adversarialGradients(pair, { ...tensors, unlabelled: others.x }, {
        settings: { ...settings, loss },
        selfTaught,
      });
    },
    check: () => labelled.compute.check(),
    count: ({ labelled }) => labelled.count,
    first: ({ labelled, unlabelled, selfTaught }, count) => ({
      labelled: firstCrops(labelled, count),
      unlabelled: firstCrops(unlabelled, count),
      selfTaught,
    }),
    onStep: (done, { discriminatorLoss, chosen }) => onStep?.({ ...done, discriminatorLoss, chosen }),
  }, {
    ...schedule,
    optimiser: {
      step(gradients, _, learningRate) {
        optimiser.step(gradients, pair, { step, learningRate, discriminatorRate: discriminatorRate(step) });
        step++;
      },
    },
  });
}

async function preparePair(
  step: number,
  { labelled, unlabelled }: Pick<TrainAdversariallyOptions, "labelled" | "unlabelled">,
): Promise<PreparedPair> {
  const known = await prepareCrops(step, labelled);
  try {
    const others = await prepareCrops(step, unlabelled);
    return {
      labelled: known,
      unlabelled: others,
      step,
      [Symbol.dispose]: () => {
        known[Symbol.dispose]();
        others[Symbol.dispose]();
      },
    };
  } catch (error) {
    known[Symbol.dispose]();
    throw error;
  }
}

/**
 * Readies the segmentation network of a pair for whole photos: its batch norms are given the mean statistics of 50 batches, or of an epoch if it
 * has fewer, at each of the scales that it was trained at. The training may go on afterwards.
 *
 * @param feed the crops with masks that it was trained on.
 * @param options `firstStep`: the first of the steps whose batches are looked at.
 */
export async function preparePairForInference(
  { segmenter }: AdversarialPair,
  feed: CropFeed,
  { firstStep, levels }: { readonly firstStep: number; readonly levels: number },
): Promise<void> {
  await openBackend({ compute: feed.compute });
  const batches = cropBatches(feed);
  await recomputeBatchNorm(segmenter, {
    count: batches.count * levels,
    // The levels of each batch in turn.
    async input(number) {
      const batch = await batches.input(firstStep + Math.floor(number / levels));
      const scale = 2 ** (number % levels);
      if (scale === 1) return batch;
      const x = tf.avgPool(batch.x, scale, scale, "valid");
      batch[Symbol.dispose]();
      return { x, [Symbol.dispose]: () => x.dispose() };
    },
  }, { firstStep: 0 });
}
