/**
 * `data:drawn`: what is drawn on crops for the training of segmentation networks, to look at.
 *
 * @module
 */
import { spread } from "../../core/datasets/sample.ts";
import { decodeFile } from "../../core/images/decode_file.ts";
import { encodePng } from "../../core/images/encode_png.ts";
import { MOTIFS } from "../../core/sampling/drawn/motifs.ts";
import { runCommand } from "../cli/command.ts";
import { choice, integer, message, multiple, object, option, string, withDefault } from "../cli/optique.ts";
import { writeOut } from "../cli/terminal.ts";
import { filePath, naturalNumber } from "../cli/values.ts";
import { namingFile } from "../files/naming_file.ts";
import { folderOf } from "../cli/permissions.ts";
import { listPhotos } from "../files/photos.ts";
import { requireWritable, writeWhole } from "../files/write_whole.ts";
import { drawnSheet } from "./drawn_sheet.ts";

const parser = object({
  out: option("-o", "--out", filePath(), { description: message`The sheet to write, a PNG.` }),
  motif: multiple(
    option("--motif", choice(MOTIFS), { description: message`A motif to show. Default: all.` }),
  ),
  ground: multiple(option("--ground", string({ metavar: "PATH" }), {
    description: message`A photo, or a folder of photos, to draw on. Default: textures of noise.`,
  })),
  columns: withDefault(
    option("--columns", integer({ min: 1, max: 20, metavar: "N" }), {
      description: message`Examples of a motif.`,
    }),
    6,
  ),
  size: withDefault(
    option("--size", integer({ min: 8, max: 512, metavar: "PIXELS" }), {
      description: message`Side of an example.`,
    }),
    192,
  ),
  seed: withDefault(option("--seed", naturalNumber(), { description: message`Chooses what is drawn.` }), 1),
});

await runCommand({
  name: "data:drawn",
  brief: "Show the cracks, and what looks like cracks, that are drawn on photos for training.",
  description:
    "Draws cracks, joints of tiles and bricks, shadows, wires and other motifs on crops of photos and writes a sheet of examples: one row per " +
    "motif, and to the right of each example its truth, white where crack was drawn; cracks that a photo has itself are not in it. What is drawn " +
    "depends on the seed alone, so that the same command writes the same sheet.\n\n" +
    "A column shows one photo, at random places; if there are more photos than columns, some are chosen, spread over all of them.",
  examples: [
    { command: "deno task data:drawn --out sheet.png", effect: "Show all motifs on textures" },
    {
      command: "deno task data:drawn --out joints.png --ground photos/ --motif joints --motif cracked-joints",
      effect: "Show joints, with and without cracks, on photos of your own",
    },
  ],
  parser,
  decodes: true,
  paths: ({ out, ground }) => ({ read: ground, write: [folderOf(out)] }),
}, async ({ out, motif, ground, columns, size, seed }) => {
  await requireWritable(out);
  const photos = ground.length === 0 ? [] : spread((await listPhotos(ground)).photos, columns);
  const motifs = motif.length === 0 ? MOTIFS : motif;
  const sheet = await drawnSheet(async (column) => {
    if (photos.length === 0) return undefined;
    const { path } = photos[column % photos.length];
    return await namingFile(path, async () => decodeFile(await Deno.readFile(path)));
  }, { motifs, columns, size, seed });
  await writeWhole(out, await encodePng(sheet));
  writeOut(`${out}: ${columns} examples a row. Rows from the top: ${motifs.join(", ")}.\n`);
});
