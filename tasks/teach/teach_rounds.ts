import { join } from "node:path";
import type { CropMix } from "../../core/sampling/taught_crops.ts";
import { saveSegmenter } from "../../models/segmenter/checkpoint.ts";
import { meanSegmenter } from "../../models/segmenter/mean_segmenter.ts";
import { openDevices } from "../batch/open_devices.ts";
import { UsageError } from "../cli/errors.ts";
import { writeErr } from "../cli/terminal.ts";
import { lockFolder } from "../files/locks.ts";
import { isFile, isThere } from "../files/presence.ts";
import { sha256 } from "../files/sha256.ts";
import { writeWhole } from "../files/write_whole.ts";
import { readSegmenterStart } from "../segmenter/start_segmenter.ts";
import { readCard } from "../training/read_card.ts";
import { runTraining } from "../training/run_training.ts";
import {
  type RoundCard,
  type RoundOptions,
  type RoundSettings,
  roundSettings,
  roundTask,
} from "./round_training.ts";
import { maskSupervision, patchSupervision, type Supervision } from "./supervision.ts";
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
export interface TeachSummary extends Pick<Supervision, "grid" | "cost"> {
  /** The file of the network. */
  readonly segmenter: string;
  readonly rounds: readonly RoundSummary[];
  /** Of how many of the last rounds it is the mean. */
  readonly average: number;
  readonly failures: number;
}

/**
 * Teaches a network: trains a first one on drawn cracks, then, round by round, labels the photos by those that there are and trains the next one on
 * that. What an earlier run has finished is taken as it is.
 *
 * @throws {UsageError} if there are no photos, another run is at work, the folder holds what was made with other options, or rounds are to be
 * averaged that there are not.
 * @throws {RangeError} if all labels are of one class.
 */
export async function teach(options: TeachOptions): Promise<TeachSummary> {
  return await inRounds(options, () => patchSupervision(options));
}

/**
 * Trains the same rounds on the masks of the photos in the place of pseudo labels: full supervision, for what patch labels cost to be seen
 * beside. A mask decides on each pixel, and so counts as patches of 1/1.
 *
 * @throws {UsageError} as {@linkcode teach} does.
 */
export async function teachByMasks(options: TeachOptions): Promise<TeachSummary> {
  return await inRounds(options, () => maskSupervision(options));
}

/** Trains a network in each round, each from that of the one before. */
async function inRounds(options: TeachOptions, open: () => Promise<Supervision>): Promise<TeachSummary> {
  const { out, rounds, arch, width, restart, quiet } = options;
  requireRounds(options);
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
  await writeWhole(segmenter, await taughtNetwork(done, options));
  const summary: TeachSummary = { segmenter, grid, cost, rounds: done, average: options.average, failures };
  await writeWhole(join(out, CARD), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

/** The network that has seen drawn cracks only is not of those that are averaged, unless there is no other. */
function requireRounds({ average, rounds }: TeachOptions): void {
  const most = Math.max(1, rounds);
  if (average <= most) return;
  throw new UsageError(
    `Cannot average the networks of ${average} rounds: after the first network there ${
      rounds === 1 ? "is 1 round" : `are ${rounds} rounds`
    }; give at most ${most}, or more --rounds.`,
  );
}

/** The file of the network that comes of all rounds. */
async function taughtNetwork(rounds: readonly RoundSummary[], options: TeachOptions): Promise<Uint8Array> {
  const { average, precision } = options;
  const files = await Promise.all(rounds.slice(-average).map(({ segmenter }) => Deno.readFile(segmenter)));
  if (average === 1) return files[0];
  using _compute = (await openDevices(options)).compute;
  using segmenter = await meanSegmenter(files);
  return await saveSegmenter(segmenter, { precision });
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
  const { backend, threads, saveEvery, quiet, precision, args, average } = options;
  if (!await isFile(`${out}.json`)) {
    const run = { out, args, backend, threads, saveEvery, restart: false, quiet };
    // What a later round starts from, or a mean is of, loses nothing; what is the result is kept as it was asked for.
    const exact = settings.round < options.rounds || average > 1 ? "F32" : precision;
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

/** The last lines of a run: what came out and where to look. */
export function describeTeaching({ segmenter, rounds, average }: TeachSummary): string {
  const lines = rounds.map(({ round, labels, card }) => {
    const seen = labels === null ? "drawn cracks only" : `labels in ${labels}/report.html`;
    const loss = card.curve.at(-1)?.loss;
    return `Round ${round}: ${card.crops} crops, ${seen}${
      loss === undefined ? "" : `; loss ${loss.toFixed(4)}`
    }.`;
  });
  const mean = average > 1 ? `, the mean of the last ${average} rounds` : "";
  return `${[...lines, `The network${mean}: ${segmenter}`].join("\n")}\n`;
}
