import { augment } from "../../core/kernels/augment.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { cropSampler } from "../../core/sampling/random_crops.ts";
import { openBackend } from "../../models/backend.ts";
import { GradientThreads } from "../../models/training/gradient_threads.ts";
import { MomentumSgd } from "../../models/training/momentum.ts";
import { recomputeBatchNorm } from "../../models/training/recompute_batch_norm.ts";
import { requireFinite } from "../../models/training/sgd.ts";
import { cropBatches, type CropFeed } from "../../models/segmenter/crop_feed.ts";
import {
  loadSegmenterCheckpoint,
  saveSegmenter,
  type SegmenterCheckpoint,
} from "../../models/segmenter/checkpoint.ts";
import { segmenterGradientModel } from "../../models/segmenter/gradients.ts";
import { trainSegmenter } from "../../models/segmenter/train_segmenter.ts";
import { lockFile } from "../files/locks.ts";
import { requireWritable, writeWhole } from "../files/write_whole.ts";
import { UsageError } from "../cli/errors.ts";
import { requireSame } from "../training/require_same.ts";
import { loadTraining, removeFile, saveTraining, trainingFile } from "../training/checkpoint_file.ts";
import { TrainingLog } from "../training/training_log.ts";
import { startTrainingProgress, type TrainingProgress } from "../training/training_progress.ts";
import type { SegmenterCard, SegmenterFigures, SegmenterPosition } from "./segmenter_card.ts";
import { dataOf, learningRateOf, settingsOf } from "./segmenter_plan.ts";
import { bestOf, cardOf, writeCard } from "./segmenter_results.ts";
import type { SegmenterTrainingOptions } from "./segmenter_training_options.ts";
import { chooseSegmenter } from "./start_segmenter.ts";
import { openTrainingData } from "./training_data.ts";
import { evaluateSegmenter } from "./evaluate_segmenter.ts";

/**
 * Trains a segmentation network, going on where an earlier run with the same options was cut off.
 *
 * @throws {UsageError} if the network is there already, or the earlier run had other options.
 */
export async function runSegmenterTraining(
  options: SegmenterTrainingOptions,
): Promise<{ card: SegmenterCard; failures: number }> {
  const { out, restart, quiet } = options;
  await requireWritable(out);
  using _lock = await lockFile(out);
  using compute = await openCompute();
  using progress = startTrainingProgress({ quiet, examples: "crops" });
  return await train(options, { compute, progress, resume: !restart });
}

async function train(
  options: SegmenterTrainingOptions,
  { compute, progress, resume }: { compute: Compute; progress: TrainingProgress; resume: boolean },
): Promise<{ card: SegmenterCard; failures: number }> {
  const { out, seed, crop, crops, batch, saveEvery, precision } = options;
  const bestFile = `${out}.best`;
  const network = await chooseSegmenter(options);
  for (const note of network.notes) progress.note(note);
  const backend = await openBackend({ compute, backend: options.backend });
  const saved = resume
    ? await loadTraining<SegmenterCheckpoint, SegmenterPosition>(out, loadSegmenterCheckpoint)
    : undefined;
  const position = saved?.position;
  if (saved === undefined) await removeFile(bestFile);
  const opened = await openTrainingData(options, (line) => progress.note(line));
  const { training, heldBack } = opened;
  const settings = settingsOf(options, { network, backend, threads: position?.settings.threads });
  const data = dataOf(options, { ...opened, network });
  if (position !== undefined) requireSame(position, { settings, data }, out);

  using segmenter = saved?.checkpoint.segmenter ??
    network.create({ seed, trainingSize: crop === "whole" ? null : crop });
  const { multiple, arch } = segmenter.network;
  if (crop !== "whole" && crop % multiple !== 0) {
    throw new UsageError(
      `Cannot train ${arch} on crops of ${crop} pixels: a multiple of ${multiple} is wanted.`,
    );
  }
  if (crop === "whole" && settings.zoom > 1) {
    throw new UsageError(
      `Cannot zoom whole photos by up to ${settings.zoom}: leave out --zoom, or give a --crop of some pixels.`,
    );
  }
  using optimiser = new MomentumSgd({ momentum: settings.momentum });
  saved?.restoreOptimiser(optimiser);
  const model = segmenterGradientModel(segmenter, { loss: settings.loss });
  using threads = await GradientThreads.open(model, settings.threads);
  if (threads.reason !== undefined) {
    progress.note(`One thread works on all ${threads.parts} parts of a batch: ${threads.reason}`);
  }

  const { zoom } = settings;
  const sampler = await cropSampler(training, { size: crop, multiple, batch, crops, zoom, seed });
  const { stepsPerEpoch } = sampler;
  const steps = settings.epochs * stepsPerEpoch;
  const firstStep = position?.step ?? 0;
  const feed: CropFeed = {
    compute,
    sampler,
    augment: settings.augment ? (photos, of) => augment(photos, { ...of, seed }) : undefined,
  };
  const log = new TrainingLog(["loss"], { steps, state: position?.log });
  const validation: SegmenterFigures[] = [...position?.validation ?? []];
  progress.start({ steps, firstStep, batch });
  let before = performance.now(), savedAt = before;
  await trainSegmenter(segmenter, {
    ...feed,
    loss: settings.loss,
    optimiser,
    learningRate: learningRateOf(settings, stepsPerEpoch),
    steps,
    firstStep,
    gradients: (crops) => threads.gradients(crops),
    onStep: async ({ step, loss, dataTime }) => {
      const done = step + 1, epoch = Math.floor(done / stepsPerEpoch);
      log.add({ step, figures: { loss: [loss, 1] }, time: performance.now() - before, dataTime });
      progress.step(`loss ${log.recent.loss.toFixed(4)}`);
      const tries = heldBack !== undefined && done % stepsPerEpoch === 0;
      if (tries || done === steps) {
        await requireFinite(segmenter.parameters, done);
        // On batches after the last; training itself never reads these statistics.
        await recomputeBatchNorm(segmenter, cropBatches(feed), { firstStep: steps });
      }
      if (tries) {
        const swept = await evaluateSegmenter(segmenter, heldBack, { compute });
        const { value: ods, threshold } = swept.ods();
        const figures = { epoch, step: done, ods, threshold, ois: swept.ois(), ap: swept.ap() };
        validation.push(figures);
        if (!options.quiet) progress.note(`Epoch ${epoch}: ODS ${ods.toFixed(4)} on photos held back.`);
        if (bestOf(validation) === figures) {
          await writeWhole(bestFile, await saveSegmenter(segmenter, { precision }));
        }
      }
      if (tries || (done < steps && performance.now() - savedAt > 1000 * saveEvery)) {
        await requireFinite(segmenter.parameters, done);
        await saveTraining(out, {
          optimiser,
          position: { epoch, step: done, settings, data, log: log.state, validation },
          encode: (state) => saveSegmenter(segmenter, state),
        });
        savedAt = performance.now();
      }
      before = performance.now();
    },
  });

  const card = cardOf(options, {
    segmenter,
    compute,
    backend,
    workers: threads.working,
    settings,
    data,
    steps,
    log: log.state,
    validation,
  });
  const last = await saveSegmenter(segmenter, { precision });
  if (heldBack !== undefined) await writeWhole(`${out}.last`, last);
  await writeWhole(out, heldBack === undefined ? last : await Deno.readFile(bestFile));
  await writeCard(out, card);
  await removeFile(trainingFile(out));
  await removeFile(bestFile);
  return { card, failures: opened.failures };
}
