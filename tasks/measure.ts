/**
 * `deno task measure`: how long and how wide the cracks of masks are.
 *
 * @module
 */
import { openCompute } from "../core/gpu/open_compute.ts";
import { parseWidthBands, type WidthBands, widthBands, type WidthBandsId } from "../core/measure/bands.ts";
import { batchOptions, describeRun, requireOut, runBatchCommand } from "./batch/batch_command.ts";
import { describeAdapter } from "./batch/open_devices.ts";
import { runCommand } from "./cli/command.ts";
import {
  argument,
  type InferValue,
  message,
  multiple,
  object,
  option,
  optional,
  string,
} from "./cli/optique.ts";
import { printable, writeErr } from "./cli/terminal.ts";
import { filePath, folderPath, positiveNumber } from "./cli/values.ts";
import { namingFile } from "./files/naming_file.ts";
import { namePaths } from "./files/photos.ts";
import { findMasks, settleDrawnMasks } from "./measure/find_masks.ts";
import { measurePhotos, planMeasurements, type Session } from "./measure/measure_photos.ts";
import { openScales } from "./measure/photo_scale.ts";
import { reviewedOption } from "./studio/reviewed_option.ts";

const { out, shard, followLinks, dryRun, profile, quiet, json } = batchOptions({
  task: "Measure",
  outputs: "measurements",
});
const TABLES = Object.keys(widthBands).join(", ");

const parser = object({
  paths: multiple(
    argument(filePath("PATH"), {
      description:
        message`Folders that label or predict wrote, folders of photos that were marked in the studio, masks, and folders of masks.`,
    }),
    { min: 1 },
  ),
  out,
  photos: optional(option("--photos", folderPath(), {
    description:
      message`The folder of the photos, matched to the masks by name, if no manifest says where they are. Widths are then finer than a pixel.`,
  })),
  mmPerPixel: optional(option("--mm-per-pixel", positiveNumber("MM"), {
    description: message`Millimetres per pixel. Without a scale, everything is in pixels.`,
  })),
  scales: optional(option("--scales", filePath(), {
    description: message`A CSV file of photos and their millimetres per pixel.`,
  })),
  sensorWidth: optional(option("--sensor-width", positiveNumber("MM"), {
    description:
      message`Width of the camera's sensor, along the longer side of photos that were not cropped.`,
  })),
  focalLength: optional(option("--focal-length", positiveNumber("MM"), {
    description: message`True focal length of the lens, not its 35 mm equivalent.`,
  })),
  distance: optional(option("--distance", positiveNumber("MM"), {
    description: message`Distance from the camera to the surface, at right angles to it.`,
  })),
  exif: option("--exif", {
    description:
      message`Take whichever of these three is not given from each photo's EXIF data; giving one of them does the same.`,
  }),
  bands: optional(option("--bands", string({ metavar: "NAME" }), {
    description: [
      ...message`Name the band of each crack: a guide, not a verdict. A JSON file of your own, or `,
      { type: "text", text: `${TABLES}.` },
    ],
  })),
  spurs: option("--spurs", {
    description: message`Keep branches with a free end that are shorter than the crack is wide.`,
  }),
  reviewed: reviewedOption,
  shard,
  followLinks,
  dryRun,
  profile,
  quiet,
  json,
});

async function openSession(
  options: { readonly profile: boolean; readonly quiet: boolean },
): Promise<Session> {
  const compute = await openCompute({ profile: options.profile });
  const { description: adapter, software } = compute;
  if (!options.quiet) writeErr(`Kernels run on ${describeAdapter({ adapter, software })}.\n`);
  // No network is asked.
  const runtime = { deno: Deno.version.deno, tfjs: "none", adapter, software, backend: "none" };
  return { compute, runtime };
}

/** A table by its name, or from a file. */
async function openBands(name: string | undefined): Promise<WidthBands | undefined> {
  if (name === undefined) return undefined;
  if (Object.hasOwn(widthBands, name)) return widthBands[name as WidthBandsId];
  return await namingFile(name, async () => parseWidthBands(await Deno.readTextFile(name)));
}

async function measure(options: InferValue<typeof parser>): Promise<number> {
  const { shard, followLinks, quiet } = options;
  const out = requireOut(options, { task: "measure", outputs: "measurements" });
  const scale = await openScales({ ...options, runs: options.paths });
  const bands = await openBands(options.bands);
  using found = await findMasks(options.paths, {
    ...{ photoFolder: options.photos, out, reviewed: options.reviewed },
  });
  const { paths, photos, drawn, choose } = found;
  const { readerOf, notes } = await settleDrawnMasks(drawn, { out, followLinks });
  if (!quiet) { for (const note of notes) writeErr(`${printable(note)}\n`); }
  const prune = !options.spurs;
  const title = `Cracks measured in ${namePaths(options.paths)}`;
  return await runBatchCommand(options, {
    open: () => openSession(options),
    plan: () => planMeasurements({ paths, out, shard, followLinks, choose }),
    run: (open) =>
      measurePhotos(
        { paths, out, shard, followLinks, choose, quiet, photos, readerOf, scale, bands, prune, title },
        open,
      ),
    describe: (summary, seconds) => {
      let cracks = 0, unscaled = 0;
      for (const photo of summary.photos) {
        cracks += photo.cracks;
        unscaled += Number(photo.mmPerPixel === undefined);
      }
      const finding = `${cracks} crack${cracks === 1 ? "" : "s"} in ${summary.photos.length}` +
        (unscaled > 0 ? `, ${unscaled} of them in pixels only: no scale is known` : "") +
        (unscaled > 0 && bands !== undefined ? ", and bands are in millimetres" : "");
      const widths = photos.size > 0
        ? ""
        : "Widths:   from the masks alone, right to about a pixel; --photos names the folder of their photos\n";
      const tables = shard === undefined
        ? summary.tables.join(", ")
        : "none as yet: when all parts are done, the same command without --shard joins them and writes the tables";
      return `${describeRun(summary, { done: "Measured", finding, seconds })}${widths}Tables:   ${tables}\n`;
    },
  });
}

await runCommand({
  name: "measure",
  brief: "Measure the length and width of the cracks in masks.",
  description:
    "Writes cracks.csv (one row per crack), branches.csv (one row per line between ends and junctions), photos.csv, measure.json, " +
    "measured/NAME.json with the centre lines, and report.html to look at. Lengths are along a smoothed centre line. Widths are measured " +
    "at right angles to it: if the photo is at hand, in the photo, between the places where the crack is half as dark; otherwise in the mask, " +
    "to about a pixel. Junctions do not count as width.\n\n" +
    "One scale for a whole photo holds where the camera looks straight at the surface: at a slant of 50° it is wrong by a fifth. " +
    "A crack thinner than the photo's blur, about two pixels, seems as wide as that unless the photo shows wider ones, too; without a photo, " +
    "one that is narrower than 2.5 pixels in its mask may be thinner in truth. Such widths are upper bounds: width_is_upper_bound is yes in the tables, and the " +
    "page says at most. The columns mask_width_… hold what the mask alone says.\n\n" +
    "If a run is interrupted, the same command carries on where it stopped. Runs with --shard 1/2 and --shard 2/2 write into the same folder; when all are done, the same command " +
    "without --shard joins them: it measures only what is missing, and writes the tables and the page, the same bytes in the tables as by one run.",
  examples: [
    { command: "deno task measure labels/ --out measured/", effect: "Measure what label found, in pixels" },
    {
      command: "deno task measure labels/ -o measured/ --mm-per-pixel 0.2 --bands eurocode-2",
      effect: "Measure in millimetres, and name bands",
    },
    {
      command:
        "deno task measure masks/ -o measured/ --photos photos/ --sensor-width 23.5 --focal-length 35 --distance 1200",
      effect: "Work out the scale from the camera",
    },
  ],
  parser,
  decodes: true,
  paths: async ({ paths, photos: photoFolder, scales, bands, out }) => {
    using found = await findMasks(paths, { photoFolder, out: out ?? "" });
    const file = bands === undefined || Object.hasOwn(widthBands, bands) ? undefined : bands;
    // A manifest leads to photos in other folders.
    return { read: [...paths, photoFolder, ...found.photoFolders(), scales, file], write: [out] };
  },
  resumes: true,
}, measure);
