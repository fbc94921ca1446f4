/**
 * `data:doctor`: whether a dataset is what it seems to be.
 *
 * @module
 */
import type { Dataset } from "../../core/datasets/open_dataset.ts";
import { fullName } from "../../core/datasets/sample.ts";
import type { Compute } from "../../core/gpu/compute.ts";
import { encodePng } from "../../core/images/encode_png.ts";
import type { Classifier } from "../../core/label/classifier.ts";
import { openDevices } from "../batch/open_devices.ts";
import { readClassifier } from "../classifier/read_classifier.ts";
import { runCommand } from "../cli/command.ts";
import { jsonOption, quietOption } from "../cli/common_options.ts";
import { ExitCode, UsageError } from "../cli/errors.ts";
import { merge, message, object, option, optional, string, withDefault } from "../cli/optique.ts";
import { folderOf, folderOfLists } from "../cli/permissions.ts";
import { startProgress } from "../cli/progress.ts";
import { printable, writeErr, writeOut } from "../cli/terminal.ts";
import { filePath, positiveInteger } from "../cli/values.ts";
import { VERSION } from "../cli/version.ts";
import { requireWritable, writeWhole } from "../files/write_whole.ts";
import { SHIPPED } from "../segmenter/read_segmenter.ts";
import { choosePhotos, contactSheet, contactSheetPixels, sheetRows } from "./contact_sheet.ts";
import { describeDoubts, type Doubt, findDoubts } from "./doubts.ts";
import { examine } from "./examine.ts";
import { datasetOptions, openNamedDataset, readingOf } from "./named_dataset.ts";
import { datasetWarnings, describeExamination, summarise } from "./summary.ts";

const parser = merge(
  datasetOptions,
  object("Output", {
    sheet: optional(
      option("--sheet", filePath(), {
        description:
          message`Write a contact sheet, ${"FILE.svg"} to open in a browser or ${"FILE.png"}, which has no words: photos with their truth as an outline, in a red frame if there is something to look at.`,
      }),
    ),
    cells: withDefault(
      option("--cells", positiveInteger(), { description: message`Photos on the contact sheet.` }),
      24,
    ),
    classifier: optional(
      option("--classifier", string({ metavar: "FILE|shipped" }), {
        description:
          message`Show all photos to this classifier, or to the one that comes with Hairline, and name those whose labels it contradicts most: "crack-free" photos with cracks are among them. If there are masks, it looks at patches of 128 × 128.`,
      }),
    ),
    quiet: quietOption,
    json: jsonOption(message`Print all that was found, photo by photo, as JSON.`),
  }),
);

await runCommand({
  name: "data:doctor",
  brief: "Check whether a dataset is what it seems to be.",
  description:
    "Reads every photo and its truth and prints, for each split, counts, sizes, how masks are stored, how many photos show crack " +
    "and how much, and by how many standard deviations crack is darker than the rest. It names photos without truth and truths " +
    "without a photo, files that cannot be read, masks of another size, of three values, empty or inverted, mirrored, exchanged or drawn on a " +
    "photo before its EXIF orientation turned it (by how dark crack is against what lies beside it), masks that serve two photos, and photos that " +
    "occur twice, in one split or in two (copies of another size or compression are found; turned or cropped ones are not).\n\n" +
    "Layouts: CRACK500 (list files, or JPEG and PNG side by side), CFD (image/, groundTruth/), AEL (Im_*, GT_*), DCD (train_img/, " +
    "train_lab/, …), images/ and masks/ with or without train/, val/ and test/, and crack/ and no_crack/.\n\n" +
    "The exit code is 1 if something cannot be used, and 0 if there are only things to look at.",
  examples: [
    {
      command: "deno task data:doctor DeepCrack/ --sheet sheet.svg",
      effect: "Examine a dataset and draw a contact sheet",
    },
    {
      command: "deno task data:doctor CFD/ --splits paper --json",
      effect: "Count the photos of the paper's splits",
    },
    {
      command: "deno task data:doctor photos/ --classifier shipped",
      effect: "Look for photos in crack/ and no_crack/ that may be in the wrong one",
    },
    { command: "deno task data:doctor CRACK500/test.txt", effect: "Examine the photos that a list names" },
  ],
  parser,
  decodes: true,
  paths: ({ path, classifier, sheet }) => ({
    read: [folderOfLists(path), classifier],
    write: [folderOf(sheet)],
  }),
}, async ({ sheet, cells, classifier, quiet, json, ...named }) => {
  if (sheet !== undefined) {
    if (!/\.(?:svg|png)$/i.test(sheet)) {
      throw new UsageError(
        `Cannot write a contact sheet into ${sheet}: a name that ends in .svg or .png is wanted.`,
      );
    }
    await requireWritable(sheet);
  }
  const { path } = named;
  const dataset = await openNamedDataset(path, readingOf(named));
  using asked = classifier === undefined ? undefined : await openClassifier(classifier);
  const progress = startProgress({ total: dataset.samples.length, unit: "photo", quiet });
  const examination = await (async () => {
    using _progress = progress;
    return await examine(dataset, ({ name }) => progress.advance({ detail: name }));
  })();
  const { photos, problems, duplicates } = examination;
  const doubts = asked && await askClassifier(dataset, { ...asked, quiet });
  const summaries = summarise(photos);
  const chosen = sheet === undefined ? [] : choosePhotos(photos, cells);
  const drawsPixels = sheet !== undefined && /\.png$/i.test(sheet);
  if (sheet !== undefined) {
    await writeWhole(
      sheet,
      drawsPixels
        ? await encodePng(await contactSheetPixels(dataset, photos, chosen))
        : contactSheet(dataset, photos, chosen),
    );
  }
  if (json) {
    const result = {
      program: "hairline",
      version: VERSION,
      task: "data:doctor",
      path,
      layout: dataset.layout,
      notes: dataset.notes,
      splits: summaries,
      warnings: datasetWarnings(examination, summaries),
      problems,
      duplicates,
      classifier,
      doubts,
      sheet: sheet === undefined ? undefined : { file: sheet, cells: chosen.map((i) => fullName(photos[i])) },
      photos,
    };
    writeOut(`${JSON.stringify(result, null, 2)}\n`);
  } else {
    writeOut(describeExamination(dataset, examination, summaries));
    if (doubts !== undefined) writeOut(`\n${describeDoubts(doubts)}`);
    if (sheet !== undefined) {
      const rows = sheetRows(chosen).map((row) => row.map((i) => fullName(photos[i])).join(", "));
      const order = drawsPixels ? `. Rows from the top: ${rows.join("; ")}` : "";
      writeErr(printable(`Contact sheet of ${chosen.length} photos: ${sheet}${order}\n`));
    }
  }
  const failed = problems.length > 0 || photos.some(({ failure }) => failure !== undefined);
  return failed ? ExitCode.Failed : ExitCode.Ok;
});

/** A classifier with a device. */
interface OpenedClassifier extends Disposable {
  readonly compute: Compute;
  readonly classifier: Classifier;
}

async function openClassifier(file: string): Promise<OpenedClassifier> {
  const classifier = await readClassifier(file === SHIPPED ? undefined : file);
  const { compute } = await openDevices({});
  return {
    compute,
    classifier,
    [Symbol.dispose]() {
      classifier.dispose();
      compute.dispose();
    },
  };
}

/** What a classifier doubts of a dataset's labels. */
async function askClassifier(
  { samples }: Dataset,
  { compute, classifier, quiet }: OpenedClassifier & { readonly quiet: boolean },
): Promise<Doubt[]> {
  using progress = startProgress({ total: samples.length, unit: "photo", quiet });
  const onPhoto = (detail: string) => progress.advance({ detail });
  return await findDoubts(samples, { compute, classifier, onPhoto });
}
