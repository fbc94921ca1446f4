/**
 * `deno task annotations:export`: writes the masks of a run as annotations of another program.
 *
 * @module
 */
import { ANNOTATION_FORMATS } from "../../core/annotations/formats.ts";
import { readFolder } from "../../core/datasets/list_files.ts";
import { runRecords } from "../batch/run_records.ts";
import { runCommand } from "../cli/command.ts";
import { jsonOption, quietOption } from "../cli/common_options.ts";
import { ExitCode, UsageError } from "../cli/errors.ts";
import {
  argument,
  choice,
  message,
  multiple,
  object,
  option,
  optional,
  string,
  withDefault,
} from "../cli/optique.ts";
import { folderOf } from "../cli/permissions.ts";
import { startProgress } from "../cli/progress.ts";
import { count, writeOut } from "../cli/terminal.ts";
import { folderPath, fraction } from "../cli/values.ts";
import { VERSION } from "../cli/version.ts";
import { lockFolder } from "../files/locks.ts";
import { reviewedOption } from "../studio/reviewed_option.ts";
import { exportAnnotations } from "./export_annotations.ts";
import { listMasks } from "./run_masks.ts";

await runCommand({
  name: "annotations:export",
  brief: "Write the masks of a run as annotations for another program.",
  description:
    "Takes the folder of a run of label or predict, one of photos that were marked in the studio, or a folder of masks, and writes its cracks for an annotator or for training elsewhere:\n\n" +
    "coco: annotations.json for pycocotools, MMDetection, Detectron2, and as polygons for Roboflow; labelme: one JSON file per photo; label-studio: tasks.json, cracks as " +
    "predictions, and labeling_config.xml for the project; cvat: annotations.xml, CVAT for images 1.1; voc: Pascal VOC, which CVAT calls " +
    "segmentation mask 1.1, and mmsegmentation reads; yolo: labels/ and data.yaml for YOLO's segmentation; masks: plain PNG of 0 and 255.\n\n" +
    "Masks keep holes; polygons fill them, and the task says how many pixels that is. labelme shows masks from 5.3 on: give " +
    "--shapes polygon for an earlier one. What cannot be written is reported and left out, and the task then ends with 1.",
  examples: [
    {
      command: "deno task annotations:export labels/ --format coco --out coco/",
      effect: "Write the cracks of a run for pycocotools",
    },
    {
      command: "deno task annotations:export labels/ --format yolo --with-photos --out yolo/",
      effect: "Write a dataset to train YOLO on",
    },
  ],
  decodes: true,
  parser: object({
    run: argument(folderPath("RUN"), {
      description:
        message`The folder that label or predict wrote, one of photos that were marked in the studio, or one of masks.`,
    }),
    format: option("-f", "--format", choice(ANNOTATION_FORMATS), {
      description: message`The program that they are for.`,
    }),
    out: option("-o", "--out", folderPath(), {
      description: message`The folder for the annotations: a new or an empty one.`,
    }),
    instances: withDefault(
      option("--instances", choice(["crack", "photo"]), {
        description: message`What one annotation is: each connected crack, or all the crack in a photo.`,
      }),
      "crack" as const,
    ),
    shapes: optional(option("--shapes", choice(["mask", "polygon"]), {
      description: message`How cracks are drawn in coco, labelme and cvat. Default: mask.`,
    })),
    class: withDefault(
      option("--class", string({ metavar: "NAME" }), { description: message`What a crack is called.` }),
      "crack",
    ),
    sure: optional(option("--sure", fraction(), {
      description:
        message`Take as crack whatever reaches this confidence in the confidence map. Default: whatever the mask marks.`,
    })),
    photos: multiple(option("--photos", folderPath(), {
      description: message`A folder of the photos, if they have been moved.`,
    })),
    reviewed: reviewedOption,
    withPhotos: option("--with-photos", {
      description: message`Copy the photos beside the annotations, too.`,
    }),
    quiet: quietOption,
    json: jsonOption(message`Print what was written as JSON.`),
  }),
  paths: async ({ run, photos, out }) => {
    const noted = photos.length > 0 ? undefined : await runRecords(run);
    return { read: [run, ...photos, ...(noted ?? []).map(({ path }) => folderOf(path))], write: [out] };
  },
}, async ({ run, out, format, instances, shapes, sure, withPhotos, quiet, json, ...options }) => {
  const listed = await listMasks(run, options);
  using _lock = await lockFolder(out);
  const { folders, files: there } = await readFolder(out);
  if (folders.length + there.length > 0) {
    throw new UsageError(`Cannot write into ${out}: it is not empty; choose another folder.`);
  }
  using progress = startProgress({ total: listed.length, unit: "photo", quiet });
  const { photos, cracks, files, losses, shared, failures } = await exportAnnotations(listed, {
    ...{ out, format, instances, shapes, sure, withPhotos, label: options.class },
    onPhoto: (name) => progress.advance({ detail: name }),
    onFailure: (problem) => progress.note(problem),
  });
  if (json) {
    const result = {
      ...{ program: "hairline", version: VERSION, task: "annotations:export", run, out, format },
      ...{ photos, cracks, files, losses, shared, failures },
    };
    writeOut(`${JSON.stringify(result, null, 2)}\n`);
  } else {
    writeOut(`${out}: ${count(cracks, "crack")} of ${count(photos, "photo")} in ${count(files, "file")}.\n`);
    const lost = losses.reduce((sum, { pixels }) => sum + pixels, 0);
    if (lost > 0) {
      writeOut(
        `Polygons know no holes: ${count(lost, "pixel")} within cracks of ${count(losses.length, "photo")} ${
          lost === 1 ? "is" : "are"
        } crack there.\n`,
      );
    }
    const cracksShared = shared.reduce((sum, { cracks }) => sum + cracks, 0);
    if (cracksShared > 0) {
      writeOut(
        `Pascal VOC has numbers for 254 cracks of a photo: ${count(cracksShared, "crack")} of ${
          count(shared.length, "photo")
        } ${
          cracksShared === 1 ? "shares its number" : "share their numbers"
        } with others. Their pixels are all there.\n`,
      );
    }
  }
  return failures.length > 0 ? ExitCode.Failed : ExitCode.Ok;
});
