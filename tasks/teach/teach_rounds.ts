import { readCard } from "../training/read_card.ts";
import { join } from "node:path";
import {
  countLabels,
  type LabelCount,
  type PatchLabels,
  requireBothClasses,
} from "../../core/datasets/patch_labels.ts";
import { confinedSettings } from "../../core/label/confined/confined_label.ts";
import { defaultScales } from "../../core/predict/predict_scales.ts";
import type { CropMix } from "../../core/sampling/taught_crops.ts";
import type { GridOptions } from "../../core/sampling/training_grid.ts";
import { networkRecord } from "../batch/network_record.ts";
import { describeDevices, openDevices } from "../batch/open_devices.ts";
import { readClassifier } from "../classifier/read_classifier.ts";
import { describeError, UsageError } from "../cli/errors.ts";
import { printable, writeErr } from "../cli/terminal.ts";
import { lockFolder } from "../files/locks.ts";
import { isFile, isThere } from "../files/presence.ts";
import { sha256 } from "../files/sha256.ts";
import { writeWhole } from "../files/write_whole.ts";
import { readSegmenter, SHIPPED } from "../segmenter/read_segmenter.ts";
import { isSegmenter, readSegmenterStart } from "../segmenter/start_segmenter.ts";
import { describeLabels, listPatchLabels } from "../training/list_patch_labels.ts";
import { listSamples } from "../training/list_samples.ts";
import type { NamedSample } from "../training/named_sample.ts";
import { runTraining } from "../training/run_training.ts";
import { type LabelledRound, labelRound, type RoundSession } from "./round_labels.ts";
import {
  type RoundCard,
  type RoundOptions,
  type RoundSettings,
  roundSettings,
  roundTask,
} from "./round_training.ts";
import { fullyLabelled, type TaughtPhoto } from "./taught_photo.ts";
import type { TeachOptions } from "./teach_options.ts";

/** What networks see where nothing is labelled: the first, and others where the one before has found nothing. */
const DRAWN: CropMix = {
  labelled: 0,
  clear: 0.15,
  cracks: 0.4,
  joints: 0.12,
  crackedJoints: 0.13,
  distractors: 0.2,
};

/** What networks see that are taught by pseudo labels; of cracks that are drawn they learn where a crack ends. */
const LABELLED: CropMix = {
  labelled: 0.27,
  clear: 0.18,
  cracks: 0.24,
  joints: 0.1,
  crackedJoints: 0.11,
  distractors: 0.1,
};

/** How much smaller or larger crops are cut than they are shown. */
const ZOOM = [0.6, 2.5] as const;

/** Scales at which the network of a round is asked: the coarsest fills wide cracks, of which the others see the rims alone. */
const SCALES = { ...defaultScales, start: 1 } as const;

/** What a folder of a teaching holds. */
const ROUNDS = "rounds", NETWORK = "segmenter.safetensors", CARD = "card.json";

/** What came of a round. */
export interface RoundSummary {
  readonly round: number;
  /** The folder of its labels; null for the first, which has none. */
  readonly labels: string | null;
  /** The network's file, with its card beside it. */
  readonly segmenter: string;
  readonly card: RoundCard;
}

/** What came of a teaching. */
export interface TeachSummary {
  /** The file of the network. */
  readonly segmenter: string;
  /** The patches that masks were cut into. */
  readonly grid: GridOptions;
  /** What was labelled, and so paid for. */
  readonly cost: LabelCount;
  readonly rounds: readonly RoundSummary[];
  readonly failures: number;
}

/**
 * Teaches a network: trains a first one on drawn cracks, then, round by round, labels the photos by those that there are and trains the next one on
 * that. What an earlier run has finished is taken as it is.
 *
 * @throws {UsageError} if there are no photos, another run is at work, or the folder holds what was made with other options.
 * @throws {RangeError} if all labels are of one class.
 */
export async function teach(options: TeachOptions): Promise<TeachSummary> {
  const { rounds, grid, quiet } = options;
  return await inRounds(options, async () => {
    const { photos, cost, problems } = await knownPhotos(options);
    if (!quiet) writeErr(`${describeLabels(cost)}\n`);
    if (rounds > 0) requireBothClasses(cost);
    const teachers = await teachersOf(options);
    return {
      grid,
      cost,
      problems,
      // Of a photo that is only known to show a crack, nothing is known to be clear.
      first: photos.filter(({ truth }) => truth !== "crack"),
      next: (labelling) => labelled(photos, { options, teachers, ...labelling }),
    };
  });
}

/**
 * Trains the same rounds on the masks of the photos in the place of pseudo labels: full supervision, for what patch labels cost to be seen
 * beside. A mask decides on each pixel, and so counts as patches of 1/1.
 *
 * @throws {UsageError} as {@linkcode teach} does.
 */
export async function teachByMasks(options: TeachOptions): Promise<TeachSummary> {
  return await inRounds(options, async () => {
    const listed = await listSamples(options, { wanted: "photos with masks", onNote: noteOf(options) });
    const photos = listed.samples.flatMap((sample) => fullyLabelled(sample) ?? []);
    const cost = { photos: 0, patches: 0, crackPatches: 0, crackPhotos: 0 };
    for (const { sample } of photos) {
      const known = await sample.truth();
      const crack = "weight" in known ? known.data.reduce((sum, value) => sum + value, 0) : 0;
      cost.photos++;
      cost.patches += "weight" in known ? known.data.length : known.patches.length;
      cost.crackPatches += crack;
      if (crack > 0) cost.crackPhotos++;
    }
    const { problems } = listed;
    const next = () =>
      Promise.resolve({ photos, hasCrack: cost.crackPatches > 0, failures: 0, folder: null });
    return { grid: { size: 1, stride: 1 }, cost, problems, first: photos, next };
  });
}

/** How photos are labelled for a round. */
interface Labelling {
  readonly round: number;
  readonly folder: string;
  /** The file of the network of the round before. */
  readonly before: string;
}

/** What networks are taught. */
interface Lesson extends Pick<TeachSummary, "grid" | "cost"> {
  /** What cannot be used, in sentences. */
  readonly problems: readonly string[];
  /** What the first network is trained on. */
  readonly first: readonly TaughtPhoto[];
  /** What the network of a later round is trained on, and the folder of its labels. */
  readonly next: (labelling: Labelling) => Promise<LabelledRound & { readonly folder: string | null }>;
}

/** Trains a network in each round, each from that of the one before. */
async function inRounds(options: TeachOptions, open: () => Promise<Lesson>): Promise<TeachSummary> {
  const { out, rounds, arch, width, restart, quiet } = options;
  await Deno.mkdir(out, { recursive: true });
  using _lock = await lockFolder(out);
  if (restart) { for (const name of [ROUNDS, NETWORK, CARD]) await removeTree(join(out, name)); }
  const { grid, cost, problems, first, next } = await open();
  const done: RoundSummary[] = [];
  let failures = problems.length;
  for (let round = 0; round <= rounds; round++) {
    const folder = join(out, ROUNDS, String(round));
    const before = done.at(-1)?.segmenter;
    const labels = before === undefined
      ? undefined
      : await next({ round, folder: join(folder, "labels"), before });
    failures = problems.length + (labels?.failures ?? 0);
    const taught = labels?.photos ?? first;
    const segmenter = join(folder, NETWORK);
    const hasCrack = labels?.hasCrack ?? false;
    if (!quiet) {
      const what = labels === undefined || hasCrack ? "" : ", none with a labelled crack: drawn cracks only";
      writeErr(`Round ${round}: training ${segmenter} on ${taught.length} photos${what}.\n`);
    }
    const start = before ?? options.start;
    const from = start === undefined ? null : await hashStart(start);
    const card = await trainedRound(segmenter, {
      settings: settingsOf(options, { round, grid, cost, from, mix: hasCrack ? LABELLED : DRAWN }),
      network: before === undefined ? { arch, width, start } : { start },
      options,
      photos: taught,
    });
    done.push({ round, labels: labels?.folder ?? null, segmenter, card });
  }
  const segmenter = join(out, NETWORK);
  await writeWhole(segmenter, await Deno.readFile(done[done.length - 1].segmenter));
  const summary: TeachSummary = { segmenter, grid, cost, rounds: done, failures };
  await writeWhole(join(out, CARD), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

/** What prints lines about how masks are read. */
function noteOf({ quiet }: TeachOptions): (line: string) => void {
  return (line) => quiet || writeErr(`${printable(line)}\n`);
}

/** The photos with the labels of their patches; those that cannot be read are reported and left out. */
async function knownPhotos(options: TeachOptions): Promise<{
  readonly photos: readonly NamedSample<PatchLabels>[];
  readonly cost: LabelCount;
  readonly problems: readonly string[];
}> {
  const listed = await listPatchLabels(options, {
    grid: options.grid,
    wanted:
      "a folder with crack/ and no_crack/ in it, or --images and --masks, or --dataset, or --patches and " +
      "--patch-photos",
    onNote: noteOf(options),
  });
  const photos: NamedSample<PatchLabels>[] = [], labels: PatchLabels[] = [];
  const problems = [...listed.problems];
  // One after the other: the photos of large datasets do not fit into the memory at once.
  for (const photo of listed.samples) {
    if (photo.truth === "missing") continue;
    try {
      labels.push(await photo.sample.truth());
      photos.push(photo);
    } catch (error) {
      problems.push(describeError(error));
    }
  }
  for (const line of options.quiet ? problems : [...listed.notes, ...problems]) {
    writeErr(`${printable(line)}\n`);
  }
  return { photos, cost: countLabels(labels), problems };
}

/** The networks that label in every round: those that were named, and what a network knew before it was taught, which is not to be lost. */
async function teachersOf({ teachers, start }: TeachOptions): Promise<readonly string[]> {
  const knew = start !== undefined && isSegmenter(await readSegmenterStart(start));
  return [...teachers, ...knew ? [start] : []];
}

/** The photos with the pseudo labels of a round, which are made or, where an earlier run has made them, read. */
async function labelled(
  photos: readonly NamedSample<PatchLabels>[],
  { options, teachers, round, folder, before }: Labelling & {
    readonly options: TeachOptions;
    readonly teachers: readonly string[];
  },
): Promise<LabelledRound & { readonly folder: string }> {
  const { grid, quiet } = options;
  const networks = [...teachers, before];
  if (!quiet) writeErr(`Round ${round}: labelling by ${networks.join(" and ")}.\n`);
  using stack = new DisposableStack();
  const open = async (): Promise<RoundSession> => {
    const session = await openSession(options, networks);
    for (const used of [session.compute, ...session.segmenters, session.classifier]) stack.use(used);
    return session;
  };
  const title = `Pseudo labels of round ${round}`;
  const given = { photos, grid, label: confinedSettings, scales: SCALES, out: folder, title, quiet };
  return { ...await labelRound(given, open), folder };
}

function settingsOf(
  { rounds, crop, crops, earlierCrops = Math.ceil(crops / 2), batch, learningRate, seed, augment }:
    TeachOptions,
  { round, ...taught }: Pick<RoundSettings, "round" | "grid" | "cost" | "from" | "mix">,
): RoundSettings {
  return roundSettings({
    round,
    ...taught,
    crop,
    crops: round === rounds ? crops : earlierCrops,
    batch,
    learningRate,
    zoom: ZOOM,
    augment,
    // Rounds see different crops of the same photos.
    seed: seed + round,
  });
}

/** SHA-256 of a file that a training starts from. */
async function hashStart(start: string): Promise<string> {
  return await sha256((await readSegmenterStart(start)).bytes);
}

/** Removes a file, or a folder with all that is in it, if it is there. */
async function removeTree(path: string): Promise<void> {
  if (await isThere(path)) await Deno.remove(path, { recursive: true });
}

interface TrainedRoundOptions extends Pick<RoundOptions, "settings" | "network" | "photos"> {
  readonly options: TeachOptions;
}

/**
 * Trains the network of a round, or takes that of an earlier run.
 *
 * @throws {UsageError} where one is there that was trained in another way.
 */
async function trainedRound(
  out: string,
  { settings, network, options, photos }: TrainedRoundOptions,
): Promise<RoundCard> {
  const { backend, threads, saveEvery, quiet, precision, args } = options;
  if (!await isFile(`${out}.json`)) {
    const run = { out, args, backend, threads, saveEvery, restart: false, quiet };
    // What a later round starts from loses nothing; the last one is kept as it was asked for.
    const exact = settings.round < options.rounds ? "F32" : precision;
    const training = { ...run, precision: exact, settings, network, photos };
    await runTraining(roundTask(training), training);
  }
  const card = await readCard<RoundCard>(out);
  const { arch, width } = network;
  const before = new Map(Object.entries(card.settings));
  for (const [key, value] of Object.entries({ ...settings, arch, width })) {
    const [was, is] = [before.get(key), value].map((value) => JSON.stringify(value));
    if (was === is || is === undefined) continue;
    throw new UsageError(
      `Cannot go on from ${out}: it was trained with ${key} ${was}, not ${is}; give the same options, another --out, or --restart.`,
    );
  }
  // It may lack some of them, which could not be read; others are no photos of this teaching.
  const names = new Set(photos.map(({ name }) => name));
  if (card.data.photos.some((name) => !names.has(name))) {
    throw new UsageError(
      `Cannot go on from ${out}: it was trained on other photos; give the same ones, another --out, or --restart.`,
    );
  }
  return card;
}

/** Of photos, about: how many threads are worth it. */
const PIXELS = 640 * 360;

/**
 * Opens what photos are labelled with.
 *
 * @param networks the files of the networks; the last is the newest.
 */
async function openSession(options: TeachOptions, networks: readonly string[]): Promise<RoundSession> {
  const { compute, runtime } = await openDevices(options);
  const segmenters = await Promise.all(networks.map((network) => readSegmenter(network)));
  const segmenter = segmenters[segmenters.length - 1];
  const classifier = await readClassifier(options.classifier === SHIPPED ? undefined : options.classifier);
  const threads = await segmenter.planThreads(compute, PIXELS);
  if (!options.quiet) writeErr(describeDevices(runtime, { network: segmenter.name, threads }));
  return {
    compute,
    runtime,
    segmenters,
    segmenterRecords: await Promise.all(
      segmenters.map((segmenter, i) => networkRecord(segmenter, networks[i])),
    ),
    classifier,
    classifierRecord: await networkRecord(classifier, options.classifier),
  };
}

/** The last lines of a run: what came out and where to look. */
export function describeTeaching({ segmenter, rounds }: TeachSummary): string {
  const lines = rounds.map(({ round, labels, card }) => {
    const seen = labels === null ? "drawn cracks only" : `labels in ${labels}/report.html`;
    const loss = card.curve.at(-1)?.loss;
    return `Round ${round}: ${card.crops} crops, ${seen}${
      loss === undefined ? "" : `; loss ${loss.toFixed(4)}`
    }.`;
  });
  return `${[...lines, `The network: ${segmenter}`].join("\n")}\n`;
}
