import {
  type Dataset,
  openDataset as open,
  type OpenDatasetOptions,
} from "../../core/datasets/open_dataset.ts";
import { statOrNull } from "../../core/datasets/list_files.ts";
import { UsageError } from "../cli/errors.ts";

/**
 * Opens a dataset that was named on the command line.
 *
 * @throws {UsageError} where the path or the split is wrong; else what the files' reading throws.
 */
export async function openDataset(path: string, options: OpenDatasetOptions = {}): Promise<Dataset> {
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
