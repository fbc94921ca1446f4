import type { Compute } from "../../core/gpu/compute.ts";
import type { Backend } from "../../models/backend.ts";
import type { NetworkClassifier } from "../../models/classifier/classifier.ts";
import { countParameters } from "../../models/layers/parameters.ts";
import { writeWhole } from "../files/write_whole.ts";
import { cardHead } from "../training/card_head.ts";
import type { TrainingLogState } from "../training/training_log.ts";
import { drawLearningCurve } from "./learning_curve.ts";
import type { TrainingCard, TrainingData, TrainingSettings, ValidationFigures } from "./training_card.ts";
import type { TrainingOptions } from "./training_options.ts";

/** A training that came to its end. */
export interface FinishedTraining {
  readonly classifier: NetworkClassifier;
  readonly compute: Compute;
  readonly backend: Backend;
  /** Whether other threads took part. */
  readonly workers: boolean;
  readonly settings: TrainingSettings;
  readonly data: TrainingData;
  readonly steps: number;
  readonly patches: number;
  readonly log: TrainingLogState<"loss" | "accuracy">;
  readonly validation: readonly ValidationFigures[];
}

/** Puts a training on a card. */
export function cardOf({ args, precision }: TrainingOptions, finished: FinishedTraining): TrainingCard {
  const { classifier, settings, data, steps, patches, log, validation } = finished;
  return {
    ...cardHead("classifier:train", { args, ...finished }),
    classifier: { name: classifier.name, parameters: countParameters(classifier.specs), precision },
    settings,
    data,
    steps,
    patches,
    validation,
    curve: log.points,
  };
}

/** Writes the card and the learning curve beside the classifier. */
export async function writeCard(out: string, card: TrainingCard): Promise<void> {
  await writeWhole(`${out}.json`, `${JSON.stringify(card, null, 2)}\n`);
  const { settings: { patchSizes, learningRate, schedule }, classifier: { name }, patches } = card;
  await writeWhole(
    `${out}.svg`,
    drawLearningCurve({
      title: `${name}: ${patches} patches of ${patchSizes.join(", ")} pixels, ${schedule} ${learningRate}`,
      training: card.curve,
      validation: card.validation.map(({ step, sizes }) => ({
        step,
        balancedAccuracy: sizes.reduce((sum, figures) => sum + figures.balancedAccuracy, 0) / sizes.length,
      })),
    }),
  );
}
