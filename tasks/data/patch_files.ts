import { join } from "node:path";
import { patchStem } from "../../core/datasets/patch_names.ts";
import { encodePng } from "../../core/images/encode_png.ts";
import { cutSquare, type Orientation, ORIENTATIONS } from "../../core/sampling/cut_window.ts";
import type { DecodedPhoto, PatchTruth } from "../../core/sampling/decoded_photo.ts";
import { patchShowsCrack } from "../../core/sampling/patches.ts";
import { gridStarts } from "../../core/sampling/training_grid.ts";
import { UsageError } from "../cli/errors.ts";
import { isFile, unlessMissing } from "../files/presence.ts";
import { writeWhole } from "../files/write_whole.ts";

/** What the patches of a folder were cut by: files of the same name are the same patch only where all of it is the same. */
export interface PatchSettings {
  /** The dataset's path, absolute. */
  readonly dataset: string;
  readonly layout: string;
  /** The one split that was cut; `null` where all were. */
  readonly split: string | null;
  readonly splits: "folders" | "paper";
  /** What was called crack in the masks; `null` where the layout decided. */
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
  const there = await unlessMissing(Deno.readTextFile(path));
  if (there === undefined) return await writeWhole(path, text);
  if (there !== text) {
    throw new UsageError(
      `Cannot go on in ${folder}: its patches were cut from another dataset or with other options, as ${path} says; ` +
        "choose another folder.",
    );
  }
}

/** The folders of the two classes. */
export type PatchClass = "crack" | "no_crack";

/** Options of {@linkcode cutPhoto}. */
export interface CutPhotoOptions {
  /** The folder of the folders `crack/` and `no_crack/`. */
  readonly folder: string;
  /** What the names of the photo's patches begin with. */
  readonly name: string;
  /** Side of a patch, in pixels. */
  readonly size: number;
  /** Step from patch to patch, in pixels. */
  readonly stride: number;
  /** All eight orientations of each patch, not only the first. */
  readonly eightfold: boolean;
  /** Called for each file that is there now; `kept`: an earlier run wrote it. */
  readonly onFile: (file: { readonly class: PatchClass; readonly kept: boolean }) => void;
}

/** Writes the patches of a photo's grid, `CLASS/NAME_X_Y.png` or `CLASS/NAME_X_Y_ORIENTATION.png`; files that are there are kept. */
export async function cutPhoto(photo: DecodedPhoto<PatchTruth>, options: CutPhotoOptions): Promise<void> {
  const { folder, name, size, stride, eightfold, onFile } = options;
  const { width, height, pixels } = photo;
  const data = new Uint8Array(3 * size * size);
  const orientations: readonly Orientation[] = eightfold ? ORIENTATIONS : [0];
  for (const y of gridStarts(height, { size, stride })) {
    for (const x of gridStarts(width, { size, stride })) {
      const place = { x, y, size };
      const crack = patchShowsCrack(photo, place);
      if (crack === undefined) continue;
      const class_ = crack ? "crack" : "no_crack";
      for (const orientation of orientations) {
        const stem = patchStem({ name, x, y, orientation: eightfold ? orientation : undefined });
        const path = join(folder, class_, `${stem}.png`);
        const kept = await isFile(path);
        if (!kept) {
          cutSquare({ width, height, channels: 3, data: pixels }, place, { orientation, target: data });
          await writeWhole(path, await encodePng({ width: size, height: size, channels: 3, data }));
        }
        onFile({ class: class_, kept });
      }
    }
  }
}
