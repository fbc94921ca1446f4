import type { Compute } from "../../core/gpu/compute.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { type Backend, openBackend } from "../../models/backend.ts";
import { GradientThreads } from "../../models/training/gradient_threads.ts";
import { type LearningRate, oneCycleSchedule, stepSchedule } from "../../models/training/learning_rate.ts";
import { requireFinite } from "../../models/training/sgd.ts";
import { lockFile } from "../files/locks.ts";
import { requireWritable, writeWhole } from "../files/write_whole.ts";
import { cardNames, type DecodedPhotos } from "./decoded_photos.ts";
import {
  loadTraining,
  removeFile,
  requireSame,
  saveTraining,
  trainingFile,
  type TrainingPosition,
} from "./saved_training.ts";
import { cardHead, drawCurves } from "./training_card.ts";
import { TrainingLog, type TrainingLogState } from "./training_log.ts";
import type { TrainingRunOptions } from "./training_options.ts";
import { startTrainingProgress, type TrainingProgress } from "./training_progress.ts";
import type {
  CommonSettings,
  DataOf,
  FiguresOf,
  FinishedStep,
  SettingsOf,
  StepOptions,
  Trainer,
  TrainingKind,
  TrainingTask,
} from "./training_task.ts";

/**
 * Trains a network into a file, going on where an earlier run with the same options was interrupted. Beside it lie a card with all about the
 * training (`.json`), its learning curve (`.svg`) and, where the best network is kept, the last one (`.last`).
 *
 * @throws {UsageError} if the network is there already, another run is at work on it, or the earlier run had other options.
 */
export async function runTraining<Kind extends TrainingKind>(
  task: TrainingTask<Kind>,
  options: TrainingRunOptions,
): Promise<{ readonly card: Kind["card"]; readonly failures: number }> {
  const { out, quiet } = options;
  await requireWritable(out);
  using _lock = await lockFile(out);
  using compute = await openCompute();
  using progress = startTrainingProgress({ quiet, examples: task.examples });
  return await train(task, { ...options, compute, progress });
}

/** What a run works with. */
interface Session extends TrainingRunOptions {
  readonly compute: Compute;
  readonly progress: TrainingProgress;
}

async function train<Kind extends TrainingKind>(
  task: TrainingTask<Kind>,
  session: Session,
): Promise<{ readonly card: Kind["card"]; readonly failures: number }> {
  const { out, compute, progress, restart } = session;
  const chosen = await task.chooseNetwork();
  for (const note of chosen.notes) progress.note(note);
  const backend = await openBackend({ compute, backend: session.backend });
  const saved = restart ? undefined : await loadTraining<Kind>(out, (bytes) => task.load(bytes));
  if (saved === undefined && task.best !== undefined) await removeFile(bestFile(out));
  const photos = await task.openPhotos(
    (line) => progress.note(line),
    (line) => session.quiet || progress.note(line),
  );
  const settings: SettingsOf<Kind> = {
    ...chosen.choice,
    ...task.settings,
    threads: partsOf(task, { backend, threads: session.threads ?? saved?.position.settings.threads }),
    backend: backend.name,
  };
  const data: DataOf<Kind> = {
    ...photos.data,
    photos: cardNames(photos.training),
    validationPhotos: cardNames(photos.heldBack),
    ...photos.unlabelled && { unlabelledPhotos: cardNames(photos.unlabelled) },
    imported: chosen.imported,
  };
  if (saved !== undefined) requireSame(saved.position, { settings, data }, out);

  using network = saved?.network ?? chosen.create();
  using optimiser = task.createOptimiser(settings);
  saved?.restoreOptimiser(optimiser);
  using threads = await GradientThreads.open(task.gradientModel(network), settings.threads);
  if (threads.reason !== undefined) {
    progress.note(`One thread works on all ${threads.parts} parts of a batch: ${threads.reason}`);
  }
  const trainer = await task.trainer({
    compute,
    network,
    photos: photos.training,
    unlabelled: photos.unlabelled,
  });
  const steps = settings.epochs * trainer.stepsPerEpoch;
  const run = new TrainingRun<Kind>({
    ...session,
    task,
    network,
    optimiser,
    trainer,
    heldBack: photos.heldBack,
    settings,
    data,
    steps,
    position: saved?.position,
  });
  await run.train((batch) => threads.gradients(batch));

  const { log, validation } = run;
  const card = task.card({
    head: cardHead(task.name, { args: session.args, compute, backend, workers: threads.working, log }),
    network,
    settings,
    data,
    steps,
    examples: settings.epochs * trainer.examplesPerEpoch,
    validation,
    curve: log.points,
  });
  await run.writeNetwork();
  await writeWhole(`${out}.json`, `${JSON.stringify(card, null, 2)}\n`);
  await writeWhole(`${out}.svg`, drawCurves(task.learningCurve(card)));
  await removeFile(trainingFile(out));
  if (task.best !== undefined) await removeFile(bestFile(out));
  return { card, failures: photos.failures };
}

/** Where the best network so far lies while its training goes on. */
function bestFile(out: string): string {
  return `${out}.best`;
}

/** Parts of a batch that are normalised each by itself, in as many threads: those wanted, or one a core. */
function partsOf<Kind extends TrainingKind>(
  { settings, minPart }: TrainingTask<Kind>,
  { backend, threads }: { readonly backend: Backend; readonly threads?: number },
): number {
  if (backend.name !== "wasm") return 1;
  const maxParts = Math.floor(settings.batch / minPart);
  return threads ?? Math.max(1, Math.min(navigator.hardwareConcurrency, maxParts));
}

/** The learning rate of each step. */
function learningRateOf(
  { schedule, learningRate: rate }: CommonSettings,
  { steps, stepsPerRate }: { readonly steps: number; readonly stepsPerRate: number },
): LearningRate {
  return schedule === "step"
    ? stepSchedule({ rate, every: stepsPerRate })
    : oneCycleSchedule({ rate, steps });
}

/** What a run of steps is made of. */
interface TrainingRunParts<Kind extends TrainingKind> extends Session {
  readonly task: TrainingTask<Kind>;
  readonly network: Kind["network"];
  readonly optimiser: Kind["optimiser"];
  readonly trainer: Trainer<Kind>;
  readonly heldBack?: DecodedPhotos<Kind["truth"]>;
  readonly settings: SettingsOf<Kind>;
  readonly data: DataOf<Kind>;
  /** Of the whole training. */
  readonly steps: number;
  /** Where an earlier session ended. */
  readonly position?: TrainingPosition<Kind>;
}

/** The steps of a training, its log, and what is written meanwhile. */
class TrainingRun<Kind extends TrainingKind> {
  readonly #parts: TrainingRunParts<Kind>;
  readonly #log: TrainingLog<Kind["curve"]>;
  readonly #validation: FiguresOf<Kind>[];
  /** Whether the best network is kept, not the last. */
  readonly #keepsBest: boolean;
  #steppedAt = performance.now();
  #savedAt = performance.now();

  constructor(parts: TrainingRunParts<Kind>) {
    const { task, steps, position, heldBack } = parts;
    this.#parts = parts;
    this.#log = new TrainingLog(task.curve, { steps, state: position?.log });
    this.#validation = [...position?.validation ?? []];
    this.#keepsBest = heldBack !== undefined && task.best !== undefined;
  }

  get log(): TrainingLogState<Kind["curve"]> {
    return this.#log.state;
  }

  get validation(): readonly FiguresOf<Kind>[] {
    return this.#validation;
  }

  async train(gradients: StepOptions<Kind>["gradients"]): Promise<void> {
    const { task, trainer, settings, steps, optimiser, progress, position } = this.#parts;
    const firstStep = position?.step ?? 0;
    progress.start({ steps, firstStep, batch: settings.batch });
    this.#steppedAt = this.#savedAt = performance.now();
    const stepsPerRate = task.epochsPerRate * trainer.stepsPerEpoch;
    await trainer.train({
      optimiser,
      learningRate: learningRateOf(settings, { steps, stepsPerRate }),
      steps,
      firstStep,
      gradients,
      onStep: (step) => this.#afterStep(step),
    });
  }

  /** Writes the network, and the last one beside the best. */
  async writeNetwork(): Promise<void> {
    const { task, network, out, precision } = this.#parts;
    const last = await task.encode(network, { precision });
    if (this.#keepsBest) await writeWhole(`${out}.last`, last);
    await writeWhole(out, this.#keepsBest ? await Deno.readFile(bestFile(out)) : last);
  }

  async #afterStep({ step, figures, dataTime }: FinishedStep<Kind>): Promise<void> {
    const { task, trainer, network, heldBack, steps, saveEvery, progress } = this.#parts;
    this.#log.add({ step, figures, time: performance.now() - this.#steppedAt, dataTime });
    progress.step(task.describeSteps(this.#log.recent));
    const done = step + 1;
    const validates = heldBack !== undefined && done % trainer.stepsPerEpoch === 0;
    if (validates || done === steps) {
      await requireFinite(network.parameters, done);
      // On batches after the last; training itself never reads these statistics.
      await trainer.prepareForInference(steps);
    }
    if (validates) {
      await this.#validate(heldBack, done);
      if (done < steps) trainer.prepareForTraining?.();
    }
    const due = done < steps && performance.now() - this.#savedAt > 1000 * saveEvery;
    // The best network and the state that knows of it are written together.
    if (due || (validates && this.#keepsBest)) await this.#save(done);
    this.#steppedAt = performance.now();
  }

  async #validate(heldBack: DecodedPhotos<Kind["truth"]>, done: number): Promise<void> {
    const { task, trainer, network, out, precision, quiet, progress } = this.#parts;
    const found = await trainer.validate(heldBack);
    const figures: FiguresOf<Kind> = { epoch: done / trainer.stepsPerEpoch, step: done, ...found };
    this.#validation.push(figures);
    if (!quiet && task.describeFigures !== undefined) progress.note(task.describeFigures(figures));
    if (task.best?.(this.#validation) === figures) {
      await writeWhole(bestFile(out), await task.encode(network, { precision }));
    }
  }

  async #save(done: number): Promise<void> {
    const { task, trainer, network, out, optimiser, settings, data } = this.#parts;
    await requireFinite(network.parameters, done);
    await saveTraining<Kind>(out, {
      optimiser,
      position: {
        epoch: Math.floor(done / trainer.stepsPerEpoch),
        step: done,
        settings,
        data,
        log: this.log,
        validation: this.#validation,
      },
      encode: (state) => task.encode(network, state),
    });
    this.#savedAt = performance.now();
  }
}
