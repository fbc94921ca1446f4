import { anyObject } from "../../../core/arguments.ts";
import { readRecord } from "../../files/read_record.ts";
import { join } from "node:path";
import type { GridOptions } from "../../../core/sampling/training_grid.ts";
import type { Sample } from "../../../core/datasets/sample.ts";
import { UsageError } from "../../cli/errors.ts";
import { writeErr } from "../../cli/terminal.ts";
import { isFile } from "../../files/presence.ts";
import { SHIPPED } from "../../segmenter/read_segmenter.ts";
import { teach, teachByMasks, type TeachSummary } from "../../teach/teach_rounds.ts";
import type { TeachOptions } from "../../teach/teach_options.ts";
import { listSamples } from "../../training/list_samples.ts";
import type { NamedSample } from "../../training/named_sample.ts";
import type { OutcomeData, OutcomeSegmenter } from "../outcome.ts";
import { dataOf, type PhotoSet, photosOf } from "../paper_set.ts";
import type { TeachingScale } from "../teaching_plans.ts";
import { PAPERS_TRAINING_SET, type Run, trainingRunOptions } from "../run.ts";
import { type OpenSegmenter, requirePlanned } from "./segmenters.ts";
import { namedSamples } from "./training_truth.ts";

/** What is known of the photos that a network is taught by: a row of the table of teaching. */
export interface Lesson {
  /** Names files. */
  readonly id: string;
  readonly title: string;
  readonly teach: (options: TeachOptions) => Promise<TeachSummary>;
  readonly grid: GridOptions;
  readonly samples: readonly NamedSample[];
}

/** A network that was taught. */
export interface TaughtNetwork {
  readonly lesson: Lesson;
  /** Unique in the run. */
  readonly id: string;
  readonly path: string;
  readonly summary: TeachSummary;
}

/** Photos that networks of a run are taught by. */
export interface TaughtPhotos {
  readonly sets: readonly PhotoSet[];
  /** With masks, or labelled as a whole. */
  readonly samples: readonly NamedSample[];
  readonly data: readonly OutcomeData[];
}

/** Between the seeds of trainings that only differ in it: rounds take those that follow. */
const SEED_STEP = 1000;

/**
 * The sets whose training parts the networks of a run are taught by.
 *
 * @throws {UsageError} where one of them was not given.
 */
export function teachingSets(
  { sets, others = [], teachOn = [], trainOn = PAPERS_TRAINING_SET }: Pick<
    Run,
    "sets" | "others" | "teachOn" | "trainOn"
  >,
): readonly PhotoSet[] {
  const names = teachOn.length === 0 ? [trainOn] : [...new Set(teachOn.map((name) => name.toLowerCase()))];
  const given = [...sets, ...others];
  return names.map((name) => {
    const set = given.find((set) => set.name === name);
    if (set !== undefined) return set;
    const there = given.map(({ name }) => name).join(", ") || "none";
    throw new UsageError(
      `Cannot teach networks on ${name} without its photos: give their folder, or --teach-on and a set that is given (${there}).`,
    );
  });
}

/** The photos of the training parts, spread uniformly over each, and those labelled as a whole that were named besides. */
export async function taughtPhotos(run: Run, { trainingPhotos }: TeachingScale): Promise<TaughtPhotos> {
  const { wholePhotos = [] } = run;
  const sets = teachingSets(run);
  const samples: NamedSample[] = [], data: OutcomeData[] = [];
  for (const set of sets) {
    const photos = await photosOf(set, { split: "train", limit: trainingPhotos });
    samples.push(...await namedSamples(set, photos.samples));
    data.push(dataOf(set, "train", photos));
  }
  if (wholePhotos.length > 0) {
    const none = { images: [], masks: [], datasets: [] };
    samples.push(...(await listSamples({ folders: wholePhotos, ...none }, { wanted: "photos" })).samples);
  }
  return { sets, samples, data };
}

/**
 * The rows of a table of teaching: patches of each grid; whole photos, where some show a crack and some do not; and masks, the same
 * training with every pixel known.
 *
 * @param only their ids; all where left out or empty.
 * @throws {UsageError} where there is none of such an id.
 */
export async function lessonsOf(
  samples: readonly NamedSample[],
  grids: readonly GridOptions[],
  only: readonly string[] = [],
): Promise<Lesson[]> {
  const [usual] = grids;
  const lessons: Lesson[] = grids.map((grid) => ({
    id: `${grid.size}-${grid.stride}`,
    title: `patches of ${grid.size}/${grid.stride}`,
    ...{ teach, grid, samples },
  }));
  const whole: NamedSample[] = [];
  // One after the other: the masks of large sets do not fit into the memory at once.
  for (const sample of samples) whole.push(await labelledAsWhole(sample));
  if (new Set(whole.map(({ truth }) => truth)).size === 2) {
    lessons.push({ id: "whole", title: "whole photos", teach, grid: usual, samples: whole });
  }
  lessons.push({ id: "fsv", title: "masks (FSV)", teach: teachByMasks, grid: usual, samples });
  const ids = lessons.map(({ id }) => id);
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    throw new UsageError(`Cannot teach by "${unknown}": of these photos there is ${ids.join(", ")}.`);
  }
  return only.length === 0 ? lessons : lessons.filter(({ id }) => only.includes(id));
}

/** A photo of which nothing is known but whether it shows a crack. */
async function labelledAsWhole(named: NamedSample): Promise<NamedSample> {
  const truth = await named.sample.truth();
  const crack = typeof truth === "boolean" ? truth : truth.data.includes(1);
  return { ...named, truth: crack ? "crack" : "no_crack", sample: wholeSample(named.sample, crack) };
}

function wholeSample(sample: Sample, crack: boolean): Sample {
  const { name, split, imagePath } = sample;
  const image = () => sample.image();
  return {
    ...{ name, split, imagePath, image },
    truth: () => Promise.resolve(crack),
    read: async () => ({ image: await image(), truth: crack }),
  };
}

/**
 * Teaches a network by each lesson, as often as the run says, each time with another seed. What an earlier run taught the same way is taken
 * as it is, and a teaching that was interrupted goes on.
 *
 * @throws {UsageError} where a network of its name is there that was taught in another way.
 */
export async function teachLessons(
  lessons: readonly Lesson[],
  { sets, run, teaching }: {
    readonly sets: readonly PhotoSet[];
    readonly run: Run;
    readonly teaching: TeachingScale;
  },
): Promise<readonly TaughtNetwork[]> {
  const { seed = 1, seeds = 1 } = run;
  const { prefix, settings } = teaching;
  const name = sets.map(({ name }) => name).join("-");
  const taught: TaughtNetwork[] = [];
  for (const lesson of lessons) {
    for (let i = 0; i < seeds; i++) {
      const one = seed + SEED_STEP * i;
      const id = `${prefix}-${name}-${lesson.id}-${one}`;
      taught.push(await taughtNetwork(lesson, { id, seed: one, settings, run }));
    }
  }
  return taught;
}

async function taughtNetwork(
  lesson: Lesson,
  { id, seed, settings, run }: Pick<TeachingScale, "settings"> & {
    readonly id: string;
    readonly seed: number;
    readonly run: Run;
  },
): Promise<TaughtNetwork> {
  const { grid, samples } = lesson;
  const out = join(run.folder, "taught", id), path = join(out, "segmenter.safetensors");
  await requirePlanned(path, {
    settings: { ...settings, seed, grid },
    photos: samples.map(({ name, truth }) => [name, truth]),
  });
  const card = join(out, "card.json");
  if (!await isFile(card)) {
    if (!run.quiet) writeErr(`Teaching by ${lesson.title}: ${out}\n`);
    const none = {
      folders: [],
      images: [],
      masks: [],
      datasets: [],
      patches: [],
      patchPhotos: [],
      teachers: [],
    };
    await lesson.teach({
      ...none,
      ...settings,
      ...{ samples, grid, seed, classifier: SHIPPED, average: 1 },
      ...trainingRunOptions(run, out),
    });
  }
  return {
    lesson,
    id,
    path,
    summary: await readRecord(card, anyObject<TeachSummary>(), `remove ${out} to teach anew`),
  };
}

/** A network on record: with what all its rounds saw, and how long they took. */
export function taughtSegmenterOf(
  { lesson, path, summary }: TaughtNetwork,
  { segmenter, sha256 }: Pick<OpenSegmenter, "segmenter" | "sha256">,
): OutcomeSegmenter {
  const cards = summary.rounds.map(({ card }) => card);
  const total = (of: "crops" | "seconds") => cards.reduce((sum, card) => sum + card[of], 0);
  return {
    ...{ path, name: segmenter.name, sha256 },
    trainedOn: {
      truth: lesson.title,
      photos: summary.cost.photos,
      crops: total("crops"),
      seconds: total("seconds"),
    },
  };
}
