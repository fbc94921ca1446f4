/**
 * `deno task annotations:import`: makes labels of the annotations of another program.
 *
 * @module
 */
import { join } from "node:path";
import { ANNOTATION_FORMATS, annotationFormats } from "../../core/annotations/formats.ts";
import { openAnnotations } from "../../core/annotations/open_annotations.ts";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { readManifests, writeManifest } from "../batch/manifest_files.ts";
import type { FailureRecord, Runtime } from "../batch/manifests.ts";
import { runCommand } from "../cli/command.ts";
import { jsonOption, quietOption } from "../cli/common_options.ts";
import { ExitCode, UsageError } from "../cli/errors.ts";
import { argument, choice, message, multiple, object, option, string } from "../cli/optique.ts";
import { startProgress } from "../cli/progress.ts";
import { count, writeOut } from "../cli/terminal.ts";
import { filePath, folderPath } from "../cli/values.ts";
import { VERSION } from "../cli/version.ts";
import { lockFolder } from "../files/locks.ts";
import { isArchive, unpackArchive, unpackingPaths } from "../files/unpack.ts";
import { LABEL_MANIFEST, type Manifest, methodOf } from "../label/manifest.ts";
import { photoFinder, usualFolder } from "./find_photos.ts";
import { crackLabels, importAnnotations } from "./import_annotations.ts";

/** What manifests call labels that people drew elsewhere. */
const METHOD = "annotations";

const NOUNS = { task: "label", output: "label", outputs: "labels" };

/** No network and no device have a part in it. */
const RUNTIME: Runtime = {
  deno: Deno.version.deno,
  tfjs: "none",
  adapter: "none",
  software: true,
  backend: "none",
};

await runCommand({
  name: "annotations:import",
  brief: "Make labels from the annotations of another program.",
  description:
    "Reads annotations of COCO, labelme, Label Studio (its export named JSON), CVAT for images 1.1, Pascal VOC (CVAT's segmentation mask 1.1), " +
    "YOLO's segmentation or plain masks, finds their photos, and writes a folder like that of label: segmenter:train takes it as --labels, " +
    "evaluate as --truth. Masks, run lengths and polygons are read; boxes, lines and points are reported, and a photo whose cracks have nothing else gets no label. Overlapping " +
    "shapes are one mask, and whatever lies outside a photo is cut off.\n\n" +
    "A zip archive, as CVAT exports them, is unpacked into a folder beside the labels, OUT-unpacked, which stays: the labels are of the photos in it. " +
    "A photo is found by the name that the annotations give it, in the folders of --photos, or where its format keeps photos. A photo whose " +
    "annotations are damaged or do not fit its size is reported and left out, and the task then ends with 1. Photos that are there already in a " +
    "folder of an earlier import are imported again.",
  examples: [
    {
      command:
        "deno task annotations:import coco/annotations.json --format coco --photos photos/ --out labels/",
      effect: "Take corrected masks back",
    },
    {
      command: "deno task annotations:import dataset/ --format yolo --class crack --out labels/",
      effect: "Take one class of several",
    },
    {
      command: "deno task annotations:import export.zip --format cvat --photos photos/ --out labels/",
      effect: "Take what CVAT exported",
    },
  ],
  decodes: true,
  parser: object({
    path: argument(filePath("PATH"), {
      description:
        message`The annotations: the file of coco, label-studio and cvat, the folder of the others, or a zip archive of either.`,
    }),
    format: option("-f", "--format", choice(ANNOTATION_FORMATS), {
      description: message`The program that they come from.`,
    }),
    out: option("-o", "--out", folderPath(), {
      description: message`The folder for the labels; it is made.`,
    }),
    class: multiple(option("--class", string({ metavar: "NAME" }), {
      description: message`A class that is crack. Default: the only class there is.`,
    })),
    photos: multiple(option("--photos", folderPath(), {
      description: message`A folder of the photos. Default: where the format keeps them.`,
    })),
    quiet: quietOption,
    json: jsonOption(message`Print what was imported as JSON.`),
  }),
  paths: async ({ path, format, photos, out }) => {
    if (await isArchive(path)) {
      const unpacked = unpackingPaths(unpackedFolder(out));
      return { read: [path, ...unpacked, ...photos], write: [out, ...unpacked] };
    }
    const { photoFolder } = annotationFormats[format];
    return {
      read: [path, ...(photos.length > 0 ? photos : [await usualFolder({ annotations: path, photoFolder })])],
      write: [out],
    };
  },
}, async ({ path: given, format, out, photos, quiet, json, ...options }) => {
  const path = await unpackedPath(given, out);
  const { photoFolder } = annotationFormats[format];
  const annotations = await openAnnotations(path, { format });
  const find = await photoFinder({ annotations: path, photoFolder, photos, out, masks: annotations.masks });
  const crack = crackLabels(annotations.labels, options.class);
  using _lock = await lockFolder(out);
  const earlier = await readManifests(out, NOUNS, LABEL_MANIFEST);
  const other = earlier.find((manifest) => methodOf(manifest) !== METHOD);
  if (other !== undefined) {
    throw new UsageError(
      `Cannot write into ${out}: its labels are of the method ${methodOf(other)}; choose another folder.`,
    );
  }
  const failures: FailureRecord[] = [];
  const manifest: Manifest = {
    program: "hairline",
    version: VERSION,
    task: "label",
    method: METHOD,
    parameters: { format, classes: [...crack] },
    seeds: {},
    runtime: RUNTIME,
    photos: earlier.flatMap(({ photos }) => photos),
    failures,
  };
  const manifestPath = join(out, "manifest.json");
  // First of all, so that the folder is known as Hairline's own from its first output on.
  await writeManifest(manifestPath, manifest);
  using progress = startProgress({ total: annotations.count, unit: "photo", quiet });
  const records = await importAnnotations(annotations, {
    out,
    crack,
    find,
    onPhoto: (name) => progress.advance({ detail: name }),
    onFailure: (failure) => {
      failures.push(failure);
      progress.note(failure.error);
    },
  });
  const names = new Set(records.map(({ name }) => name));
  const kept = manifest.photos.filter(({ name }) => !names.has(name));
  await writeManifest(manifestPath, { ...manifest, photos: [...kept, ...records] });
  const withCrack = records.filter(({ crackPixels }) => crackPixels > 0).length;
  if (json) {
    const result = {
      ...{ program: "hairline", version: VERSION, task: "annotations:import", path, out, format },
      ...{
        classes: [...crack],
        photos: records.length,
        withCrack,
        failures: failures.map(({ error }) => error),
      },
    };
    writeOut(`${JSON.stringify(result, null, 2)}\n`);
  } else {
    writeOut(
      `${out}: labels of ${
        count(records.length, "photo")
      }, ${withCrack} of them with crack.\nManifest: ${manifestPath}\n`,
    );
  }
  return failures.length > 0 ? ExitCode.Failed : ExitCode.Ok;
});

/**
 * What is to be opened: the path, or what an archive at it holds.
 *
 * @throws {UsageError} if nothing is there, or the archive cannot be used.
 */
async function unpackedPath(path: string, out: string): Promise<string> {
  if (await statOrNull(path) === null) {
    throw new UsageError(`Cannot read ${path}: there is no such file or folder.`);
  }
  return await isArchive(path) ? await unpackArchive(path, unpackedFolder(out)) : path;
}

/** Beside the labels: what lies in their folder is theirs. */
function unpackedFolder(out: string): string {
  return `${out.replace(/[/\\]+$/, "")}-unpacked`;
}
