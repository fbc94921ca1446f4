import {
  argument,
  choice,
  integer,
  message,
  multiple,
  object,
  option,
  optional,
  string,
} from "../cli/optique.ts";
import { filePath, folderPath } from "../cli/values.ts";

/** Options of `evaluate`. */
export const evaluateParser = object({
  predictions: optional(option("--predictions", folderPath(), {
    description: message`Confidence maps, grey PNGs; or the folder of a label run.`,
  })),
  truth: optional(option("--truth", filePath("PATH"), {
    description: message`Masks of the same names; or a dataset.`,
  })),
  split: optional(
    option("--split", string({ metavar: "NAME" }), { description: message`Only this split of the dataset.` }),
  ),
  crack: optional(option("--crack", choice(["bright", "dark"]), {
    description: message`What is crack in the masks. Default: as the dataset says; of masks alone, bright.`,
  })),
  tolerance: optional(option("--tolerance", integer({ min: 0, max: 32, metavar: "N" }), {
    description: message`Pixels by which a prediction may miss; 2 and 5 are usual. Default: 0.`,
  })),
  merge: option("--merge", {
    description: message`Add up FILEs that --counts wrote, instead of reading images.`,
  }),
  files: multiple(
    argument(filePath("FILE"), { description: message`Counts of parts of a dataset, for --merge.` }),
  ),
  counts: optional(option("--counts", filePath(), {
    description: message`Write the counts of every image, to be added up with those of other parts.`,
  })),
  csv: optional(option("--csv", filePath(), { description: message`Write a table of all images.` })),
  report: optional(option("--report", filePath(), {
    description: message`Write a page with the precision-recall curve and all images.`,
  })),
  quiet: option("-q", "--quiet", { description: message`No progress.` }),
  json: option("--json", { description: message`Print the figures as JSON.` }),
});
