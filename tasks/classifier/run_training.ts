import { augment } from "../../core/kernels/augment.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { openBackend } from "../../models/backend.ts";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "../../models/classifier/checkpoint.ts";
import { correctPrior } from "../../models/classifier/head.ts";
import { classifierGradientModel } from "../../models/classifier/gradients.ts";
import { GradientThreads } from "../../models/training/gradient_threads.ts";
import { MomentumSgd } from "../../models/training/momentum.ts";
import { patchBatches, type PatchFeed } from "../../models/classifier/patch_feed.ts";
import { recomputeBatchNorm } from "../../models/training/recompute_batch_norm.ts";
import { trainClassifier } from "../../models/classifier/train_classifier.ts";
import { lockFile } from "../files/locks.ts";
import { requireWritable, writeWhole } from "../files/write_whole.ts";
import { UsageError } from "../cli/errors.ts";
import { requireSame } from "../training/require_same.ts";
import { loadTraining, removeFile, saveTraining, trainingFile } from "../training/checkpoint_file.ts";
import { TrainingLog } from "../training/training_log.ts";
import { startTrainingProgress, type TrainingProgress } from "../training/training_progress.ts";
import { openDataset } from "./dataset.ts";
import { evaluateSizes } from "./evaluate_sizes.ts";
import { holdBack } from "./hold_back.ts";
import { openNetwork } from "./start_weights.ts";
import type { ClassifierPosition, TrainingCard, ValidationFigures } from "./training_card.ts";
import type { TrainingOptions } from "./training_options.ts";
import { dataOf, learningRateOf, samplerOf, settingsOf } from "./training_plan.ts";
import { cardOf, writeCard } from "./training_results.ts";

/**
 * Trains a classifier, going on where an earlier run with the same options was cut off.
 *
 * @throws {UsageError} if the classifier is there already, or the earlier run had other options.
 */
export async function runTraining(
  options: TrainingOptions,
): Promise<{ card: TrainingCard; failures: number }> {
  const { patches, patchSizes, crackShare, restart, quiet } = options;
  if (patches === undefined && patchSizes.length > 1) {
    throw new UsageError(
      `Cannot lay a grid of patches of ${patchSizes.length} sizes: give one size, or --patches for random places.`,
    );
  }
  if (patches === undefined && crackShare !== 0.5) {
    throw new UsageError(
      `Cannot set the classifier for a share of ${crackShare} with crack: a grid has the photos' own; give --patches, or leave out --crack-share.`,
    );
  }
  await requireWritable(options.out);
  using _lock = await lockFile(options.out);
  using compute = await openCompute();
  using progress = startTrainingProgress({ quiet, examples: "patches" });
  return await train(options, { compute, progress, resume: !restart });
}

async function train(
  options: TrainingOptions,
  { compute, progress, resume }: { compute: Compute; progress: TrainingProgress; resume: boolean },
): Promise<{ card: TrainingCard; failures: number }> {
  const { out, seed, patchSizes, stride, saveEvery } = options;
  const network = await openNetwork(options);
  for (const note of network.notes) progress.note(note);
  const backend = await openBackend({ compute, backend: options.backend });
  const saved = resume ? await loadTraining<Checkpoint, ClassifierPosition>(out, loadCheckpoint) : undefined;
  const position = saved?.position;
  const dataset = await openDataset(options, {
    skip: options.skip,
    limit: options.limit,
    onPhoto: (_, failure) => failure === undefined || progress.note(failure),
  });
  const { training, heldBack } = holdBack(dataset, options.validation);
  const settings = settingsOf(options, { network, backend, threads: position?.settings.threads });
  const data = dataOf(options, { training, heldBack, network });
  if (position !== undefined) requireSame(position, { settings, data }, out);

  using classifier = saved?.checkpoint.classifier ??
    network.create({ seed, trainingSize: Math.max(...patchSizes) });
  using optimiser = new MomentumSgd({ momentum: settings.momentum });
  saved?.restoreOptimiser(optimiser);
  using threads = await GradientThreads.open(classifierGradientModel(classifier), settings.threads);
  if (threads.reason !== undefined) {
    progress.note(`One thread works on all ${threads.parts} parts of a batch: ${threads.reason}`);
  }

  const sampler = await samplerOf(settings, training);
  const steps = settings.epochs * sampler.stepsPerEpoch;
  const firstStep = position?.step ?? 0;
  const feed: PatchFeed = {
    compute,
    sampler,
    augment: settings.augment ? (patches, step) => augment(patches, { ...step, seed }) : undefined,
  };
  const log = new TrainingLog(["loss", "accuracy"], { steps, state: position?.log });
  const validation: ValidationFigures[] = [...position?.validation ?? []];
  progress.start({ steps, firstStep, batch: settings.batch });
  let before = performance.now(), savedAt = before;
  await trainClassifier(classifier, {
    ...feed,
    optimiser,
    learningRate: learningRateOf(settings, sampler.stepsPerEpoch),
    steps,
    firstStep,
    gradients: (batch) => threads.gradients(batch),
    onStep: async (step) => {
      const { loss, counts, dataTime } = step;
      const { truePositives, trueNegatives, falsePositives, falseNegatives } = counts;
      const right = truePositives + trueNegatives;
      const figures = {
        loss: [loss, 1],
        accuracy: [right, right + falsePositives + falseNegatives],
      } as const;
      log.add({ step: step.step, figures, time: performance.now() - before, dataTime });
      const { loss: recent, accuracy } = log.recent;
      progress.step(`loss ${recent.toFixed(3)}, accuracy ${(100 * accuracy).toFixed(1)} %`);
      const done = step.step + 1;
      const epochEnds = done % sampler.stepsPerEpoch === 0;
      if (done === steps || (heldBack !== undefined && epochEnds)) {
        // On batches after the last; training itself never reads these statistics.
        await recomputeBatchNorm(classifier, patchBatches(feed), { firstStep: steps });
        correctPrior(classifier, settings.crackShare);
      }
      if (heldBack !== undefined && epochEnds) {
        const sizes = await evaluateSizes(classifier, heldBack, { compute, sizes: patchSizes, stride });
        validation.push({ epoch: done / sampler.stepsPerEpoch, step: done, sizes });
        // Training goes on with as many patches of either class.
        if (done < steps) correctPrior(classifier, 1 - settings.crackShare);
      }
      if (done < steps && performance.now() - savedAt > 1000 * saveEvery) {
        const epoch = Math.floor(done / sampler.stepsPerEpoch);
        await saveTraining(out, {
          optimiser,
          position: { epoch, step: done, settings, data, log: log.state, validation },
          encode: (state) => saveCheckpoint(classifier, state),
        });
        savedAt = performance.now();
      }
      before = performance.now();
    },
  });

  const card = cardOf(options, {
    classifier,
    compute,
    backend,
    workers: threads.working,
    settings,
    data,
    steps,
    patches: settings.epochs * sampler.patchesPerEpoch,
    log: log.state,
    validation,
  });
  await writeWhole(out, await saveCheckpoint(classifier, { precision: options.precision }));
  await writeCard(out, card);
  await removeFile(trainingFile(out));
  return { card, failures: dataset.failures };
}
