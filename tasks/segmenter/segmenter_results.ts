import type { Compute } from "../../core/gpu/compute.ts";
import type { Backend } from "../../models/backend.ts";
import { countParameters } from "../../models/layers/parameters.ts";
import type { Segmenter } from "../../models/segmenter/segmenter.ts";
import { formatDuration } from "../cli/progress.ts";
import { writeWhole } from "../files/write_whole.ts";
import { cardHead } from "../training/card_head.ts";
import { drawCurves } from "../training/draw_curves.ts";
import type { TrainingLogState } from "../training/training_log.ts";
import type { SegmenterCard, SegmenterData, SegmenterFigures, SegmenterSettings } from "./segmenter_card.ts";
import type { SegmenterTrainingOptions } from "./segmenter_training_options.ts";

/** A training that came to its end. */
export interface FinishedSegmenter {
  readonly segmenter: Segmenter;
  readonly compute: Compute;
  readonly backend: Backend;
  /** Whether other threads took part. */
  readonly workers: boolean;
  readonly settings: SegmenterSettings;
  readonly data: SegmenterData;
  readonly steps: number;
  readonly log: TrainingLogState<"loss">;
  readonly validation: readonly SegmenterFigures[];
}

/** The figures of the epoch with the greatest ODS, the first of equals. */
export function bestOf(validation: readonly SegmenterFigures[]): SegmenterFigures | undefined {
  return validation.reduce<SegmenterFigures | undefined>(
    (best, figures) => best === undefined || figures.ods > best.ods ? figures : best,
    undefined,
  );
}

/** Puts a training on a card. */
export function cardOf(
  { args, precision }: SegmenterTrainingOptions,
  finished: FinishedSegmenter,
): SegmenterCard {
  const { segmenter, settings, data, steps, log, validation } = finished;
  return {
    ...cardHead("segmenter:train", { args, ...finished }),
    segmenter: { name: segmenter.name, parameters: countParameters(segmenter.specs), precision },
    settings,
    data,
    steps,
    crops: steps * settings.batch,
    bestEpoch: bestOf(validation)?.epoch ?? null,
    validation,
    curve: log.points,
  };
}

/** Writes the card and the learning curve beside the network. */
export async function writeCard(out: string, card: SegmenterCard): Promise<void> {
  await writeWhole(`${out}.json`, `${JSON.stringify(card, null, 2)}\n`);
  const { settings: { crop, learningRate, schedule }, segmenter: { name }, crops, curve, validation } = card;
  const what = crop === "whole" ? `${crops} whole photos` : `${crops} crops of ${crop} pixels`;
  const loss = {
    name: "loss",
    domain: [0, Math.max(0.1, ...curve.map(({ loss }) => loss))] as const,
    values: curve.map(({ step, loss }) => [step, loss] as const),
    dots: [],
  };
  const points = validation.map(({ step, ods }) => [step, ods] as const);
  const ods = { name: "ODS on held-back photos", domain: [0, 1] as const, values: points, dots: points };
  await writeWhole(
    `${out}.svg`,
    drawCurves(`${name}: ${what}, ${schedule} ${learningRate}`, points.length > 0 ? [loss, ods] : [loss]),
  );
}

/** A training in a few lines. */
export function describeCard(card: SegmenterCard, out: string): string {
  const { segmenter: { name, parameters }, crops, data, seconds, validation, curve } = card;
  const lines = [
    `${out}: ${name}, ${parameters} parameters, trained on ${crops} crops of ${data.photos.length} photos in ` +
    `${formatDuration(seconds)}.`,
  ];
  const last = curve.at(-1);
  if (last !== undefined) lines.push(`Last batches: loss ${last.loss.toFixed(4)}.`);
  const best = bestOf(validation);
  if (best !== undefined) {
    lines.push(
      `${data.validationPhotos.length} photos held back: ODS ${best.ods.toFixed(3)} at ${
        best.threshold.toFixed(2)
      }, ` +
        `OIS ${best.ois.toFixed(3)}, AP ${best.ap.toFixed(3)} after epoch ${best.epoch}, which was kept; ` +
        `the last is ${out}.last.`,
    );
  }
  return `${lines.join("\n")}\n`;
}
