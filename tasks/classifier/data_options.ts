import {
  argument,
  merge,
  message,
  multiple,
  object,
  option,
  optional,
  type ValueParser,
  withDefault,
} from "../cli/optique.ts";
import { folderPath, naturalNumber, positiveInteger } from "../cli/values.ts";
import { datasetOptions, imagesOption, labelOptions } from "../training/training_options.ts";

const photoOptions = object("Photos", {
  folders: multiple(
    argument(folderPath("FOLDER"), {
      description:
        message`A folder with the folders ${"crack/"} and ${"no_crack/"}: photos that are labelled as a whole. Photos larger than a patch are cut, each patch with the photo's label; smaller ones are mirrored.`,
    }),
  ),
  images: imagesOption,
  masks: multiple(
    option("--masks", folderPath(), {
      description:
        message`The folder of their masks, of the same names. Of two values or colours the rarer is crack; 255 beside 0 and 1 says that nothing is known.`,
    }),
  ),
  ...labelOptions,
  skip: withDefault(
    option("--skip", naturalNumber(), { description: message`Leave out the first N photos by name.` }),
    0,
  ),
  limit: optional(
    option("--limit", positiveInteger(), { description: message`Use no more than N photos.` }),
  ),
});

/** Options that say which photos: shared by training and evaluation. */
export const dataOptions = merge(photoOptions, datasetOptions);

/** Sides of patches in pixels, written `32,48,64`. */
export function sizesValue(): ValueParser<"sync", readonly number[]> {
  return {
    mode: "sync",
    metavar: "SIZES",
    placeholder: [128],
    parse(input) {
      const sizes = input.split(",").map(Number);
      if (sizes.every((size) => Number.isInteger(size) && size >= 8 && size <= 1024)) {
        return { success: true, value: sizes };
      }
      return {
        success: false,
        error: message`Expected sides from 8 to 1024 pixels such as ${"32,64"}, but got ${input}.`,
      };
    },
    format: (sizes) => sizes.join(),
  };
}
