import { compareNames } from "../../core/datasets/list_files.ts";

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
 * @returns the names in the order of the photos.
 */
export function nameOutputs(photos: readonly Unnamed[]): string[] {
  const level = photos.map(() => 0);
  const isLast = (i: number) => level[i] === photos[i].names.length - 1;
  const nameOf = (i: number) => photos[i].names[level[i]];
  for (;;) {
    const claims = Map.groupBy(photos.keys(), (i) => nameKey(nameOf(i)));
    const contested = [...claims.values()].filter((claim) => claim.length > 1 && !claim.every(isLast));
    if (contested.length === 0) return numberRest(claims, nameOf, photos);
    for (const claim of contested) {
      // Whoever has the shortest kind of name moves first, so that a.jpg.tif makes way for a.jpg beside a.png.
      const shortest = Math.min(...claim.filter((i) => !isLast(i)).map((i) => level[i]));
      for (const i of claim) if (level[i] === shortest && !isLast(i)) level[i]++;
    }
  }
}

/** Tells photos apart whose fullest names are one, such as `../a.jpg` and `a.jpg`: by number, in the order of their paths. */
function numberRest(
  claims: ReadonlyMap<string, readonly number[]>,
  nameOf: (i: number) => string,
  photos: readonly Unnamed[],
): string[] {
  const named: string[] = [];
  const taken = new Set(claims.keys());
  for (const claim of claims.values()) {
    const [first, ...others] = claim.toSorted((a, b) => compareNames(photos[a].path, photos[b].path));
    named[first] = nameOf(first);
    let number = 2;
    for (const i of others) {
      // A photo may be called x.jpg~2 itself.
      while (taken.has(nameKey(`${nameOf(i)}~${number}`))) number++;
      named[i] = `${nameOf(i)}~${number}`;
      taken.add(nameKey(named[i]));
    }
  }
  return named;
}
