import { UsageError } from "../cli/errors.ts";
import { writeErr } from "../cli/terminal.ts";
import { formatShard, type Shard } from "../files/shard.ts";
import { countFigure3, figure3 } from "./figures/figure_3.ts";
import { figure6 } from "./figures/figure_6.ts";
import { figure7 } from "./figures/figure_7.ts";
import { figure2, figure4 } from "./figures/figures_2_and_4.ts";
import type { CountedPart, Outcome } from "./outcome.ts";
import { SET_TITLES, type SetName } from "./published.ts";
import { type ExperimentRecord, keepOutcome } from "./record.ts";
import {
  givenSet,
  PAPERS_TRAINING_SET,
  type Run,
  trainedOnSuffix,
  trainingSet,
  trainingSetTitle,
} from "./run.ts";
import { crackPen } from "./tables/crack_pen.ts";
import { allMethods } from "./tables/all_methods.ts";
import { table1 } from "./tables/table_1.ts";
import { table2 } from "./tables/table_2.ts";
import { table7 } from "./tables/table_7.ts";
import { table8 } from "./tables/table_8.ts";
import { combinedSets, table9 } from "./tables/table_9.ts";
import { countLabels, tableLabels } from "./tables/table_labels.ts";
import { tableTeach, tableTeachFurther } from "./tables/table_teach.ts";
import { segmentationTable } from "./tables/tables_3_to_6.ts";
import { chosenClassifiers } from "./training/classifiers.ts";
import { chosenSegmenters } from "./training/segmenters.ts";
import { teachingSets } from "./training/taught_networks.ts";

/** A table or a figure of the paper, or one of ours. */
interface Experiment {
  readonly title: string;
  /** The set that the paper shows. */
  readonly set: SetName;
  /** Whether it is of sets that the paper does not have, too. */
  readonly anySet?: boolean;
  /** Whether it is of networks that are trained on the run's training set, and so another experiment with each. */
  readonly trains?: boolean;
  /** Ends the names of its files, where it is of more than the run's training set decides. */
  readonly suffix?: (run: Run) => string;
  /** Throws a `UsageError` where a set is missing that it cannot do without. */
  readonly check?: (run: Run) => void;
  run(run: Run): Promise<Outcome>;
  /** Counts one part of the photos, where all that it is of are sums over photos, by networks that are there already. */
  readonly count?: (run: Run, shard: Shard) => Promise<CountedPart>;
}

/** Of networks that are trained on the run's training set. */
const trains = { set: "crack500", trains: true, check: (run: Run) => void trainingSet(run) } as const;

/** Of networks that are taught on the sets that the run says. */
const teaches = {
  set: "crack500",
  anySet: true,
  suffix: (run: Run) => {
    const names = teachingSets(run).map(({ name }) => name).join("-");
    return names === PAPERS_TRAINING_SET ? "" : `-on-${names}`;
  },
  check: (run: Run) => void teachingSets(run),
} as const;

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
  "table-labels": {
    title: "Labels: the methods, and what each part of hairline is worth",
    set: "crack500",
    anySet: true,
    run: tableLabels,
    count: countLabels,
  },
  "all-methods": {
    title: "All methods: how good, how fast, by what labels",
    set: "crack500",
    anySet: true,
    run: allMethods,
  },
  "table-teach": {
    title: "Teaching: networks by what was labelled of their photos",
    ...teaches,
    run: tableTeach,
  },
  "table-teach-further": {
    title: "Teaching further: the network that ships, by what was labelled of other photos",
    ...teaches,
    run: tableTeachFurther,
  },
  "crack-pen": {
    title: "Crack pen: what the studio's pen draws between clicks at the ends of cracks",
    set: "cfd",
    anySet: true,
    run: crackPen,
  },
  "figure-2": { title: "Figure 2: localisation", set: "crack500", run: figure2 },
  "figure-3": { title: "Figure 3: thresholds", set: "crack500", run: figure3, count: countFigure3 },
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
function outcomeStem(name: ExperimentName, run: Run): string {
  const { trains, suffix = trains ? trainedOnSuffix : () => "" } = experimentOf(name);
  return `${name}${suffix(run)}`;
}

/** The title of an outcome: the experiment's, and what networks are trained on where that is not the paper's set. */
function outcomeTitle(name: ExperimentName, run: Pick<Run, "trainOn">): string {
  const { title, trains } = experimentOf(name);
  return trains && trainedOnSuffix(run) !== "" ? `${title}, trained on ${trainingSetTitle(run)}` : title;
}

/** Runs an experiment. What it found is in the run's folder then. */
export async function runExperiment(name: ExperimentName, run: Run): Promise<ExperimentRecord> {
  const outcome = await experimentOf(name).run(run);
  const recorded = { experiment: name, title: outcomeTitle(name, run), stem: outcomeStem(name, run) };
  return await keepOutcome(outcome, recorded, run);
}

/**
 * Runs experiments in turn. What one found is in the run's folder when its record comes; so it stays there, whatever becomes of the others.
 *
 * @throws {UsageError} before anything is run, where one of them lacks a set, or a classifier or network of that name is unknown.
 */
export async function* runExperiments(
  names: readonly ExperimentName[],
  run: Run,
): AsyncGenerator<ExperimentRecord> {
  const wanted = [...new Set(names)];
  chosenClassifiers(run);
  chosenSegmenters(run);
  for (const name of wanted) experimentOf(name).check?.(run);
  for (const name of wanted) {
    if (!run.quiet && wanted.length > 1) writeErr(`${outcomeTitle(name, run)}\n`);
    yield await runExperiment(name, run);
  }
}

/** What a part counted of an experiment. */
export interface CountedExperiment extends CountedPart {
  readonly experiment: ExperimentName;
  /** Such as `2/8`. */
  readonly shard: string;
}

/**
 * Counts one part of the photos of experiments in turn. When all parts are done, {@linkcode runExperiments} makes of their counts what one run would find.
 *
 * @throws {UsageError} before anything is counted, where one of them cannot be counted in parts.
 */
export async function* countExperiments(
  names: readonly ExperimentName[],
  { run, shard }: { readonly run: Run; readonly shard: Shard },
): AsyncGenerator<CountedExperiment> {
  const wanted = [...new Set(names)].map((experiment) => {
    const { count } = experimentOf(experiment);
    if (count !== undefined) return { experiment, count };
    const countable = EXPERIMENTS.filter((name) => experimentOf(name).count !== undefined);
    throw new UsageError(
      `Cannot run ${experiment} in parts: it trains networks or fits parameters, which all parts would have to share, or measures time; ` +
        `${countable.join(" and ")} can be, the others are run without --shard.`,
    );
  });
  for (const { experiment, count } of wanted) {
    yield { experiment, shard: formatShard(shard), ...await count(run, shard) };
  }
}
