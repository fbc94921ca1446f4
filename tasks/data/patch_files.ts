import { join } from "node:path";
import { UsageError } from "../cli/usage_error.ts";
import { writeWhole } from "../files/write_whole.ts";

/** What the patches of a folder were cut by: files of the same name are the same patch only where all of it is the same. */
export interface PatchSettings {
  /** The dataset's path, absolute. */
  readonly dataset: string;
  readonly layout: string;
  /** The one split that was cut; `null` where all were. */
  readonly split: string | null;
  readonly splits: "folders" | "paper";
  /** What was called crack in the masks; `null` where the layout told. */
  readonly truth: "bright" | "dark" | null;
  readonly size: number;
  readonly stride: number;
  readonly eightfold: boolean;
}

/**
 * Keeps the settings in `patches.json` of a folder, so that a later run goes on with the same ones only.
 *
 * @throws {UsageError} if the folder's patches were cut by other settings.
 */
export async function keepSettings(folder: string, settings: PatchSettings): Promise<void> {
  const path = join(folder, "patches.json");
  const text = `${JSON.stringify(settings, null, 2)}\n`;
  const there = await readIfThere(path);
  if (there === undefined) return await writeWhole(path, text);
  if (there !== text) {
    throw new UsageError(
      `Cannot go on in ${folder}: its patches were cut from another dataset or with other options, as ${path} says; ` +
        "choose another folder.",
    );
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
