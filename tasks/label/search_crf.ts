/**
 * `deno task label:search-crf`: looks for the parameters of the random field of `label --method cam-crf` on photos with masks.
 *
 * @module
 */
import { fullName, type Sample } from "../../core/datasets/sample.ts";
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
  optional,
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
import { formatShard, inShard, shardValue } from "../files/shard.ts";
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
  photoSurface,
} from "./crf_surface.ts";
import { KeptSurfaces } from "./kept_surfaces.ts";
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
      shard: optional(option("--shard", shardValue(), {
        description:
          message`Search on this part of the photos only, such as 2/8. Run without --shard, the same command joins the parts, and writes the surface.`,
      })),
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

type Options = InferValue<typeof parser>;

/** Searches on the photos that are not done; what cannot be used is told. */
async function searchOn(
  samples: readonly Sample[],
  kept: KeptSurfaces,
  { look, quiet }: {
    readonly look: (sample: Sample) => ReturnType<typeof photoSurface>;
    readonly quiet: boolean;
  },
): Promise<string[]> {
  const failures: string[] = [];
  using progress = startProgress({ total: samples.length, unit: "photo", quiet });
  let savedAt = performance.now();
  for (const sample of samples) {
    const name = fullName(sample);
    const skipped = kept.has(name);
    if (!skipped) {
      try {
        kept.add(await look(sample));
      } catch (error) {
        if (error instanceof Deno.errors.NotCapable) throw error;
        failures.push(`${name}: ${describeError(error)}`);
        progress.note(failures.at(-1)!);
      }
    }
    progress.advance({ detail: name, skipped });
    if (performance.now() - savedAt > SAVE_EVERY) {
      await kept.save();
      savedAt = performance.now();
    }
  }
  await kept.save();
  return failures;
}

async function searchCrf(options: Options): Promise<number> {
  const { path, out, x, y, shard, quiet, json } = options;
  const points = gridPoints({ x, y, field: chooseCrf(options) });
  const dataset = await openNamedDataset(path, readingOf(options));
  if (dataset.layout === "classes" || dataset.samples.length === 0) {
    throw new UsageError(
      `Cannot search on ${path}: ${
        dataset.layout === "classes" ? "its photos are labelled as a whole" : "there is no photo"
      }; a dataset with photos and masks is wanted.`,
    );
  }
  const samples = searchPhotos(dataset.samples, options.photos), names = samples.map(fullName);
  using _lock = await lockFolder(out, shard);
  using compute = await openCompute();
  await openBackend({ compute, backend: options.backend });
  using classifier = await readClassifier(options.classifier);
  const { sha256 } = await networkRecord(classifier, options.classifier ?? SHIPPED);
  const kept = await KeptSurfaces.open(out, { classifier: sha256, points, photos: names }, shard);
  const wanted = samples.filter((sample) => shard === undefined || inShard(fullName(sample), shard));
  const failures = await searchOn(wanted, kept, {
    look: (sample) => photoSurface(sample, points, { compute, classifier }),
    quiet,
  });
  if (shard !== undefined) {
    const done = kept.among(wanted.map(fullName)).length;
    writeOut(
      json
        ? `${JSON.stringify({ shard: formatShard(shard), photos: done, failures }, null, 2)}\n`
        : `Searched on ${done} photos of part ${formatShard(shard)}.\n`,
    );
    return failures.length > 0 ? ExitCode.Failed : ExitCode.Ok;
  }
  const found = kept.among(names);
  if (found.length === 0) {
    throw new UsageError(
      `Cannot search on ${path}: none of ${samples.length} photos can be used; at least one is wanted.`,
    );
  }
  const surface = meanSurface(found);
  const best = surface.indexOf(Math.max(...surface));
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
  await kept.removeParts();
  writeOut(
    json
      ? `${JSON.stringify({ ...result, failures }, null, 2)}\n`
      : printable(surfaceTable(title, { x, y }, { surface, best })),
  );
  if (!quiet) writeErr(`The surface is in ${out}/surface.svg.\n`);
  return failures.length > 0 ? ExitCode.Failed : ExitCode.Ok;
}

/** The surface in rows, and the options that gave the best. */
function surfaceTable(
  title: string,
  { x, y }: { readonly x: Axis; readonly y: Axis },
  { surface, best }: { readonly surface: readonly number[]; readonly best: number },
): string {
  const rows = y.values.map((value, row) => [
    String(value),
    ...surface.slice(row * x.values.length, (row + 1) * x.values.length).map((f1) => f1.toFixed(4)),
  ]);
  const flags = [
    [x.name, x.values[best % x.values.length]],
    [y.name, y.values[Math.floor(best / x.values.length)]],
  ].map(([name, value]) => `--${name} ${value}`).join(" ");
  return `${title}; across: ${x.name}, down: ${y.name}\n${
    columns([["", ...x.values.map(String)], ...rows])
  }` +
    `Best: F1 ${surface[best].toFixed(4)}, by label --method cam-crf ${flags}\n`;
}

await runCommand({
  name: "label:search-crf",
  brief: "Search the parameters of the random field on photos with masks.",
  description:
    "Labels photos as label --method cam-crf does with each value of one parameter and each of another, and compares the labels with the photos' masks. " +
    "Prints the mean over photos of F1 of each pair, and writes it as a picture (surface.svg) and as JSON (surface.json); the options that gave the best are said. " +
    "All other parameters are as their options say. An interrupted search goes on with the photo where it stopped. " +
    "Several machines can share a search by --shard: the surface of all parts is exactly that of one run.",
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
