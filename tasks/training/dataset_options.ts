import { choice, message, multiple, object, option, optional, string } from "../cli/optique.ts";
import { filePath } from "../cli/values.ts";

/** Options that name datasets to train on or to measure with, beside folders of photos. */
export const datasetOptions = object("Photos", {
  datasets: multiple(
    option("--dataset", filePath("PATH"), {
      description: message`A dataset in a layout of data:doctor. May be repeated.`,
    }),
  ),
  split: optional(
    option("--split", string({ metavar: "NAME" }), {
      description: message`Of the datasets only this split.`,
    }),
  ),
  splits: optional(
    option("--splits", choice(["folders", "paper"]), {
      description:
        message`Splits of the datasets: as their folders say (the default), or those of the paper's experiments.`,
    }),
  ),
});
