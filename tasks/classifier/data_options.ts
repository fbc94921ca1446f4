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
import { filePath, folderPath, naturalNumber, positiveInteger } from "../cli/values.ts";

/** Options that say which photos: shared by training and evaluation. */
export const dataOptions = object("Photos", {
  folders: multiple(
    argument(folderPath("FOLDER"), {
      description:
        message`A folder with the folders ${"crack/"} and ${"no_crack/"}: photos that are labelled as a whole. Photos larger than a patch are cut, each patch with the photo's label; smaller ones are mirrored.`,
    }),
  ),
  images: multiple(
    option("--images", folderPath(), {
      description: message`A folder of photos. May be repeated, with --masks in the same order.`,
    }),
  ),
  masks: multiple(
    option("--masks", folderPath(), {
      description:
        message`The folder of their masks, of the same names: crack is 1 of 0/1, or 128 and more of 0..255, in the brightest of red, green and blue.`,
    }),
  ),
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
  skip: withDefault(
    option("--skip", naturalNumber(), { description: message`Leave out the first N photos by name.` }),
    0,
  ),
  limit: optional(
    option("--limit", positiveInteger(), { description: message`Use no more than N photos.` }),
  ),
});
