import { drawCurves } from "../training/draw_curves.ts";
import type { CurvePoint as Point } from "../training/training_log.ts";

/** Some steps in a row: mean cross-entropy in nats, and the share of patches classified rightly, 0..1. */
export type CurvePoint = Point<"loss" | "accuracy">;

/** A training to draw. */
export interface LearningCurve {
  readonly title: string;
  /** Figures of the running batches. */
  readonly training: readonly CurvePoint[];
  /** Balanced accuracy on photos held back, 0..1, at some steps. */
  readonly validation: readonly { readonly step: number; readonly balancedAccuracy: number }[];
}

/** Loss and accuracy over the steps of a training, one above the other, as an SVG picture. */
export function drawLearningCurve({ title, training, validation }: LearningCurve): string {
  const accuracies = [
    ...training.map(({ accuracy }) => accuracy),
    ...validation.map(({ balancedAccuracy }) => balancedAccuracy),
  ];
  return drawCurves(title, [
    {
      name: "cross-entropy (nats)",
      domain: [0, Math.max(0.1, ...training.map(({ loss }) => loss))],
      values: training.map(({ step, loss }) => [step, loss]),
      dots: [],
    },
    {
      name: validation.length > 0 ? "accuracy; dots: balanced, on held-back photos" : "accuracy",
      domain: [Math.min(0.5, ...accuracies), 1],
      values: training.map(({ step, accuracy }) => [step, accuracy]),
      dots: validation.map(({ step, balancedAccuracy }) => [step, balancedAccuracy]),
    },
  ]);
}
