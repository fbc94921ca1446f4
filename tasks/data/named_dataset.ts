import { LAYOUTS } from "../../core/datasets/layouts.ts";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { type Dataset, openDataset, type OpenDatasetOptions } from "../../core/datasets/open_dataset.ts";
import { followLinksOption } from "../cli/common_options.ts";
import { UsageError } from "../cli/errors.ts";
import {
  argument,
  choice,
  type InferValue,
  message,
  object,
  option,
  optional,
  string,
  withDefault,
} from "../cli/optique.ts";
import { filePath } from "../cli/values.ts";

/** Options that name a dataset, or a part of it, and say how it is to be read. */
export const datasetOptions = object("Dataset", {
  path: argument(filePath("PATH"), {
    description: message`The folder of a dataset, or a list file of CRACK500.`,
  }),
  layout: withDefault(
    option("--layout", choice(["auto", ...LAYOUTS]), {
      description: message`How its files lie; auto recognises it by what is in the folder.`,
    }),
    "auto" as const,
  ),
  split: optional(
    option("--split", string({ metavar: "NAME" }), { description: message`Only this split.` }),
  ),
  splits: withDefault(
    option("--splits", choice(["folders", "paper"]), {
      description: message`As the folders say, or those of the paper's experiments (CFD, AEL, DCD).`,
    }),
    "folders" as const,
  ),
  crack: optional(
    option("--crack", choice(["bright", "dark"]), {
      description:
        message`What is crack in the masks. Default: as the layout says; in a general folder, whichever covers less.`,
    }),
  ),
  followLinks: followLinksOption,
});

/** How the dataset that was named is to be opened. */
export function readingOf(
  { layout, split, splits, crack, followLinks }: InferValue<typeof datasetOptions>,
): OpenDatasetOptions {
  return { layout, split, splits, inverted: crack === undefined ? undefined : crack === "dark", followLinks };
}

/**
 * Opens a dataset that was named on the command line.
 *
 * @param open what opens it. Default: `openDataset()`.
 * @throws {UsageError} where the path or the split is wrong; else what the files' reading throws.
 */
export async function openNamedDataset(
  path: string,
  options: OpenDatasetOptions = {},
  open: typeof openDataset = openDataset,
): Promise<Dataset> {
  if (await statOrNull(path) === null) {
    throw new UsageError(`Cannot read ${path}: there is no such file or folder.`);
  }
  try {
    return await open(path, options);
  } catch (error) {
    // What is wrong is what was typed, not what lies in the files.
    if (error instanceof Error && /^Cannot (?:open|use) /.test(error.message)) {
      throw new UsageError(error.message);
    }
    throw error;
  }
}
