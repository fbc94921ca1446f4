import { join } from "node:path";
import { type Attitude, ATTITUDES, cutPatch } from "../../core/sampling/cut_patch.ts";
import { encodePng } from "../../core/images/encode_png.ts";
import { gridStarts } from "../../core/sampling/training_grid.ts";
import { type LabelledPhoto, patchShowsCrack } from "../../core/sampling/labelled_photo.ts";
import { writeWhole } from "../files/write_whole.ts";

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
  /** All eight attitudes of each patch, not only the first. */
  readonly eightfold: boolean;
  /** Called for each file that is there now; `kept`: an earlier run wrote it. */
  readonly onFile: (file: { readonly class: PatchClass; readonly kept: boolean }) => void;
}

/** Writes the patches of a photo's grid, `CLASS/NAME_X_Y.png` or `CLASS/NAME_X_Y_ATTITUDE.png`; files that are there are kept. */
export async function cutPhoto(photo: LabelledPhoto, options: CutPhotoOptions): Promise<void> {
  const { folder, name, size, stride, eightfold, onFile } = options;
  const data = new Uint8Array(3 * size * size);
  const attitudes: readonly Attitude[] = eightfold ? ATTITUDES : [0];
  for (const y of gridStarts(photo.height, { size, stride })) {
    for (const x of gridStarts(photo.width, { size, stride })) {
      const place = { x, y, size };
      const class_ = patchShowsCrack(photo, place) ? "crack" : "no_crack";
      for (const attitude of attitudes) {
        const path = join(folder, class_, `${name}_${x}_${y}${eightfold ? `_${attitude}` : ""}.png`);
        const kept = await isFile(path);
        if (!kept) {
          cutPatch(photo, place, { attitude, target: data });
          await writeWhole(path, await encodePng({ width: size, height: size, channels: 3, data }));
        }
        onFile({ class: class_, kept });
      }
    }
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
