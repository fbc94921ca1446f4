import { compareNames } from "../../core/datasets/list_files.ts";
import { TextSet } from "./text_set.ts";

/**
 * What two names of outputs must differ in to be two files everywhere: Windows and macOS take no notice of case, and macOS takes `é` as one
 * letter and as `e` with an accent for the same.
 */
export function nameKey(name: string): string {
  // Upper case first: only so are ß and ss, or both small sigmas, one.
  return name.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}

/** Whether a name stays below the folder that it is a name in: as {@linkcode nameOutputs} is given them. */
export function staysInside(name: string): boolean {
  return !name.includes("\\") && !name.includes("\0") &&
    name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/** A photo that seeks a name for its outputs. */
export interface Unnamed {
  readonly path: string;
  /** The names that it may bear, from the shortest to the fullest; one at least. */
  readonly names: readonly string[];
}

/**
 * Gives each photo the shortest of its names that no other claims, so that no two write the same file on any file system. Names do not depend
 * on the order in which the photos are given.
 *
 * @param photos a list, or something like one whose photos are made when they are asked for.
 * @returns the names in the order of the photos.
 */
export function nameOutputs(
  photos: { readonly length: number; at(index: number): Unnamed | undefined },
): string[] {
  const level = new Uint8Array(photos.length);
  const isLast = (i: number) => level[i] === photos.at(i)!.names.length - 1;
  const names = Array.from({ length: photos.length }, (_, i) => photos.at(i)!.names[0]);
  for (;;) {
    const { claimed, claims } = claimNames(names);
    const contested = claims.filter((claim) => !claim.every(isLast));
    if (contested.length === 0) return numberRest(names, { claimed, claims, photos });
    for (const claim of contested) {
      // Whoever has the shortest kind of name moves first, so that a.jpg.tif makes way for a.jpg beside a.png.
      const shortest = Math.min(...claim.filter((i) => !isLast(i)).map((i) => level[i]));
      for (const i of claim) {
        if (level[i] === shortest && !isLast(i)) names[i] = photos.at(i)!.names[++level[i]];
      }
    }
  }
}

/** The names that are claimed, and the photos of each that is claimed by several. */
function claimNames(names: readonly string[]): { readonly claimed: TextSet; readonly claims: number[][] } {
  const claimed = new TextSet(nameKey);
  const first = new Uint32Array(names.length);
  const claims = new Map<number, number[]>();
  for (const [i, name] of names.entries()) {
    const before = claimed.size, number = claimed.add(name);
    if (number === before) {
      first[number] = i;
      continue;
    }
    if (!claims.has(number)) claims.set(number, [first[number]]);
    claims.get(number)!.push(i);
  }
  return { claimed, claims: [...claims.values()] };
}

/** Tells photos apart whose fullest names are one, such as `../a.jpg` and `a.jpg`: by number, in the order of their paths. */
function numberRest(
  names: readonly string[],
  { claimed, claims, photos }: ReturnType<typeof claimNames> & {
    readonly photos: Parameters<typeof nameOutputs>[0];
  },
): string[] {
  const named = [...names];
  for (const claim of claims) {
    const [, ...others] = claim.toSorted((a, b) => compareNames(photos.at(a)!.path, photos.at(b)!.path));
    let number = 2;
    for (const i of others) {
      // A photo may be called x.jpg~2 itself.
      while (claimed.find(`${names[i]}~${number}`) !== undefined) number++;
      named[i] = `${names[i]}~${number}`;
      claimed.add(named[i]);
    }
  }
  return named;
}
