import { figuresOf } from "../../evaluate/figures.ts";
import type { OutcomeRow } from "../outcome.ts";
import type { PublishedRow } from "../published.ts";
import type { Measurement } from "./measure.ts";

/** What stands beside a row of label figures. */
export interface LabelRowOptions {
  /** Of the paper. */
  readonly published?: PublishedRow;
  /** F1 of mean precision and recall that the authors report for their code. */
  readonly meanPr?: number;
  /** Whether the time that it took means anything. */
  readonly timed?: boolean;
}

/** The figures of labels as a row. */
export function labelRow(
  title: string,
  { sweep, secondsPerPhoto }: Measurement,
  { published, meanPr, timed = false }: LabelRowOptions = {},
): OutcomeRow {
  const { ods, ois, ap } = figuresOf(sweep);
  return {
    title,
    figures: [
      { metric: "ODS", ours: ods.macro, published: published?.ODS },
      { metric: "mean-pr", ours: ods.meanPr, published: meanPr },
      { metric: "OIS", ours: ois, published: published?.OIS },
      { metric: "AP", ours: ap, published: published?.AP },
      ...(timed
        ? [{ metric: "images/s", ours: 1 / secondsPerPhoto, published: published?.["images/s"] }]
        : []),
    ],
  };
}
