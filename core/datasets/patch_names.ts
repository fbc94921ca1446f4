import { createHash } from "node:crypto";
import type { Sample } from "./sample.ts";

/** What names a photo among others. */
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
    splits.get(key(name))!.size > 1 ? withSplit(samples[i], name) : name
  );
  const owners = grouped(prefixed, String);
  return prefixed.map((name, i) =>
    owners.get(key(name))!.size === 1 ? name : `${name}-${hashOf(samples[i])}`
  );
}

/** Every name that {@linkcode patchNames} may have given a photo, whatever others there were. */
function possibleNames(sample: Named): string[] {
  const plain = safe(sample.name), prefixed = withSplit(sample, plain), hash = hashOf(sample);
  return [plain, prefixed, `${plain}-${hash}`, `${prefixed}-${hash}`];
}

/** The files' names of a photo's patch, without extension: `NAME_X_Y`, or `NAME_X_Y_ORIENTATION`. */
export function patchStem(
  { name, x, y, orientation }: Omit<PatchStem, "orientation"> & { readonly orientation?: number },
): string {
  return `${name}_${x}_${y}${orientation === undefined ? "" : `_${orientation}`}`;
}

/** What the name of a patch's file says. */
export interface PatchStem {
  /** The name that {@linkcode patchNames} gave the photo. */
  readonly name: string;
  /** Column of the patch's left edge. */
  readonly x: number;
  /** Row of its upper edge. */
  readonly y: number;
  /** How the patch is turned, of eight ways; undefined where only one is there. */
  readonly orientation: number | undefined;
}

const ONE = /^(.+)_(-?\d+)_(-?\d+)$/, EIGHTFOLD = /^(.+)_(-?\d+)_(-?\d+)_([0-7])$/;

/** What the name of a patch's file may say, folders in it read as a part of the photo's name; nothing where it holds no place. */
export function readPatchStem(stem: string): PatchStem[] {
  return [ONE, EIGHTFOLD].flatMap((pattern) => {
    const found = pattern.exec(safe(stem));
    if (found === null) return [];
    const [, name, x, y, orientation] = found;
    return {
      ...{ name, x: Number(x), y: Number(y) },
      orientation: orientation === undefined ? undefined : Number(orientation),
    };
  });
}

/** Which photos the name before a patch's place may stand for, by their positions. */
export function photosByPatchName(samples: readonly Named[]): (name: string) => readonly number[] {
  const photos = new Map<string, Set<number>>();
  for (const [i, sample] of samples.entries()) {
    for (const name of possibleNames(sample)) {
      photos.set(key(name), (photos.get(key(name)) ?? new Set()).add(i));
    }
  }
  return (name) => [...photos.get(key(name)) ?? []];
}

/** No separator of paths, nothing that a shell reads, and no dot at the start, which would hide the file. */
function safe(name: string): string {
  return name.replaceAll(/[^\p{L}\p{M}\p{N}._-]/gu, "_").replace(/^\./, "_");
}

function withSplit({ split }: Named, name: string): string {
  return `${safe(split)}-${name}`;
}

function hashOf({ split, name }: Named): string {
  return createHash("sha256").update(JSON.stringify([split, name])).digest("hex").slice(0, 8);
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
