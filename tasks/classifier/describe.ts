import { formatDuration } from "../cli/progress.ts";
import type { SizeFigures, TrainingCard } from "./training_card.ts";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A training in a few lines. */
export function describeCard(card: TrainingCard, out: string): string {
  const last = card.curve.at(-1);
  const lines = [
    `${out}: ${card.classifier.name}, ${card.classifier.parameters} parameters, trained on ${card.patches} patches of ` +
    `${card.data.photos.length} photos in ${formatDuration(card.seconds)}.`,
  ];
  if (last !== undefined) {
    lines.push(`Last batches: loss ${last.loss.toFixed(3)}, accuracy ${percent(last.accuracy)}.`);
  }
  const validation = card.validation.at(-1);
  if (validation !== undefined) {
    lines.push(`${card.data.validationPhotos.length} photos held back:`, describeSizes(validation.sizes));
  }
  return `${lines.join("\n")}\n`;
}

/** A table of figures by patch size. */
export function describeSizes(sizes: readonly SizeFigures[]): string {
  const rows = [
    ["patch", "stride", "patches", "with crack", "precision", "recall", "F1", "accuracy", "balanced"],
    ...sizes.map(({ size, stride, counts, ...metrics }) => {
      const { truePositives: tp, falsePositives: fp, falseNegatives: fn, trueNegatives: tn } = counts;
      const { precision, recall, f1, accuracy, balancedAccuracy } = metrics;
      const shares = [precision, recall, f1, accuracy, balancedAccuracy].map(percent);
      return [...[size, stride, tp + fp + fn + tn, tp + fn].map(String), ...shares];
    }),
  ];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => row.map((cell, i) => cell.padStart(widths[i])).join("  ")).join("\n");
}
