/**
 * `deno task label:search-crf`: looks for the parameters of the random field of `label --method cam-crf` on photos with masks.
 *
 * @module
 */
import { anyObject } from "../../core/arguments.ts";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { fullName } from "../../core/datasets/sample.ts";
import { openCompute } from "../../core/gpu/open_compute.ts";
import { openBackend } from "../../models/backend.ts";
import { networkRecord } from "../batch/network_record.ts";
import { runCommand } from "../cli/command.ts";
import { backendOption, jsonOption, quietOption } from "../cli/common_options.ts";
import { describeError, ExitCode, UsageError } from "../cli/errors.ts";
import {
  group,
  type InferValue,
  merge,
  message,
  object,
  option,
  type ValueParser,
  withDefault,
} from "../cli/optique.ts";
import { folderOfLists } from "../cli/permissions.ts";
import { startProgress } from "../cli/progress.ts";
import { columns, printable, writeErr, writeOut } from "../cli/terminal.ts";
import { folderPath, positiveInteger } from "../cli/values.ts";
import { readClassifier } from "../classifier/read_classifier.ts";
import { datasetOptions, openNamedDataset, readingOf } from "../data/named_dataset.ts";
import { lockFolder } from "../files/locks.ts";
import { readRecord } from "../files/read_record.ts";
import { writeWhole } from "../files/write_whole.ts";
import { searchPhotos } from "../reproduce/training/crf_search.ts";
import { SHIPPED } from "../segmenter/read_segmenter.ts";
import { chooseCrf, crfOptions } from "./crf_options.ts";
import {
  type Axis,
  AXIS_NAMES,
  type AxisName,
  gridPoints,
  meanSurface,
  type PhotoSurface,
  photoSurface,
} from "./crf_surface.ts";
import { networkOptions } from "./networks.ts";
import { surfacePicture } from "./surface_picture.ts";

/** `appearance-sigma-colour=3,5,8` */
function axis(): ValueParser<"sync", Axis> {
  return {
    mode: "sync",
    metavar: "PARAMETER=X,X,…",
    placeholder: { name: AXIS_NAMES[0], values: [1, 2] },
    parse(input) {
      const [name, list = ""] = input.split("=", 2);
      const values = list.split(",").map((part) => part.trim() === "" ? NaN : Number(part));
      const known = AXIS_NAMES.find((one) => one === name);
      if (known && values.every((value) => valid(known, value)) && new Set(values).size === values.length) {
        return { success: true, value: { name: known, values } };
      }
      return {
        success: false,
        error: message`Expected one of ${
          AXIS_NAMES.join(", ")
        } with different values above 0 such as ${"appearance-sigma-colour=3,5,8"}, but got ${input}.`,
      };
    },
    format: ({ name, values }) => `${name}=${values.join(",")}`,
  };
}

/** A weight may be 0. */
function valid(name: AxisName, value: number): boolean {
  return value < Infinity && (value > 0 || name.endsWith("weight") && value === 0);
}

const DEFAULTS = {
  x: { name: "appearance-sigma-colour", values: [3, 5, 8, 13, 20] },
  y: { name: "appearance-weight", values: [1, 3, 5, 10, 20] },
} as const satisfies Readonly<Record<string, Axis>>;

const parser = merge(
  datasetOptions,
  group(
    "Search",
    object({
      out: option("-o", "--out", folderPath(), {
        description: message`The folder for the surface and what is known of each photo.`,
      }),
      x: withDefault(
        option("--x", axis(), { description: message`The parameter that varies across, and its values.` }),
        DEFAULTS.x as Axis,
        axis().format,
      ),
      y: withDefault(
        option("--y", axis(), { description: message`The one that varies down.` }),
        DEFAULTS.y as Axis,
        axis().format,
      ),
      photos: withDefault(
        option("--photos", positiveInteger(), {
          description: message`Photos at random, the same ones each time; all where there are fewer.`,
        }),
        100,
      ),
      classifier: networkOptions.classifier,
      backend: backendOption(["webgpu", "wasm"]),
      quiet: quietOption,
      json: jsonOption(message`Print all that was found as JSON.`),
    }),
  ),
  crfOptions,
);

/** Milliseconds of work that a killed run may lose. */
const SAVE_EVERY = 20_000;

/** What a search has found so far: everything that decides it, and each photo. */
interface Kept {
  readonly identity: unknown;
  readonly photos: readonly PhotoSurface[];
}

async function keptIn(path: string, identity: unknown): Promise<PhotoSurface[]> {
  if (await statOrNull(path) === null) return [];
  const kept = await readRecord(path, anyObject<Kept>(), "remove it to search anew");
  if (JSON.stringify(kept.identity) !== JSON.stringify(identity)) {
    throw new UsageError(
      `Cannot go on with ${path}: it is of another grid, classifier or photos; give another --out, or remove it.`,
    );
  }
  return [...kept.photos];
}

async function searchCrf(options: InferValue<typeof parser>): Promise<number> {
  const { path, out, x, y, quiet, json } = options;
  const points = gridPoints({ x, y, field: chooseCrf(options) });
  const dataset = await openNamedDataset(path, readingOf(options));
  if (dataset.layout === "classes" || dataset.samples.length === 0) {
    throw new UsageError(
      `Cannot search on ${path}: ${
        dataset.layout === "classes" ? "its photos are labelled as a whole" : "there is no photo"
      }; a dataset with photos and masks is wanted.`,
    );
  }
  const samples = searchPhotos(dataset.samples, options.photos);
  using _lock = await lockFolder(out);
  using compute = await openCompute();
  await openBackend({ compute, backend: options.backend });
  using classifier = await readClassifier(options.classifier);
  const { sha256 } = await networkRecord(classifier, options.classifier ?? SHIPPED);
  const identity = { classifier: sha256, points, photos: samples.map(fullName) };
  const file = `${out}/photos.json`;
  const found = await keptIn(file, identity);
  const known = new Set(found.map(({ name }) => name));
  const failures: string[] = [];
  const save = () => writeWhole(file, `${JSON.stringify({ identity, photos: found })}\n`);
  {
    using progress = startProgress({ total: samples.length, unit: "photo", quiet });
    let savedAt = performance.now();
    for (const sample of samples) {
      const name = fullName(sample);
      const skipped = known.has(name);
      if (!skipped) {
        try {
          found.push(await photoSurface(sample, points, { compute, classifier }));
        } catch (error) {
          if (error instanceof Deno.errors.NotCapable) throw error;
          failures.push(`${name}: ${describeError(error)}`);
          progress.note(failures.at(-1)!);
        }
      }
      progress.advance({ detail: name, skipped });
      if (performance.now() - savedAt > SAVE_EVERY) {
        await save();
        savedAt = performance.now();
      }
    }
  }
  if (found.length === 0) {
    throw new UsageError(
      `Cannot search on ${path}: none of ${samples.length} photos can be used; at least one is wanted.`,
    );
  }
  await save();
  const surface = meanSurface(found);
  const best = surface.indexOf(Math.max(...surface));
  const at = {
    [x.name]: x.values[best % x.values.length],
    [y.name]: y.values[Math.floor(best / x.values.length)],
  };
  const result = {
    photos: found.length,
    x,
    y,
    f1: surface,
    best: { f1: surface[best], parameters: points[best] },
  };
  const title = `F1 of CRF labels, ${found.length} of ${dataset.samples.length} photos`;
  await writeWhole(`${out}/surface.svg`, surfacePicture(title, { x, y }, surface));
  await writeWhole(`${out}/surface.json`, `${JSON.stringify({ ...result, failures }, null, 2)}\n`);
  if (json) {
    writeOut(`${JSON.stringify({ ...result, failures }, null, 2)}\n`);
  } else {
    const rows = y.values.map((value, row) => [
      String(value),
      ...surface.slice(row * x.values.length, (row + 1) * x.values.length).map((f1) => f1.toFixed(4)),
    ]);
    const flags = Object.entries(at).map(([name, value]) => `--${name} ${value}`).join(" ");
    writeOut(printable(
      `${title}; across: ${x.name}, down: ${y.name}\n${columns([["", ...x.values.map(String)], ...rows])}` +
        `Best: F1 ${surface[best].toFixed(4)}, by label --method cam-crf ${flags}\n`,
    ));
  }
  if (!quiet) writeErr(`The surface is in ${out}/surface.svg.\n`);
  return failures.length > 0 ? ExitCode.Failed : ExitCode.Ok;
}

await runCommand({
  name: "label:search-crf",
  brief: "Search the parameters of the random field on photos with masks.",
  description:
    "Labels photos as label --method cam-crf does with each value of one parameter and each of another, and compares the labels with the photos' masks. " +
    "Prints the mean over photos of F1 of each pair, and writes it as a picture (surface.svg) and as JSON (surface.json); the options that gave the best are said. " +
    "All other parameters are as their options say. An interrupted search goes on with the photo where it stopped.",
  examples: [
    {
      command: "deno task label:search-crf DeepCrack/ --split train --out search/",
      effect: "Search on 100 photos of a training part",
    },
    {
      command:
        "deno task label:search-crf DeepCrack/ --split train --out search/ --x appearance-sigma-space=5,10,20 --y smoothness-weight=0,1,3",
      effect: "Search over two other parameters",
    },
  ],
  parser,
  decodes: true,
  paths: ({ path, out, classifier }) => ({ read: [folderOfLists(path), classifier], write: [out] }),
  resumes: true,
}, searchCrf);
