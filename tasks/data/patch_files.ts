import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Sample } from "../../core/datasets/sample.ts";
import { encodePng } from "../../core/images/encode_png.ts";
import { cutSquare, type Orientation, ORIENTATIONS } from "../../core/sampling/cut_window.ts";
import type { DecodedPhoto, PatchTruth } from "../../core/sampling/decoded_photo.ts";
import { patchShowsCrack } from "../../core/sampling/patches.ts";
import { gridStarts } from "../../core/sampling/training_grid.ts";
import { UsageError } from "../cli/errors.ts";
import { isFile } from "../files/presence.ts";
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

type Named = Pick<Sample, "split" | "name">;

/**
 * A name for the files of each photo, in one folder for all: letters, digits, `.`, `_` and `-`, with `_` for anything else. Photos of
 * the same name in several splits get `SPLIT-` before it. Where names are still the same (`a/b` and `a_b`, or `A` and `a`, which some
 * file systems do not distinguish), all of these get eight digits of a hash of the photo's own name: so what a name stands for does not
 * depend on which photos there are besides.
 */
export function patchNames(samples: readonly Named[]): string[] {
  const plain = samples.map(({ name }) => safe(name));
  const splits = grouped(plain, (i) => samples[i].split);
  const prefixed = plain.map((name, i) =>
    splits.get(key(name))!.size > 1 ? `${safe(samples[i].split)}-${name}` : name
  );
  const owners = grouped(prefixed, String);
  return prefixed.map((name, i) => {
    if (owners.get(key(name))!.size === 1) return name;
    const hash = createHash("sha256").update(JSON.stringify([samples[i].split, samples[i].name]));
    return `${name}-${hash.digest("hex").slice(0, 8)}`;
  });
}

/** No separator of paths, nothing that a shell reads, and no dot at the start, which would hide the file. */
function safe(name: string): string {
  return name.replaceAll(/[^\p{L}\p{M}\p{N}._-]/gu, "_").replace(/^\./, "_");
}

function key(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

/** The different properties of those that share a name. */
function grouped(names: readonly string[], property: (index: number) => string): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const [i, name] of names.entries()) {
    groups.set(key(name), (groups.get(key(name)) ?? new Set()).add(property(i)));
  }
  return groups;
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
      const class_ = patchShowsCrack(photo, place) ? "crack" : "no_crack";
      for (const orientation of orientations) {
        const path = join(folder, class_, `${name}_${x}_${y}${eightfold ? `_${orientation}` : ""}.png`);
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
