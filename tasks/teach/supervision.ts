import {
  countLabels,
  type LabelCount,
  type PatchLabels,
  requireBothClasses,
} from "../../core/datasets/patch_labels.ts";
import { confinedSettings } from "../../core/label/confined/confined_label.ts";
import { defaultScales } from "../../core/predict/predict_scales.ts";
import type { GridOptions } from "../../core/sampling/training_grid.ts";
import { networkRecord } from "../batch/network_record.ts";
import { describeDevices, openDevices } from "../batch/open_devices.ts";
import { readClassifier } from "../classifier/read_classifier.ts";
import { describeError } from "../cli/errors.ts";
import { printable, writeErr } from "../cli/terminal.ts";
import { readSegmenter, SHIPPED } from "../segmenter/read_segmenter.ts";
import { isSegmenter, readSegmenterStart } from "../segmenter/start_segmenter.ts";
import { describeLabels, listPatchLabels } from "../training/list_patch_labels.ts";
import { listSamples } from "../training/list_samples.ts";
import type { NamedSample } from "../training/named_sample.ts";
import { type LabelledRound, labelRound, type RoundSession } from "./round_labels.ts";
import { fullyLabelled, type TaughtPhoto } from "./taught_photo.ts";
import type { TeachOptions } from "./teach_options.ts";

/** Scales at which the network of a round is asked: the coarsest fills wide cracks, of which the others see the rims alone. */
const SCALES = { ...defaultScales, start: 1 } as const;

/** How photos are labelled for a round. */
interface Labelling {
  readonly round: number;
  readonly folder: string;
  /** The file of the network of the round before. */
  readonly before: string;
}

/** What is known of the photos that networks are taught by. */
export interface Supervision {
  /** The patches that masks were cut into. */
  readonly grid: GridOptions;
  /** What was labelled, and so paid for. */
  readonly cost: LabelCount;
  /** What cannot be used, in sentences. */
  readonly problems: readonly string[];
  /** What the first network is trained on. */
  readonly first: readonly TaughtPhoto[];
  /** What the network of a later round is trained on, and the folder of its labels. */
  readonly next: (labelling: Labelling) => Promise<LabelledRound & { readonly folder: string | null }>;
}

/**
 * Photos whose patches are labelled. The first network is trained on what is known of them by that, each later one on pseudo labels that the networks
 * there are have made within the labelled patches.
 *
 * @throws {UsageError} if there are no photos.
 * @throws {RangeError} if all labels are of one class.
 */
export async function patchSupervision(options: TeachOptions): Promise<Supervision> {
  const { rounds, grid, quiet } = options;
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
}

/**
 * Photos by their masks: full supervision. A mask decides on each pixel, and so counts as patches of 1/1.
 *
 * @throws {UsageError} if there are no photos with masks.
 */
export async function maskSupervision(options: TeachOptions): Promise<Supervision> {
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
  const next = () => Promise.resolve({ photos, hasCrack: cost.crackPatches > 0, failures: 0, folder: null });
  return { grid: { size: 1, stride: 1 }, cost, problems, first: photos, next };
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
