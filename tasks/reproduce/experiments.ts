import type { Outcome } from "./outcome.ts";
import type { SetName } from "./published.ts";
import type { Run } from "./run.ts";
import { figure2, figure4 } from "./stage_figures.ts";
import { figure3 } from "./figure_3.ts";
import { figure6 } from "./figure_6.ts";
import { figure7 } from "./figure_7.ts";
import { segmentationTable } from "./segmentation_table.ts";
import { table1 } from "./table_1.ts";
import { table2 } from "./table_2.ts";
import { table7 } from "./table_7.ts";
import { table8 } from "./table_8.ts";
import { table9 } from "./table_9.ts";

/** A table or a figure of the paper. */
export interface Experiment {
  readonly title: string;
  /** The set that the paper shows. */
  readonly set: SetName;
  run(run: Run): Promise<Outcome>;
}

/** The experiments by name. */
export const experiments = {
  "table-1": { title: "Table I: classification of patches", set: "crack500", run: table1 },
  "table-2": { title: "Table II: quality of labels, and speed", set: "crack500", run: table2 },
  "table-3": {
    title: "Table III: segmentation of CRACK500",
    set: "crack500",
    run: segmentationTable("crack500"),
  },
  "table-4": { title: "Table IV: segmentation of CFD", set: "cfd", run: segmentationTable("cfd") },
  "table-5": { title: "Table V: segmentation of AEL", set: "ael", run: segmentationTable("ael") },
  "table-6": { title: "Table VI: segmentation of DCD", set: "dcd", run: segmentationTable("dcd") },
  "table-7": { title: "Table VII: what the stages are worth", set: "crack500", run: table7 },
  "table-8": { title: "Table VIII: labels of test photos in training", set: "crack500", run: table8 },
  "table-9": { title: "Table IX: one training on several sets", set: "dcd", run: table9 },
  "figure-2": { title: "Figure 2: localisation", set: "crack500", run: figure2 },
  "figure-3": { title: "Figure 3: thresholds", set: "crack500", run: figure3 },
  "figure-4": { title: "Figure 4: how a label comes about", set: "crack500", run: figure4 },
  "figure-6": { title: "Figure 6: predictions", set: "crack500", run: figure6 },
  "figure-7": { title: "Figure 7: precision over recall", set: "crack500", run: figure7 },
} as const satisfies Readonly<Record<string, Experiment>>;

/** The name of an experiment. */
export type ExperimentName = keyof typeof experiments;

/** All names. */
export const EXPERIMENTS = Object.keys(experiments) as ExperimentName[];
