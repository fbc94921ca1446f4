import type { Outcome } from "./outcome.ts";
import { figure6 } from "./figure_6.ts";
import { figure7 } from "./figure_7.ts";
import { givenSet, type Run } from "./run.ts";
import { SET_TITLES, type SetName } from "./published.ts";
import { figure2, figure4 } from "./stage_figures.ts";
import { figure3 } from "./figure_3.ts";
import { segmentationTable } from "./segmentation_table.ts";
import { table1 } from "./table_1.ts";
import { table2 } from "./table_2.ts";
import { table7 } from "./table_7.ts";
import { table8 } from "./table_8.ts";
import { combinedSets, table9 } from "./table_9.ts";
import { trainedOnSuffix, trainingSet, trainingSetTitle } from "./training_set.ts";

/** A table or a figure of the paper. */
export interface Experiment {
  readonly title: string;
  /** The set that the paper shows. */
  readonly set: SetName;
  /** Whether it is of networks that are trained on the run's training set, and so another experiment with each. */
  readonly trains?: boolean;
  /** Throws a `UsageError` where a set is missing that it cannot do without. */
  readonly check?: (run: Run) => void;
  run(run: Run): Promise<Outcome>;
}

/** Of networks that are trained on the run's training set. */
const trains = { set: "crack500", trains: true, check: (run: Run) => void trainingSet(run) } as const;

function tableOf(set: SetName, numeral: string): Experiment {
  return {
    title: `Table ${numeral}: segmentation of ${SET_TITLES[set]}`,
    set,
    trains: true,
    check: (run) => {
      givenSet(set, run);
      trainingSet(run);
    },
    run: segmentationTable(set),
  };
}

/** The experiments by name. */
export const experiments = {
  "table-1": { title: "Table I: classification of patches", set: "crack500", run: table1 },
  "table-2": { title: "Table II: quality of labels, and speed", set: "crack500", run: table2 },
  "table-3": tableOf("crack500", "III"),
  "table-4": tableOf("cfd", "IV"),
  "table-5": tableOf("ael", "V"),
  "table-6": tableOf("dcd", "VI"),
  "table-7": { title: "Table VII: what the stages are worth", set: "crack500", run: table7 },
  "table-8": { title: "Table VIII: labels of test photos in training", ...trains, run: table8 },
  "table-9": {
    title: "Table IX: one training on several sets",
    set: "dcd",
    check: (run) => void combinedSets(run),
    run: table9,
  },
  "figure-2": { title: "Figure 2: localisation", set: "crack500", run: figure2 },
  "figure-3": { title: "Figure 3: thresholds", set: "crack500", run: figure3 },
  "figure-4": { title: "Figure 4: how a label comes about", set: "crack500", run: figure4 },
  "figure-6": { title: "Figure 6: predictions", ...trains, run: figure6 },
  "figure-7": { title: "Figure 7: precision over recall", ...trains, run: figure7 },
} satisfies Readonly<Record<string, Experiment>>;

/** The name of an experiment. */
export type ExperimentName = keyof typeof experiments;

/** All names. */
export const EXPERIMENTS = Object.keys(experiments) as ExperimentName[];

/** An experiment by its name. */
export function experimentOf(name: ExperimentName): Experiment {
  return experiments[name];
}

/** Names the files of an outcome: as the experiment, and `table-6-on-dcd` where networks are not trained on the paper's set. */
export function outcomeName(name: ExperimentName, run: Pick<Run, "trainOn">): string {
  return experimentOf(name).trains ? `${name}${trainedOnSuffix(run)}` : name;
}

/** The title of an outcome: the experiment's, and what networks are trained on where that is not the paper's set. */
export function outcomeTitle(name: ExperimentName, run: Pick<Run, "trainOn">): string {
  const { title, trains } = experimentOf(name);
  return trains && trainedOnSuffix(run) !== "" ? `${title}, trained on ${trainingSetTitle(run)}` : title;
}
